// What is known of an image and of the newest container made from it. Pure; a part of the image's picture.

import { alive, sameImage } from "./parts.js"
import { commandOf, imageText } from "./format.js"

const MADE = new Set(["proc", "sys", "dev"])

// Returns the newest container and its image; without one, the newest image. `own` is the image's startup command if a
// container created without another one has shown it, else "".
export function opened(world) {
  const container = world.containers.reduce(
    (last, one) => (!last || one.created_at >= last.created_at ? one : last),
    null,
  )
  const image = container?.image || (world.images.length ? nameOf(world.images.at(-1)) : "")
  const own = world.containers.findLast(
    (one) => one.overridden === false && sameImage(one.image, image) && one.command.length,
  )
  return {
    image: image.replace(/:latest$/, ""),
    container,
    own: own ? commandOf(own) : "",
    failed: failure(world, container),
    files: listing(world, image),
  }
}

const nameOf = (image) => image.tags?.[0] ?? imageText(image).name

// Returns the snapshot's top folders, once a container of this image has listed them in the terminal (`ls` or `ls /`).
function listing(world, image) {
  const told = (world.history?.calls ?? []).findLast(
    (call) =>
      call.name === "container.attach" &&
      call.out &&
      sameImage(call.target?.image, image) &&
      /^(\/bin\/)?ls( \/)?$/.test((call.target?.command ?? []).join(" ")),
  )
  // A container's proc, sys and dev are made by the engine and do not belong to the snapshot.
  return told
    ? told.out
        .replace(/\u001b\[[0-9;]*m/g, "")
        .split(/\s+/)
        .filter((name) => name && !MADE.has(name))
    : []
}

// Returns the engine's message if the process could not be started.
function failure(world, container) {
  if (!container || alive(container)) return ""
  const start = (world.history?.calls ?? []).findLast(
    (call) => call.name === "container.start" && call.target?.id === container.id,
  )
  return start?.status >= 400 ? start.message.replace(/^.*exec: /, "exec: ").replace(/: unknown$/, "") : ""
}
