// The processes inside running containers: number 1, its children, and the commands joined by exec. Each container has
// its own files, so each is drawn in its own box.

import { changes as containerChanges, engineText } from "./lifecycle-text.js"
import {
  alive,
  heartbeat,
  fits,
  footerHeight,
  frame,
  group,
  headline,
  isNarrow,
  path,
  rect,
  roomFor,
  text,
} from "./parts.js"
import { processTree } from "./processes.js"
import { execText, many } from "./format.js"

export const title = "The processes inside"

const ROW = 46

export function changes(before, after) {
  const said = containerChanges(before, after)
  const old = new Map(
    (before?.containers ?? []).flatMap((one) => (one.execs ?? []).map((joined) => [joined.id, joined])),
  )
  if (!before || before.engine === "unknown") return said
  for (const container of after.containers)
    for (const one of container.execs ?? []) {
      if (!old.has(one.id)) said.push(`${execText(one)} joined ${container.name}.`)
      else if (one.ended_at !== null && old.get(one.id).ended_at === null)
        said.push(`${execText(one)} in ${container.name} has ended, exit ${one.exit_code}.`)
    }
  return said
}

export function layout(world, time, size) {
  const rows = isNarrow(size)
  const foot = footerHeight(size)
  const living = world.containers.filter(alive)
  const slots = rows ? 2 : Math.max(1, Math.floor((size.width + 20) / 290))
  const { kept, hidden } = roomFor(living, slots)
  const shown = kept.length || !living.length ? kept : living.slice(-1)
  const height = Math.max(size.height, rows ? 2 * 220 + foot : 260)
  const places = boxes(Math.max(1, shown.length + (hidden ? 1 : 0)), size.width, height - foot, rows)
  const parts = [
    ...(shown.length ? shown.flatMap((container, index) => containerBox(container, places[index])) : empty(places[0])),
    ...(hidden ? more(hidden, places.at(-1)) : []),
    ...headline(verdict(world), { y: height - foot + 26, width: size.width - 8 }),
  ]
  return frame(world, size, height, parts)
}

export function describe(world) {
  const living = world.containers.filter(alive)
  return [engineText(world), verdict(world), ...living.flatMap(containerText)]
}

function containerText(container) {
  const [first, ...others] = processTree(container)
  return [
    `${container.name}: process 1 is ${first.words}; its files are its own copy of ${container.image}.`,
    ...others.map((one) => processText(one, container)),
  ]
}

function processText({ words, exec, parent }, { name }) {
  if (!exec) return `In ${name}, ${words} is a child of ${parent}.`
  const state = exec.ended_at === null ? " and is running" : `, and has ended with exit ${exec.exit_code}`
  return `${words} joined ${name} by exec${state}.`
}

function verdict(world) {
  const living = world.containers.filter(alive)
  const joined = living.flatMap((one) => (one.execs ?? []).filter((command) => command.ended_at === null)).length
  if (!living.length) return "No container runs: exec needs a running container to join."
  if (joined)
    return `${many(joined, "command")} joined by exec: in the same container, with the same files, beside process 1.`
  return living.length > 1
    ? "Each container has its own process 1 and its own files; neither sees the other's."
    : `${living[0].name} runs one command; docker exec puts a second one beside it.`
}

// Private: positions

function boxes(count, width, height, rows) {
  const gap = 18
  if (rows) {
    const tall = (height - 6 - (count - 1) * gap) / count
    return Array.from({ length: count }, (_, n) => ({ x: 2, y: 2 + n * (tall + gap), width: width - 4, height: tall }))
  }
  const wide = Math.min(520, (width - 4 - (count - 1) * gap) / count)
  const left = (width - count * wide - (count - 1) * gap) / 2
  return Array.from({ length: count }, (_, n) => ({
    x: left + n * (wide + gap),
    y: 2,
    width: wide,
    height: height - 6,
  }))
}

function empty(box) {
  return [
    rect("empty", "block dead", { ...box, width: box.width, height: box.height }),
    text("empty:name", "lane-name", box.x + 14, box.y + 26, "A running container"),
    text("empty:one", "ghost-words", box.x + 14, box.y + 52, "process 1: what it was started for"),
    text("empty:two", "ghost-words", box.x + 14, box.y + 74, "and what docker exec puts beside it"),
  ]
}

const more = (hidden, box) => [
  group("more", "card more", box.x, box.y, [
    rect("face", "", { x: 1, y: 1, width: box.width - 2, height: box.height - 2 }),
    text("n", "name", 14, 26, `+${hidden} more`),
    text("l", "line", 14, 46, "docker ps"),
  ]),
]

function containerBox(container, box) {
  const { x, y, width, height } = box
  const room = Math.max(1, Math.floor((height - 36 - 34) / ROW))
  const wall = [
    rect(`box:${container.id}`, `lane lane-rect ${container.state === "running" ? "lane-live" : ""}`, box),
    text(`box-name:${container.id}`, "lane-name", x + 14, y + 24, fits(`Container ${container.name}`, width - 28)),
    text(
      `files:${container.id}`,
      "soft",
      x + 14,
      y + height - 13,
      fits(`Files: its own copy of ${container.image}`, width - 28),
    ),
  ]
  return [
    ...wall,
    ...shownOf(container, room).flatMap((one, index, all) =>
      member(one, index, all, container, { x: x + 14, y: y + 38, width: width - 28 }),
    ),
  ]
}

// Returns the members that fit: process 1, its children, and the newest joined commands.
function shownOf(container, room) {
  const family = processTree(container)
  const [first, ...children] = family.filter((one) => one.branch !== "joined")
  const joined = family.filter((one) => one.branch === "joined")
  const places = Math.max(0, room - 1)
  const apart = Math.min(joined.length, Math.max(places - children.length, Math.ceil(places / 2)))
  const last = apart ? joined.slice(-apart) : []
  return [
    first,
    ...children.slice(0, places - apart),
    ...last.slice(
      Math.max(
        0,
        last.findIndex((one) => one.joined),
      ),
    ),
  ]
}

function member({ key, words, note, lives, depth, joined }, index, all, container, { x, y, width }) {
  const top = y + index * ROW
  const left = x + 10 + depth * 24
  const wide = width - 10 - depth * 24
  const face = [
    rect("face", `block ${lives ? "live" : "dead"}`, { x: 0, y: 0, width: wide, height: ROW - 10 }, 9),
    ...(lives ? [heartbeat(container, 16, 18)] : []),
    text(
      "words",
      `mono ${lives ? "" : "soft"}`,
      lives ? 30 : 14,
      23,
      fits(words, wide - (lives ? 44 : 28) - note.length * 7.4, true),
    ),
    text("note", "soft", wide - 12, 23, note, "end"),
  ]
  const from = joined ? { from: { x: left - 40, y: top } } : {}
  const tie = depth
    ? [path(`tie:${container.id}:${key}`, "link", `M${left - 12} ${top - 8}v18q0 8 8 8h3`, "")]
    : joined
      ? [
          path(
            `tie:${container.id}:${key}`,
            `link ${lives ? "open" : "off"}`,
            `M${x - 22} ${top + 18}h28`,
            lives ? "tip-live" : "",
          ),
        ]
      : []
  return [group(`member:${container.id}:${key}`, "member", left, top, face, { full: words, ...from }), ...tie]
}
