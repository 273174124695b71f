// The pulls among the calls: which one is pending, and where the last container's image came from. Pure; a part of the
// hub's picture.

import { layersOf, layerText } from "./hub-layers.js"
import { sameImage } from "./parts.js"
import { pending } from "../api-calls/calls.js"

// Returns the last container that was requested, and where its image came from: "cache", "hub", "pulling", or why it
// failed.
export function lastMaking(world) {
  const calls = world.history?.calls ?? []
  const pull = pullOf(world)
  if (pull) return { image: imageOf(pull), from: "pulling", layers: layerText(layersOf(world, pull), true) }
  const index = calls.findLastIndex(
    (call) =>
      (call.name === "container.create" && call.status !== null && !call.refused) ||
      (call.name === "image.pull" && !call.refused && call.status !== null),
  )
  if (index < 0) return null
  const call = calls[index]
  if (call.name === "image.pull")
    return {
      image: imageOf(call),
      from: call.status === 200 && arrived(world, call) ? "fetched" : "failed",
      why: call.message,
      layers: layerText(layersOf(world, call)),
    }
  const image = call.params?.body?.Image ?? call.target?.image ?? ""
  if (call.status === 404) return { image, from: "missing" }
  if (call.status !== 201) return { image, from: "failed", why: call.message }
  const pulled = pulledFor(calls, index, image)
  return { image, from: pulled ? "hub" : "cache", layers: layerText(layersOf(world, pulled)) }
}

// `docker run` without the image: create fails, pull, create again.
function pulledFor(calls, index, image) {
  for (let n = index - 1; n >= 0; n -= 1) {
    if (calls[n].name === "image.pull" && sameImage(imageOf(calls[n]), image))
      return calls[index].at - endOf(calls[n]) < 5 ? calls[n] : null
    if (calls[n].name === "container.create") return null
  }
  return null
}

const arrived = (world, call) =>
  !world.images.length || world.images.some((image) => image.tags?.some((tag) => sameImage(tag, imageOf(call))))

export const endOf = (call) => (call.status === null || call.refused ? -Infinity : call.at + (call.duration ?? 0))

export const imageOf = ({ params }) =>
  [params?.fromImage, params?.tag].filter(Boolean).join(params?.tag?.includes(":") ? "@" : ":")

export const pullOf = (world) =>
  world.history?.calls.findLast((call) => call.name === "image.pull" && pending(call)) ?? null
