// The layers of an image during a pull: each fills while it travels, stays at the hub until it is complete, and is then
// in the cache. Layers that were in the cache never move. Pure; a part of the hub's picture.

import { fits, group, rect, text } from "./parts.js"
import { many, size as bytes } from "./format.js"
import { pending } from "../api-calls/calls.js"

const SLAB = 22
const BETWEEN = 6
const LEAST = [92, 70] // minimum width of a layer in units; the second if not all would fit
const LETTER = 6.9
const THERE = new Set(["waiting", "travelling"]) // still at the hub

// Returns `[{id, state, now, all}]` of a pull, pending or ended.
export function layersOf(world, call) {
  if (!call) return []
  const told = pending(call) ? world.pending?.find((one) => one.call === call.call)?.layers : call.result?.layers
  return (told ?? []).map(([id, state, now, all]) => ({ id, state, now, all }))
}

const atHub = (layers) => layers.filter(({ state }) => THERE.has(state))

export const inCache = (layers) => layers.filter(({ state }) => !THERE.has(state))

// Returns the height that `count` layers take at the bottom of a zone.
export function roomOf(count, box, most) {
  const { across, down } = gridOf(count, box, most)
  return count ? Math.ceil(Math.min(count, across * down) / across) * (SLAB + BETWEEN) : 0
}

function gridOf(count, box, most) {
  const down = Math.max(1, Math.floor(most / (SLAB + BETWEEN)))
  const ways = LEAST.map((least) => Math.max(1, Math.floor((box.width - 20 + BETWEEN) / (least + BETWEEN))))
  return { across: ways.find((across) => across * down >= count) ?? ways[ways.length - 1], down }
}

// The layers at the hub, below `top`, and those in the cache, above its bottom. `hub` and `cache` are zones.
export function slabs(layers, { hub, cache }, top, most) {
  const [leaving, arrived] = [atHub(layers), inCache(layers)]
  const floor = cache.y + cache.height - 8 - roomOf(arrived.length, cache, most)
  return [
    ...stack("hub", leaving, hub, hub.y + top, hub.height - top - 4),
    ...stack("cache", arrived, cache, floor, most, ({ state }) =>
      state === "here" ? {} : { from: { x: hub.x + 10, y: hub.y + top } },
    ),
  ]
}

function stack(key, layers, box, y, most, rest = (/** @type {any} */ _layer) => ({})) {
  const { across, down } = gridOf(layers.length, box, most)
  const width = (box.width - 20 - (across - 1) * BETWEEN) / across
  const at = (index) => ({
    x: box.x + 10 + (index % across) * (width + BETWEEN),
    y: y + Math.floor(index / across) * (SLAB + BETWEEN),
    width,
  })
  const room = across * down
  const shown = layers.length > room ? layers.slice(0, room - 1) : layers
  const parts = shown.map((layer, index) => slab(layer, at(index), rest(layer)))
  if (shown.length < layers.length) parts.push(more(key, layers.length - shown.length, at(room - 1)))
  return parts
}

function slab(layer, { x, y, width }, rest) {
  const share = { waiting: 0, travelling: layer.all ? layer.now / layer.all : 0, here: 0 }[layer.state] ?? 1
  const parts = [
    rect("face", "slab-face", { x: 0.75, y: 0.75, width: width - 1.5, height: SLAB - 1.5 }, 6),
    ...(share
      ? [
          rect(
            "fill",
            "slab-fill",
            { x: 0.75, y: 0.75, width: (width - 1.5) * Math.min(1, share), height: SLAB - 1.5 },
            6,
          ),
        ]
      : []),
    text("what", "slab-words", 8, 15.5, fits(words(layer, width), width - 12)),
  ]
  return group(`layer:${layer.id}`, `card slab ${layer.state}`, x, y, parts, {
    full: `Layer ${layer.id}: ${words(layer, Infinity)}`,
    ...rest,
  })
}

const more = (key, count, { x, y }) =>
  group(`layers:${key}`, "card slab", x, y, [text("what", "slab-words", 8, 15.5, `+${many(count, "layer")}`)])

function words({ state, now, all }, width) {
  const how =
    {
      waiting: "waits",
      travelling: all ? `${Math.floor((100 * now) / all)} %` : "travels",
      arrived: "arrived",
      unpacking: "unpacks",
      done: "unpacked",
      here: "here already",
    }[state] ?? state
  const amount = bytes(all)
  const long = amount ? `${amount} · ${how}` : how
  const fitting = [long, how].find((one) => one.length * LETTER < width - 12)
  return fitting ?? how.split(" ")[0]
}

// The same as a sentence, for a pending or an ended pull.
export function layerText(layers, open) {
  if (!layers.length) return ""
  if (layers.length === 1 && !open)
    return layers[0].state === "here" ? "Its one layer was here already" : "Its one layer travelled from the hub"
  const count = (...states) => layers.filter(({ state }) => states.includes(state)).length
  const here = count("here")
  const come = layers.length - here - atHub(layers).length
  const way = atHub(layers).length
  const told = [
    here && `${here} ${here === 1 ? "was" : "were"} here already`,
    come && `${come} ${open ? (come === 1 ? "has come" : "have come") : "travelled from the hub"}`,
    open && way && `${way} ${way === 1 ? "is" : "are"} still to come${percent(layers)}`,
  ]
  return `${many(layers.length, "layer")}: ${told.filter(Boolean).join(", ")}`
}

function percent(layers) {
  const moving = layers.filter(({ state, all }) => state === "travelling" && all)
  if (!moving.length) return ""
  const [now, all] = ["now", "all"].map((key) => moving.reduce((sum, one) => sum + one[key], 0))
  return ` (${bytes(now) || "0 B"} of ${bytes(all)})`
}
