// The three channels of a process: STDIN, STDOUT and STDERR, drawn as wires between the learner's terminal and the
// process. A connected wire is solid, an unconnected one is open; each shows what flows, and later what has flowed.

import { changes as containerChanges, engineText } from "./lifecycle-text.js"
import {
  heartbeat,
  circle,
  fits,
  footerHeight,
  frame,
  headline,
  lines,
  isNarrow,
  path,
  rect,
  timeOf,
  text,
  zone,
} from "./parts.js"
import { connectionOf, STREAMS } from "./streams.js"
import { exitText, many } from "./format.js"

export const title = "The three channels of a process"

const FLOWS = 1.2 // seconds in which data is shown flowing
const SECOND = 300 // milliseconds between two pictures meanwhile
const WORDS = { stdin: "what you type", stdout: "what it says", stderr: "its complaints" }

export function layout(world, time, size) {
  const rows = isNarrow(size)
  const foot = footerHeight(size)
  const height = Math.max(size.height, rows ? 540 : 280)
  const connection = connectionOf(world)
  const now = timeOf(world, time)
  const flows = (/** @type {string} */ name) =>
    world.engine === "up" && now - (connection?.stream[name].movedAt ?? -Infinity) < FLOWS
  const [terminal, container] = boxes(size.width, height - foot, rows)
  const parts = [
    ...zone("terminal", terminal, "Your terminal", { note: rows ? "" : screenNote(connection) }),
    ...zone("container", container, connection ? `Container ${connection.name}` : "A container", {
      live: Boolean(connection?.lives),
    }),
    ...process(connection, container, world, rows),
    ...STREAMS.flatMap((name, index) =>
      wire(name, connection, wayOf(index, terminal, container, rows), { rows, flows: flows(name) }),
    ),
    ...headline(verdict(connection), { y: height - foot + 26, width: size.width - 36 }), // capitals are wide
  ]
  return frame(world, size, height, parts, STREAMS.some(flows) && SECOND)
}

export function describe(world) {
  const connection = connectionOf(world)
  if (!connection) return [engineText(world), verdict(connection)]
  return [
    engineText(world),
    verdict(connection),
    ...processText(connection, world),
    ...STREAMS.map((name) => wireText(name, connection)),
  ]
}

export function changes(before, after) {
  const said = containerChanges(before, after)
  const [was, is] = [before && connectionOf(before), connectionOf(after)]
  if (!before?.history || !is || (was && verdict(was) === verdict(is))) return said
  return [...said, verdict(is)]
}

export function verdict(connection) {
  if (!connection) return "Every process has three channels: STDIN goes in, STDOUT and STDERR come out."
  const who = connection.joined
    ? `${connection.command || "the second command"} in ${connection.name}`
    : connection.name
  const on = STREAMS.filter((name) => connection.stream[name].on && !(connection.tty && name === "stderr"))
  if (!on.length) {
    const log = connection.state === "gone" || connection.joined ? "" : "; what it prints, the engine keeps in its log"
    return `${who}: no channel is connected to your terminal${log}.`
  }
  const names = on
    .map((name) => name.toUpperCase())
    .join(" and ")
    .replace(/ and (?=.* and )/, ", ")
  const verb = connection.live ? (on.length > 1 ? "are" : "is") : on.length > 1 ? "were" : "was"
  const screen = connection.tty ? ", as one screen: STDERR joins STDOUT" : ""
  return `${who}: ${names} ${verb} connected to your terminal${screen}.`
}

function processText(connection, world) {
  if (!connection.command) return []
  const ends = [processName(connection), endOf(connection, world)].filter(Boolean).join(", ")
  return [`Its command: ${connection.command}${connection.lives ? "" : `. ${ends}`}.`]
}

function wireText(name, connection) {
  if (name === "stderr" && connection.tty) return "STDERR joins STDOUT: a terminal has one screen."
  const stream = connection.stream[name]
  if (!stream.on) return `${name.toUpperCase()} is not connected.`
  if (stream.bytes === null) return `${name.toUpperCase()} is connected.`
  const said = oneLine(stream.sample)
  const sample = said ? `, ${stream.open ? "the last line" : "and that was"}: ${said}` : ""
  return `${name.toUpperCase()}${stream.open ? " is connected" : ""}: ${flowText(stream)}${sample}.`
}

function flowText({ bytes, more, open }) {
  if (!bytes) return open ? "nothing flowed yet" : "nothing flowed"
  return `${many(bytes, "byte")}${more ? " or more" : ""} ${open ? "so far" : "flowed"}`
}

// Returns a sample on one line, without colours and cursor movements.
export function oneLine(sample) {
  const bare = sample.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "").replace(/\u001b./g, "")
  return [...bare.replace(/[\r\n\t]+/g, " ").trim()].filter((letter) => letter >= " ").join("")
}

// Private: positions

function boxes(width, height, rows) {
  if (rows)
    return [
      { x: 2, y: 2, width: width - 4, height: 40 },
      { x: 2, y: height - 142, width: width - 4, height: 138 },
    ]
  const wide = Math.min(250, Math.max(180, width * 0.24))
  return [
    { x: 2, y: 2, width: wide, height: height - 6 },
    { x: width - 2 - wide, y: 2, width: wide, height: height - 6 },
  ]
}

function wayOf(index, terminal, container, rows) {
  if (rows) {
    const x = terminal.x + 26 + index * ((terminal.width - 40) / 3)
    return {
      near: { x, y: terminal.y + terminal.height },
      far: { x, y: container.y },
      width: (terminal.width - 40) / 3 - 20,
    }
  }
  const step = (container.height - 50) / 3
  const y = container.y + 62 + index * step
  return {
    near: { x: terminal.x + terminal.width, y },
    far: { x: container.x, y },
    width: container.x - terminal.x - terminal.width - 70,
    step,
  }
}

// Private: contents

function screenNote(connection) {
  if (!connection) return "A keyboard, and a screen"
  if (!connection.live) return "Its keyboard and its screen are yours again"
  if (!connection.tty) return "It shows what the process says"
  return connection.stream.stdin.on
    ? "Its keyboard and its screen belong to the process now"
    : "Its screen belongs to the process; its keyboard to nobody"
}

function process(connection, box, world, rows) {
  const inner = { x: box.x + 26, y: box.y + 36, width: box.width - 38, height: box.height - 48 }
  const container = world.containers.find((one) => one.id === connection?.id)
  const end = connection && endOf(connection, world)
  return [
    rect("process", `block ${connection?.lives ? "live" : "dead"}`, inner, 9),
    text("process:name", "strong", inner.x + 12, inner.y + 24, fits(processName(connection), inner.width - 16)),
    ...(connection?.lives
      ? [heartbeat(container ?? { state: "running" }, inner.x + inner.width - 18, inner.y + 19)]
      : []),
    ...lines("process:command", "mono", connection?.command ?? "", {
      x: inner.x + 12,
      y: inner.y + 46,
      width: inner.width - 20,
      mono: true,
      most: 2,
    }),
    ...(end ? [endAt(inner, end, rows)] : []),
    ...(connection?.tty
      ? [
          ...lines("process:tty", "soft", "-t: it talks to a terminal", {
            x: inner.x + 12,
            y: inner.y + inner.height - (inner.width < 190 ? 28 : 12),
            width: inner.width - 16,
            most: 2,
          }),
        ]
      : []),
  ]
}

// Below the command, or beside the name where the terminal's note needs that room.
const endAt = (inner, end, beside) =>
  beside
    ? text("process:end", "soft", inner.x + inner.width - 12, inner.y + 24, end, "end")
    : text("process:end", "soft", inner.x + 12, inner.y + 84, fits(end, inner.width - 20))

function processName(connection) {
  if (!connection || connection.lives) return connection ? "Process" : "A process"
  if (connection.joined) return "It has ended"
  return connection.state === "created" ? "No process yet" : "It has ended"
}

function endOf(connection, world) {
  if (connection.lives) return ""
  if (connection.state === "gone") return "removed"
  const container = world.containers.find((one) => one.id === connection.id)
  return container?.state === "exited" && !connection.joined ? exitText(container) : ""
}

// A wire with its ends, its name and its data. With a terminal (-t) STDERR leaves the process and joins STDOUT.
function wire(name, connection, way, { rows, flows }) {
  const stream = connection?.stream[name] ?? { on: false, bytes: null, sample: "" }
  const merged = name === "stderr" && connection?.tty
  const state = merged ? (connection.stream.stdout.on ? "open" : "") : stream.on ? "open" : connection ? "off" : ""
  const live = connection?.live && state === "open"
  const inward = name === "stdin"
  return [
    lead(name, way, {
      merged,
      inward,
      off: connection && state === "off",
      state: `${state} ${live ? "live" : "past"}${flows ? " flow" : ""}`,
      rows,
    }),
    circle(`far:${name}`, `plug ${state}`, way.far.x, way.far.y, 5),
    ...(merged ? [] : [circle(`near:${name}`, `plug ${state}`, way.near.x, way.near.y, 5)]),
    ...labels(name, connection, stream, merged, way, rows),
  ]
}

function lead(name, { near, far, step, width }, { merged, inward, off, state, rows }) {
  const tip = state.startsWith("open") ? "tip-live" : off ? "" : "tip"
  if (merged) {
    const d = rows
      ? `M${far.x} ${far.y - 6}v-22q0 -14 -14 -14H${far.x - width - 6}`
      : `M${far.x - 6} ${far.y}h-34q-16 0 -16 -16V${far.y - step + 9}`
    return path(`wire:${name}`, `link ${state}`, d, tip)
  }
  const [from, to] = inward ? [near, far] : [far, near]
  const shy = (a, b, by) => ({ x: a.x + Math.sign(b.x - a.x) * by, y: a.y + Math.sign(b.y - a.y) * by })
  const [a, b] = [shy(from, to, 6), shy(to, from, 8)]
  if (!off) return path(`wire:${name}`, `link ${state}`, `M${a.x} ${a.y}L${b.x} ${b.y}`, tip)
  // Not connected: only the process's end exists.
  const stub = shy(far, near, rows ? 40 : 90)
  return path(`wire:${name}`, `link ${state}`, `M${shy(far, near, 6).x} ${shy(far, near, 6).y}L${stub.x} ${stub.y}`)
}

function labels(name, connection, stream, merged, { near, width }, rows) {
  const x = rows ? near.x + 10 : near.x + 22
  const y = rows ? near.y + 26 : near.y - 12
  const told = carried(connection, stream, merged)
  const said = oneLine(stream.sample)
  const heading = [text(`name:${name}`, `wire-name ${stream.on || merged ? "open" : ""}`, x, y, name.toUpperCase())]
  if (!rows) heading.push(text(`what:${name}`, "soft", x + 74, y, WORDS[name]))
  const room = rows
    ? { x, y: y + 20, width, most: 5 }
    : { x, y: y + (merged || (connection && !stream.on) ? 20 : 32), width, most: 1 } // below a wire that passes here
  return [...heading, ...lines(`flow:${name}`, said ? "sample" : "soft", told, { ...room, mono: Boolean(said) })]
}

function carried(connection, stream, merged) {
  if (!connection) return ""
  if (merged) return "joins STDOUT"
  if (!stream.on) return "not connected"
  if (stream.bytes === null) return "connected"
  const said = oneLine(stream.sample)
  return said ? `${stream.more ? "≥\u00a0" : ""}${stream.bytes}\u00a0B: ${said}` : flowText(stream)
}
