// Where an image comes from: client → server → image cache → hub. Calls are shown travelling as they happen, and layers
// as they are pulled (hub-layers.js). Pure: `layout(world, now, size)`, `describe(world, now)`.

import { changes as containerChanges, engineText } from "./lifecycle-text.js"
import {
  CARD,
  fits,
  footerHeight,
  frame,
  group,
  circle,
  headline,
  imageCard,
  lines,
  isNarrow,
  path,
  rect,
  sameImage,
  cardGrid,
  timeOf,
  text,
  zone,
} from "./parts.js"
import { doing, resultText, shownCalls, stateOf } from "./hub-calls.js"
import { inCache, layersOf, roomOf, slabs } from "./hub-layers.js"
import { endOf, imageOf, lastMaking, pullOf } from "./hub-pulls.js"
import { pending, shortPath } from "../api-calls/calls.js"
import { imageNames, many } from "./format.js"

export const title = "Where an image comes from"

const TRAVEL = 1.6 // seconds in which a call is shown travelling
const FRESH = 6 // seconds in which a pulled image is shown arriving
const SECOND = 500 // milliseconds between two pictures while only the waiting time changes
const TOLD = 12 // calls

export function layout(world, time, size) {
  const now = timeOf(world, time)
  const rows = isNarrow(size)
  const foot = footerHeight(size)
  const height = Math.max(size.height, rows ? 560 : 240)
  const boxes = rows ? stacked(size.width, height - foot) : abreast(size.width, height - foot)
  const pulling = pullOf(world)
  const calls = shownCalls(world)
  const parts = [
    ...zones(world, boxes, pulling),
    ...links(boxes, rows, calls, pulling, now),
    ...clientText(world, boxes.client),
    ...callLines(calls, boxes.server, now),
    ...onItsWay(world, boxes, now),
    ...packets(calls, boxes, rows, now),
    ...headline(verdict(world), { y: height - foot + 28, width: size.width - 8 }),
  ]
  const moving = calls.some((call) => now - call.at < TRAVEL || now - endOf(call) < TRAVEL)
  return frame(world, size, height, parts, moving || ((calls.some(pending) || freshPull(world, now)) && SECOND))
}

export function describe(world) {
  const names = world.images.map(imageNames)
  const cache = names.length
    ? `${many(names.length, "image")} in the image cache: ${names.join("; ")}.`
    : "No image is in the image cache."
  const typed = world.history?.typed ? [`In the client: ${world.history.typed.replace(/\s+/g, " ")}.`] : []
  const calls = shownCalls(world)
    .slice(-TOLD)
    .map((call) => `${doing(call)}: ${resultText(call)}`)
  const asked = calls.length ? [`The server was asked to ${calls.join("; ")}.`] : []
  return [engineText(world), ...typed, ...asked, cache, verdict(world)]
}

// Announces the start and end of a pull, and changes of containers.
export function changes(before, after) {
  const said = containerChanges(before, after)
  if (!before?.history) return said
  const words = verdict(after)
  const known = lastMaking(after)
  const goesOn = known?.from === "pulling" && lastMaking(before)?.from === "pulling"
  return words !== verdict(before) && known && !goesOn ? [words, ...said] : said
}

function verdict(world) {
  const last = lastMaking(world)
  if (!last) return "The server looks in its image cache first, and asks the hub only for what is not there."
  const name = last.image.replace(/:latest$/, "") || "The image"
  const layers = last.layers ? ` ${last.layers}.` : ""
  if (last.from === "pulling") return `${name} is on its way from the hub.${layers}`
  if (last.from === "missing") return `${name} is not in the image cache.`
  if (last.from === "fetched") return `${name} was asked of the hub, and is in the image cache now.${layers}`
  if (last.from === "hub")
    return (
      `${name} was not in the image cache: it was fetched from the hub, ` +
      `and then the container was made from it.${layers}`
    )
  if (last.from === "cache")
    return `${name} was in the image cache: the container was made from it, and nothing travelled from the hub.`
  return `${name}: ${shortPath(last.why || "the hub did not give it")}.`.replace(/\.+$/, ".")
}

// Private: positions

/** @returns {Record<"client" | "server" | "cache" | "hub", {x: number, y: number, width: number, height: number}>} */
function abreast(width, height) {
  const gap = Math.min(74, Math.max(50, width * 0.075))
  const room = width - 4 - 3 * gap
  const shares = { client: 0.2, server: 0.345, cache: 0.265, hub: 0.19 }
  let x = 2
  return /** @type {any} */ (
    Object.fromEntries(
      Object.entries(shares).map(([key, share]) => {
        const box = { x, y: 2, width: room * share, height: height - 6 }
        x += box.width + gap
        return [key, box]
      }),
    )
  )
}

/** @returns {Record<"client" | "server" | "cache" | "hub", {x: number, y: number, width: number, height: number}>} */
function stacked(width, height) {
  const gap = 30
  const room = height - 6 - 3 * gap
  const shares = { client: 0.19, server: 0.33, cache: 0.3, hub: 0.18 }
  let y = 2
  return /** @type {any} */ (
    Object.fromEntries(
      Object.entries(shares).map(([key, share]) => {
        const box = { x: 2, y, width: width - 4, height: room * share }
        y += box.height + gap
        return [key, box]
      }),
    )
  )
}

function zones(world, { client, server, cache, hub }, pulling) {
  const silent = !shownCalls(world).length
  return [
    ...zone("client", client, "Client", { note: world.history?.typed ? "" : "The docker command in your terminal" }),
    ...zone("server", server, "Server", { note: silent ? "Does what the client asks: every command is a call" : "" }),
    ...zone("cache", cache, "Image cache", {
      count: world.images.length || "",
      note: world.images.length ? "" : "Empty: nothing was pulled yet",
    }),
    ...zone("hub", hub, "Hub", { note: pulling ? "" : "Images that others have made" }),
  ]
}

function between(a, b, rows, shift = 0) {
  if (rows)
    return {
      x1: a.x + a.width / 2 + shift * 40,
      y1: a.y + a.height + 3,
      x2: b.x + b.width / 2 + shift * 40,
      y2: b.y - 4,
    }
  const y = a.y + Math.min(92, a.height / 2) + shift * 24
  return { x1: a.x + a.width + 4, y1: y, x2: b.x - 5, y2: y }
}

function links({ client, server, cache, hub }, rows, calls, pulling, now) {
  const open = calls.some(pending)
  const came = calls.some((call) => call.name === "image.pull" && call.status === 200 && now - endOf(call) < TRAVEL)
  const looking = calls.some((call) => call.name === "container.create" && (pending(call) || now - call.at < TRAVEL))
  return [
    ...link("asks", between(client, server, rows), "calls", open ? "open" : "", rows),
    ...link("looks", between(server, cache, rows), "looks", looking ? "open" : "", rows),
    ...link("pull", reversed(between(cache, hub, rows)), "pull", pulling ? "open flow" : came ? "open" : "", rows),
  ]
}

const reversed = ({ x1, y1, x2, y2 }) => ({ x1: x2, y1: y2, x2: x1, y2: y1 })

function link(key, { x1, y1, x2, y2 }, verb, state, rows) {
  const at = rows
    ? { x: Math.max(x1, x2) + 10, y: (y1 + y2) / 2 + 5, anchor: "start" }
    : { x: (x1 + x2) / 2, y: y1 - 9, anchor: "middle" }
  const tip = state ? "tip-live" : "tip"
  return [
    path(`link:${key}`, `link ${state}`, `M${x1} ${y1}L${x2} ${y2}`, tip),
    text(`verb:${key}`, `verb ${state}`, at.x, at.y, verb, at.anchor),
  ]
}

// Private: contents

function clientText(world, box) {
  const typed = world.history?.typed
  if (!typed) return []
  const room = {
    x: box.x + 13,
    y: box.y + 48,
    width: box.width - 26,
    most: box.height > 130 ? 4 : 2,
    mono: true,
    step: 18,
  }
  return lines("typed", "typed-line", `$ ${typed}`, room)
}

function callLines(calls, box, now) {
  const slots = Math.max(1, Math.floor((box.height - 40) / 22))
  return calls
    .slice(-slots)
    .map((call, index) => callLine(call, { x: box.x + 12, y: box.y + 36 + index * 22, width: box.width - 24 }, now))
}

function callLine(call, { x, y, width }, now) {
  const state = stateOf(call)
  const how = {
    refused: "refused",
    pending: `${Math.floor(Math.max(0, now - call.at))} s …`,
    failed: call.status === 404 ? "not there" : `✗ ${call.status}`,
    fine: "✓",
  }[state]
  const parts = [
    ...(state === "pending" ? [rect("wash", "wash", { x: -4, y: 0, width: width + 8, height: 21 }, 6)] : []),
    text("what", "call-what", 2, 15, fits(doing(call), width - how.length * 7.4 - 8)),
    text("how", `call-how ${state}`, width - 2, 15, how, "end"),
  ]
  return group(`call:${call.call}`, `call-line ${state}`, x, y, parts)
}

// The images in the cache, and the layers of a current or recent pull, wherever they are.
function onItsWay(world, { cache, hub }, now) {
  const pull = pullOf(world) ?? freshPull(world, now)
  const layers = layersOf(world, pull)
  const most = Math.max(28, Math.min(cache.height * 0.45, cache.height - 100))
  const shelves = { ...cache, height: cache.height - roomOf(inCache(layers).length, cache, most) }
  const top = hub.height > 130 ? 34 + CARD + 12 : 34
  const from = { x: hub.x + 10, y: hub.y + 34 }
  const arriving = (image) => pull && !pending(pull) && image.tags?.some((tag) => sameImage(tag, imageOf(pull)))
  return [
    ...cardGrid("cache", world.images, shelves, (image, at) => imageCard(image, at, arriving(image) ? { from } : {}), {
      more: "docker images",
    }),
    ...(pull && pending(pull) && (top > 34 || !layers.length) ? [hubCard(pull, hub)] : []),
    ...slabs(layers, { hub, cache }, top, most),
  ]
}

const freshPull = (world, now) =>
  (world.history?.calls ?? []).findLast(
    (call) => call.name === "image.pull" && call.status === 200 && now - endOf(call) < FRESH,
  ) ?? null

function hubCard(pull, hub) {
  const [name, tag = ""] = imageOf(pull).split(":")
  return {
    ...imageCard(
      { id: "pulling", tags: [`${name}:${tag || "latest"}`], size: 0 },
      { x: hub.x + 10, y: hub.y + 34, width: hub.width - 20 },
    ),
    key: "pulling",
  }
}

// Each call is a dot that runs from the client to the server, and its answer runs back.
function packets(calls, { client, server }, rows, now) {
  const way = between(client, server, rows)
  const beads = []
  for (const call of calls.slice(-12)) {
    if (now - call.at < TRAVEL) beads.push(bead(`ask:${call.call}`, "asking", way.x1, way.y1, way.x2, way.y2))
    if (now - endOf(call) < TRAVEL)
      beads.push(
        bead(
          `answer:${call.call}`,
          call.status >= 400 ? "refusing" : "answering",
          way.x2,
          way.y2 + (rows ? 0 : 10),
          way.x1,
          way.y1 + (rows ? 0 : 10),
        ),
      )
  }
  return beads
}

const bead = (key, name, x, y, toX, toY) =>
  group(key, `bead ${name}`, toX, toY, [circle("dot", "", 0, 0, 5)], { from: { x, y } })
