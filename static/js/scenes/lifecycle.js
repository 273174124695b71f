// The life of a container, as a picture: image cache → created → running → exited. `layout(world, now, size)` is pure:
// it returns positions in sixteenths of the text size. scenes/lifecycle-painter.js draws them, scenes/lifecycle-text.js
// describes the same in words.

import { runRows, runsOf, unsure } from "./theatre.js"
import { stale } from "./parts.js"
import { gracePeriod, signalTimeline } from "./signal-timeline.js"
import { commandOf, cut, exitText, imageText, signalName, size as bytes, wrap } from "./format.js"

export { changes, describe } from "./lifecycle-text.js"

export const title = "What your engine is doing"

const LANES = [
  { key: "image", label: "Image cache", note: "Files and a command, ready to be copied" },
  { key: "created", label: "Created", note: "Its own files, but no process yet" },
  { key: "running", label: "Running", note: "A process is alive" },
  { key: "exited", label: "Exited", note: "The process has ended, its files stay" },
]
const CARD = { height: 48, gap: 8, least: 150, most: 260 }
const LANE = { pad: 10, head: 34 }
const LEAST = LANE.head + CARD.height + LANE.pad
const BAND_GAP = 30
const RUNS = { row: 44, foot: 34, spare: 30 }
const STAGE = { columns: { height: 112, axis: 62 }, rows: { height: 132, axis: 80 } }

export function layout(world, time, size = { width: 860, height: 330 }) {
  // While the engine cannot be heard, the picture stands still at the time of its last news.
  const now = world.engine === "up" ? time : world.at
  const rows = size.width < 560
  const least = rows ? 4 * LEAST + 3 * BAND_GAP + 8 : LEAST + 8
  const many = rows ? 0 : slotsFor(runsOf(world).length, size.height - least)
  const stage = many
    ? { height: RUNS.foot + many * RUNS.row, axis: 0 }
    : rows || size.height >= 250
      ? STAGE[rows ? "rows" : "columns"]
      : null
  const room = { width: size.width, height: Math.max(least, size.height - (stage ? stage.height : 0)) }
  const lanes = rows ? bands(room) : columns(room)
  const items = sorted(world)
  return {
    width: size.width,
    height: room.height + (stage ? stage.height : 0),
    lanes: lanes.map((lane) => ({
      ...lane,
      count: items[lane.key].length,
      note: wrap(lane.note, Math.floor((lane.width - 42) / 6.9), 3),
    })),
    arrows: rows ? downward(lanes) : rightward(lanes),
    cards: lanes.flatMap((lane) => fill(lane, items[lane.key], now)),
    stage: stage ? { ...stage, x: 0, y: room.height, width: size.width } : null,
    runs: many ? runRows(world, now, { y: room.height + 8, width: size.width, slots: many, step: RUNS.row }) : [],
    theatre:
      stage && !many
        ? signalTimeline(world, now, { x: 2, y: room.height + 6, width: size.width - 4, axis: stage.axis })
        : null,
    restless:
      world.engine === "up" &&
      (world.containers.some((one) => one.stopping) || (many > 0 && runsOf(world).some((run) => unsure(run, now)))),
    stale: stale(world),
  }
}

// From the second run on, rows of runs are shown, as many as leave room for the lanes.
function slotsFor(runs, room) {
  const slots = Math.min(runs, Math.floor((room - RUNS.foot - RUNS.spare) / RUNS.row))
  return slots < 2 ? 0 : slots
}

export const laneOf = (container) => (container.state === "paused" ? "running" : container.state)

function sorted(world) {
  const items = { image: world.images.map(imageCard), created: [], running: [], exited: [] }
  for (const container of world.containers) (items[laneOf(container)] ?? items.exited).push(containerCard(container))
  return items
}

function imageCard(image) {
  const { name, tag } = imageText(image)
  return {
    id: `image:${image.id}`,
    kind: "image",
    name,
    line: [tag, bytes(image.size)].filter(Boolean).join(" · "),
    full: image.tags?.join(", ") || name,
  }
}

function containerCard(container) {
  return {
    id: container.id,
    kind: "container",
    name: container.name,
    container,
    line: lineOf(container),
    full: fullOf(container),
  }
}

function lineOf(container) {
  if (container.state === "created") return "files, no process"
  if (container.state === "paused") return "paused"
  if (container.state === "exited") return container.oom ? `${exitText(container)}, out of memory` : exitText(container)
  return commandOf(container) || "running"
}

const fullOf = (container) => `${container.name}: ${container.image} ${commandOf(container)} (${container.state})`

function columns(room) {
  const gap = 58
  const width = (room.width - 4 - 3 * gap) / 4
  return LANES.map((lane, index) => ({ ...lane, x: 2 + index * (width + gap), y: 2, width, height: room.height - 8 }))
}

function bands(room) {
  const gap = BAND_GAP
  const height = (room.height - 8 - 3 * gap) / 4
  return LANES.map((lane, index) => ({ ...lane, x: 2, y: 2 + index * (height + gap), width: room.width - 4, height }))
}

const VERBS = [
  { key: "create", from: 0, to: 1, typed: true, shift: 0 },
  { key: "start", from: 1, to: 2, typed: true, shift: 0 },
  { key: "ends", from: 2, to: 3, typed: false, shift: -1 },
  { key: "again", verb: "start", from: 3, to: 2, typed: true, shift: 1 },
]

function rightward(lanes) {
  return VERBS.map(({ key, verb = key, from, to, typed, shift }) => {
    const [a, b] = [lanes[from], lanes[to]]
    const y = a.y + LANE.head + 24 + shift * 22
    const [x1, x2] = from < to ? [a.x + a.width + 4, b.x - 5] : [a.x - 4, b.x + b.width + 5]
    return { key, verb, typed, x1, y1: y, x2, y2: y, text: (x1 + x2) / 2, base: y - 8, anchor: "middle" }
  })
}

function downward(lanes) {
  return VERBS.map(({ key, verb = key, from, to, typed, shift }) => {
    const [a, b] = [lanes[from], lanes[to]]
    const x = a.x + a.width / 2 + shift * 44 - 22
    const [y1, y2] = from < to ? [a.y + a.height + 3, b.y - 4] : [a.y - 3, b.y + b.height + 4]
    return { key, verb, typed, x1: x, y1, x2: x, y2, text: x + 9, base: (y1 + y2) / 2 + 5, anchor: "start" }
  })
}

function fill(lane, items, now) {
  const inner = lane.width - 2 * LANE.pad
  const across = Math.max(1, Math.floor((inner + CARD.gap) / (CARD.least + CARD.gap)))
  const down = Math.max(1, Math.floor((lane.height - LANE.head - LANE.pad + CARD.gap) / (CARD.height + CARD.gap)))
  const width = Math.min(CARD.most, (inner - (across - 1) * CARD.gap) / across)
  return chosen(items, across * down, lane).map((item, index) => ({
    ...dressed(item, width, now),
    lane: lane.key,
    x: lane.x + LANE.pad + (index % across) * (width + CARD.gap),
    y: lane.y + LANE.head + Math.floor(index / across) * (CARD.height + CARD.gap),
    width,
    height: CARD.height,
  }))
}

// Returns the newest cards that fit, and one that counts the rest. A container being stopped is always shown.
function chosen(items, slots, lane) {
  if (items.length <= slots) return items
  const urgent = items.filter((item) => item.container?.stopping)
  const calm = items.filter((item) => !item.container?.stopping)
  const kept = new Set([...calm, ...urgent].slice(-Math.max(0, slots - 1)))
  if (slots === 1) kept.clear()
  const hidden = items.length - kept.size
  const more = {
    id: `more:${lane.key}`,
    kind: "more",
    name: `+${hidden} more`,
    line: "docker ps -a",
    full: items
      .filter((item) => !kept.has(item))
      .map((item) => item.name)
      .join(", "),
  }
  if (lane.key === "image") more.line = "docker images"
  return [more, ...items.filter((item) => kept.has(item))]
}

function dressed({ container, ...item }, width, now) {
  const ring = container?.stopping ? gracePeriod(container, now) : null
  const inner = width - 22 - (ring ? 38 : 0)
  const alive = container?.state === "running" || container?.state === "paused"
  const mark = alive ? 14 : 0
  const line = ring ? signalName(container.signals.at(-1)?.[1] ?? 15) : item.line
  return {
    ...item,
    shown: cut(item.name, Math.floor(inner / 8.5)),
    line: cut(line, Math.floor((inner - mark) / 6.9)),
    alive,
    paused: container?.state === "paused",
    tone: ring ? "asked" : toneOf(container),
    ring,
  }
}

function toneOf(container) {
  if (container?.state !== "exited") return "plain"
  return container.signals.some(([, number]) => number === 9) || container.oom ? "forced" : "plain"
}
