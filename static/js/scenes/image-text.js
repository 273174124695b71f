// The image's picture in words. Pure.

import { engineText } from "./lifecycle-text.js"
import { opened } from "./image-state.js"
import { commandOf, exitText } from "./format.js"

export function describe(world) {
  const shown = opened(world)
  return [engineText(world), verdict(shown), ...imageText(shown), ...containerText(shown)]
}

export function verdict({ image, container, own, failed }) {
  if (!container)
    return image
      ? `${image} is in the image cache: files, frozen, and a command to begin with. No container was made from it yet.`
      : "An image is a snapshot of files and the command to begin with."
  const who = container.name
  const given = commandOf(container)
  if (failed) return `${given} could not be started: what is not in the snapshot of ${image} can't be run from it.`
  if (container.overridden)
    return `${who} has a copy of ${image}'s files; its command was given instead of the image's own: ${given}.`
  if (container.overridden === false)
    return `${who} has a copy of ${image}'s files, and the image's own command${own ? `: ${own}` : ""}.`
  return `${who} has a copy of ${image}'s files; its command is ${given || "not known"}.`
}

function imageText({ image, own, container, files }) {
  if (!image) return ["Its file system snapshot is frozen; create copies it, and start runs the startup command."]
  const listed = files.length ? `: ${filesText(files, ", ")}` : ""
  const replaced = container?.overridden ? ", not used: another one was given" : ""
  return [
    `File system snapshot of ${image}${listed}. It is frozen: nothing changes it.`,
    `Startup command of ${image}: ${own || "the image's own"}${replaced}.`,
  ]
}

export const filesText = (files, between) => files.map((name) => `/${name}`).join(between)

function containerText({ container, failed, files }) {
  if (!container) return []
  const copy = files.length ? `a copy of ${filesText(files, ", ")}` : "a copy"
  const command = commandOf(container) ? ` Its command: ${commandOf(container)}.` : ""
  return [
    `${container.name} has files of its own, ${copy}, in a segment of the disk for it alone.${command}`,
    `${container.name}: ${processLine(container, failed)}.`,
    ...(failed ? [`The engine said: ${failed}.`] : []),
  ]
}

function processLine(container, failed) {
  if (failed) return "no process, it could not be started"
  if (container.state === "created") return "no process yet, start begins it"
  if (container.state === "exited") return `its process has ended, ${exitText(container)}`
  return container.state === "paused" ? "its process is paused" : "its process is running"
}
