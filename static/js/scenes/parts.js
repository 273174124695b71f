// The parts that scenes are made of, and their measures: zones, cards, connections, text. Pure: a part is a plain value
// with a `key`; scenes/painter.js keeps one element for each key and moves what has moved.

import { commandOf, cut, exitText, imageText, size as bytes, wrap } from "./format.js"

export const CARD = 48
export const GAP = 8
const SANS = 6.9 // units per letter of 13 px on average, as measured for the life-cycle picture
const MONO = 8.3
const BOLD = 8.2

export const text = (key, name, x, y, words, anchor = "start") => ({
  kind: "text",
  key,
  class: name,
  x,
  y,
  "text-anchor": anchor,
  text: String(words),
})

export const rect = (key, name, { x, y, width, height }, rx = 12) => ({
  kind: "rect",
  key,
  class: name,
  x,
  y,
  width,
  height,
  rx,
})

export const path = (key, name, d, tip = "") => ({
  kind: "path",
  key,
  class: name,
  d,
  "marker-end": tip ? `url(#${tip})` : null,
})

export const circle = (key, name, cx, cy, r) => ({ kind: "circle", key, class: name, cx, cy, r })

export const group = (key, name, x, y, parts, rest = {}) => ({ kind: "group", key, class: name, x, y, parts, ...rest })

export const fits = (words, width, mono = false) => cut(words, Math.max(1, Math.floor(width / (mono ? MONO : SANS))))

export function lines(
  key,
  name,
  words,
  { x, y, width, most = 3, step = 17, mono = false, bold = false, anchor = "start" },
) {
  const letters = Math.max(4, Math.floor(width / (mono ? MONO : bold ? BOLD : SANS)))
  return wrap(words, letters, most).map((line, index) =>
    text(`${key}:${index}`, name, x, y + index * step, line, anchor),
  )
}

// A zone of the picture: its name at the top and, while it is empty, what it is for.
export function zone(key, box, label, { count = "", note = "", live = false } = {}) {
  const parts = [
    rect(`zone:${key}`, `lane lane-rect ${live ? "lane-live" : ""}`, box),
    text(
      `label:${key}`,
      "lane-name",
      box.x + 13,
      box.y + 23,
      cut(label, Math.floor((box.width - 26 - (count ? 20 : 0)) / BOLD)),
    ),
  ]
  if (count) parts.push(text(`count:${key}`, "lane-count", box.x + box.width - 13, box.y + 23, count, "end"))
  if (note)
    parts.push(...lines(`note:${key}`, "ghost-words", note, { x: box.x + 13, y: box.y + 46, width: box.width - 26 }))
  return parts
}

export function imageCard(image, { x, y, width }, rest = {}) {
  const { name, tag } = imageText(image)
  const others = (image.tags ?? []).slice(1).map((other) => `also ${other}`)
  const line = [tag, bytes(image.size), ...others].filter(Boolean).join(" · ")
  const face = [
    path("sheets", "layers", `M6 ${CARD + 2.5}H${width - 6}`),
    rect("face", "", { x: 0.75, y: 0.75, width: width - 1.5, height: CARD - 1.5 }, 9),
    text("name", "name", 12, 20, fits(name, width - 22, true)),
    text("line", "line", 12, 38, fits(line, width - 22)),
  ]
  return group(`image:${image.id}`, "card image", x, y, face, { full: image.tags?.join(", ") || name, ...rest })
}

export const alive = (container) => container.state === "running" || container.state === "paused"

// `line` is shown before the container's state.
export function containerCard(container, { x, y, width }, { line = "", ...rest } = {}) {
  const lives = alive(container)
  const face = [
    rect("face", "", { x: 0.75, y: 0.75, width: width - 1.5, height: CARD - 1.5 }, 9),
    text("name", "name", 12, 20, fits(container.name, width - 22, true)),
    ...(lives ? [heartbeat(container, 16.5, 33.5)] : []),
    text(
      "line",
      "line",
      lives ? 26 : 12,
      38,
      fits(stateLine(container, Math.floor((width - (lives ? 36 : 22)) / SANS), line), width - (lives ? 36 : 22)),
    ),
  ]
  const full = `${container.name}: ${container.image} ${commandOf(container)} (${container.state})`
  return group(
    container.id,
    `card container ${lives ? "alive" : ""} ${container.state === "paused" ? "paused" : ""}`,
    x,
    y,
    face,
    { full, ...rest },
  )
}

export function heartbeat({ state }, x, y, key = "beat") {
  if (state === "paused") return path(key, "beat held", `M${x - 2.5} ${y - 4.5}v9m5 -9v9`)
  return circle(key, "beat", x, y, 4.5)
}

function stateLine(container, letters, line) {
  const ways = states(container)
  return longest(line ? [...ways.map((words) => `${line} · ${words}`), line] : ways, letters)
}

function states(container) {
  if (container.state === "created") return ["files, no process", "no process"]
  if (container.state === "exited") return ends(container)
  return container.state === "paused" ? ["paused"] : [commandOf(container) || "running"]
}

// Texts for an exit, the longest first: a card too small for the sum shows the number alone.
function ends(container) {
  const short = `exit ${container.exit_code ?? "?"}`
  return container.oom
    ? [`${exitText(container)}, out of memory`, `${short}, out of memory`, `${short}, no memory`, short]
    : [exitText(container), short]
}

const longest = (ways, letters) => ways.find((words) => words.length <= letters) ?? ways.at(-1)

// Returns the newest of `items` that fit, leaving one slot for a count of the rest.
export function roomFor(items, slots) {
  if (items.length <= slots) return { kept: items, hidden: 0 }
  const kept = items.slice(items.length - Math.max(0, slots - 1))
  return { kept, hidden: items.length - kept.length }
}

// Lays out cards in rows and columns inside a zone; `draw(item, {x, y, width})` makes each.
export function cardGrid(key, items, box, draw, { head = 34, least = 130, most = 240, more = "" } = {}) {
  const inner = box.width - 20
  const across = Math.max(1, Math.floor((inner + GAP) / (least + GAP)))
  const down = Math.max(1, Math.floor((box.height - head - 10 + GAP) / (CARD + GAP)))
  const width = Math.min(most, (inner - (across - 1) * GAP) / across)
  const at = (index) => ({
    x: box.x + 10 + (index % across) * (width + GAP),
    y: box.y + head + Math.floor(index / across) * (CARD + GAP),
    width,
  })
  const { kept, hidden } = roomFor(items, across * down)
  const parts = kept.map((item, index) => draw(item, at(index)))
  if (hidden) parts.push(moreCard(key, hidden, at(kept.length), more))
  return parts
}

function moreCard(key, hidden, { x, y, width }, more) {
  const face = [
    rect("face", "", { x: 0.75, y: 0.75, width: width - 1.5, height: CARD - 1.5 }, 9),
    text("name", "name", 12, 20, `+${hidden} more`),
    text("line", "line", 12, 38, fits(more, width - 22)),
  ]
  return group(`more:${key}`, "card more", x, y, face)
}

// The summary sentence below a picture.
export const headline = (words, { x = 4, y, width, most = width < 560 ? 3 : 2 }) =>
  lines("headline", "heading", words, { x, y, width, most, step: 20, bold: true })

// While the engine cannot be heard, the picture stands still at the time of its last news.
export const timeOf = (world, time) => (world.engine === "up" ? time : world.at)

// `restless` requests a redraw: soon (true), or after so many milliseconds.
export const frame = (world, size, height, parts, /** @type {boolean | number} */ restless = false) => ({
  width: size.width,
  height,
  parts,
  restless: world.engine === "up" && restless,
  stale: stale(world),
})

// Whether the picture may be out of date. Before anything is known, a picture shows what is possible.
export const stale = ({ engine }) => engine !== "up" && engine !== "unknown"

export const isNarrow = (size) => size.width < 560

// The height of the sentence below a picture.
export const footerHeight = (size) => (isNarrow(size) ? 78 : 56)

export const sameImage = (one, other) => tagged(one) === tagged(other)

const tagged = (name = "") =>
  name.includes("@") || name.lastIndexOf(":") > name.lastIndexOf("/") ? name : `${name}:latest`
