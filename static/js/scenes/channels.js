// The three channels of a process: STDIN, STDOUT and STDERR as wires between the learner's terminal and the process.
// A wire that is connected is solid, one that is not is open; on each stands what flows while it does, and then what did.

import { changes as containerChanges, engineWords } from "./lifecycle-text.js"
import {
  beat,
  circle,
  fits,
  footOf,
  frame,
  headline,
  lines,
  narrow,
  path,
  rect,
  stillTime,
  text,
  zone,
} from "./parts.js"
import { plugged, STREAMS } from "./streams.js"
import { exitWords, many } from "./format.js"

export const title = "The three channels of a process"

const FLOWS = 1.2 // seconds in which something is seen to flow after it was told
const SECOND = 300 // milliseconds between two pictures while it does
const WORDS = { stdin: "what you type", stdout: "what it says", stderr: "its complaints" }

export function layout(world, time, size) {
  const rows = narrow(size)
  const foot = footOf(size)
  const height = Math.max(size.height, rows ? 540 : 280)
  const plug = plugged(world)
  const now = stillTime(world, time)
  const flows = (name) => Boolean(plug) && world.engine === "up" && now - (plug.stream[name].moved ?? -Infinity) < FLOWS
  const [terminal, container] = boxes(size.width, height - foot, rows)
  const parts = [
    ...zone("terminal", terminal, "Your terminal", { note: rows ? "" : screenNote(plug) }),
    ...zone("container", container, plug ? `Container ${plug.name}` : "A container", { live: Boolean(plug?.lives) }),
    ...process(plug, container, world, rows),
    ...STREAMS.flatMap((name, index) =>
      wire(name, plug, wayOf(index, terminal, container, rows), { rows, flows: flows(name) }),
    ),
    ...headline(verdict(plug), { y: height - foot + 26, width: size.width - 36 }), // capitals are wide
  ]
  return frame(world, size, height, parts, STREAMS.some(flows) && SECOND)
}

export function describe(world) {
  const plug = plugged(world)
  if (!plug) return [engineWords(world), verdict(plug)]
  return [
    engineWords(world),
    verdict(plug),
    ...processWords(plug, world),
    ...STREAMS.map((name) => wireWords(name, plug)),
  ]
}

export function changes(before, after) {
  const said = containerChanges(before, after)
  const [was, is] = [before && plugged(before), plugged(after)]
  if (!before?.tale || !is || (was && verdict(was) === verdict(is))) return said
  return [...said, verdict(is)]
}

export function verdict(plug) {
  if (!plug) return "Every process has three channels: STDIN goes in, STDOUT and STDERR come out."
  const who = plug.joined ? `${plug.command || "the second command"} in ${plug.name}` : plug.name
  const on = STREAMS.filter((name) => plug.stream[name].on && !(plug.tty && name === "stderr"))
  if (!on.length)
    return `${who}: no channel is connected to your terminal${plug.state === "gone" || plug.joined ? "." : "; what it prints, the engine keeps in its log."}`
  const names = on
    .map((name) => name.toUpperCase())
    .join(" and ")
    .replace(/ and (?=.* and )/, ", ")
  const verb = plug.live ? (on.length > 1 ? "are" : "is") : on.length > 1 ? "were" : "was"
  return `${who}: ${names} ${verb} connected to your terminal${plug.tty ? ", as one screen: STDERR joins STDOUT." : "."}`
}

function processWords(plug, world) {
  if (!plug.command) return []
  const ends = [processName(plug), endOf(plug, world)].filter(Boolean).join(", ")
  return [`Its command: ${plug.command}${plug.lives ? "" : `. ${ends}`}.`]
}

function wireWords(name, plug) {
  if (name === "stderr" && plug.tty) return "STDERR joins STDOUT: a terminal has one screen."
  const stream = plug.stream[name]
  if (!stream.on) return `${name.toUpperCase()} is not connected.`
  if (stream.bytes === null) return `${name.toUpperCase()} is connected.`
  const said = oneLine(stream.sample)
  return `${name.toUpperCase()}${stream.open ? " is connected" : ""}: ${flowWords(stream)}${said ? `, ${stream.open ? "the last line" : "and that was"}: ${said}` : ""}.`
}

function flowWords({ bytes, more, open }) {
  if (!bytes) return open ? "nothing flowed yet" : "nothing flowed"
  return `${many(bytes, "byte")}${more ? " or more" : ""} ${open ? "so far" : "flowed"}`
}

// What a terminal would show of a sample, on one line: colours and cursor movements are no text.
export function oneLine(sample) {
  const bare = sample.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "").replace(/\u001b./g, "")
  return [...bare.replace(/[\r\n\t]+/g, " ").trim()].filter((letter) => letter >= " ").join("")
}

// Private: where things stand

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

// Private: what is in them

function screenNote(plug) {
  if (!plug) return "A keyboard, and a screen"
  if (!plug.live) return "Its keyboard and its screen are yours again"
  if (!plug.tty) return "It shows what the process says"
  return plug.stream.stdin.on
    ? "Its keyboard and its screen belong to the process now"
    : "Its screen belongs to the process; its keyboard to nobody"
}

function process(plug, box, world, rows) {
  const inner = { x: box.x + 26, y: box.y + 36, width: box.width - 38, height: box.height - 48 }
  const container = world.containers.find((one) => one.id === plug?.id)
  const end = plug && endOf(plug, world)
  return [
    rect("process", `block ${plug?.lives ? "live" : "dead"}`, inner, 9),
    text("process:name", "strong", inner.x + 12, inner.y + 24, fits(processName(plug), inner.width - 16)),
    ...(plug?.lives ? [beat(container ?? { state: "running" }, inner.x + inner.width - 18, inner.y + 19)] : []),
    ...lines("process:command", "mono", plug?.command ?? "", {
      x: inner.x + 12,
      y: inner.y + 46,
      width: inner.width - 20,
      mono: true,
      most: 2,
    }),
    ...(end ? [endAt(inner, end, rows)] : []),
    ...(plug?.tty
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

// Below the command, or where that would be in the way of what is said of the terminal, beside the name.
const endAt = (inner, end, beside) =>
  beside
    ? text("process:end", "soft", inner.x + inner.width - 12, inner.y + 24, end, "end")
    : text("process:end", "soft", inner.x + 12, inner.y + 84, fits(end, inner.width - 20))

function processName(plug) {
  if (!plug || plug.lives) return plug ? "Process" : "A process"
  if (plug.joined) return "It has ended"
  return plug.state === "created" ? "No process yet" : "It has ended"
}

function endOf(plug, world) {
  if (plug.lives) return ""
  if (plug.state === "gone") return "removed"
  const container = world.containers.find((one) => one.id === plug.id)
  return container?.state === "exited" && !plug.joined ? exitWords(container) : ""
}

// A wire, its two ends, its name and what it carried. With a terminal (-t) STDERR leaves the process and joins STDOUT.
function wire(name, plug, way, { rows, flows }) {
  const stream = plug?.stream[name] ?? { on: false, bytes: null, sample: "" }
  const merged = name === "stderr" && plug?.tty
  const state = merged ? (plug.stream.stdout.on ? "open" : "") : stream.on ? "open" : plug ? "off" : ""
  const live = plug?.live && state === "open"
  const inward = name === "stdin"
  return [
    lead(name, way, {
      merged,
      inward,
      off: plug && state === "off",
      state: `${state} ${live ? "live" : "past"}${flows ? " flow" : ""}`,
      rows,
    }),
    circle(`far:${name}`, `plug ${state}`, way.far.x, way.far.y, 5),
    ...(merged ? [] : [circle(`near:${name}`, `plug ${state}`, way.near.x, way.near.y, 5)]),
    ...labels(name, plug, stream, merged, way, rows),
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
  // Not connected: the process has its end all the same, and nobody holds the other.
  const stub = shy(far, near, rows ? 40 : 90)
  return path(`wire:${name}`, `link ${state}`, `M${shy(far, near, 6).x} ${shy(far, near, 6).y}L${stub.x} ${stub.y}`)
}

function labels(name, plug, stream, merged, { near, far, width }, rows) {
  const x = rows ? near.x + 10 : near.x + 22
  const y = rows ? near.y + 26 : near.y - 12
  const told = carried(plug, stream, merged)
  const said = oneLine(stream.sample)
  const title = [text(`name:${name}`, `wire-name ${stream.on || merged ? "open" : ""}`, x, y, name.toUpperCase())]
  if (!rows) title.push(text(`what:${name}`, "soft", x + 74, y, WORDS[name]))
  const room = rows
    ? { x, y: y + 20, width, most: 5 }
    : { x, y: y + (merged || (plug && !stream.on) ? 20 : 32), width, most: 1 } // below the wire, if one passes here
  return [...title, ...lines(`flow:${name}`, said ? "sample" : "soft", told, { ...room, mono: Boolean(said) })]
}

function carried(plug, stream, merged) {
  if (!plug) return ""
  if (merged) return "joins STDOUT"
  if (!stream.on) return "not connected"
  if (stream.bytes === null) return "connected"
  const said = oneLine(stream.sample)
  return said ? `${stream.more ? "≥\u00a0" : ""}${stream.bytes}\u00a0B: ${said}` : flowWords(stream)
}
