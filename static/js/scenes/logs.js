// Logs: the engine keeps what a process prints, run after run, and `docker logs` reads it later. The page knows a log's
// content only from what was read, and never shows a line that nobody has asked for.

import { changes as containerChanges, engineText } from "./lifecycle-text.js"
import { oneLine } from "./channels.js"
import {
  alive,
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
  text,
  zone,
} from "./parts.js"
import { pending } from "../api-calls/calls.js"
import { clock, commandOf, exitText, many } from "./format.js"

export const title = "What was printed, and read later"

const GAP = 78
const SAMPLED = 1024 // bytes of each stream that the gateway keeps
const MENTIONED = 12 // runs that are listed one by one
const encoder = new TextEncoder()

export function layout(world, time, size) {
  const rows = isNarrow(size)
  const foot = footerHeight(size)
  const height = Math.max(size.height, rows ? 560 : 260)
  const [from, log, to] = boxes(size.width, height - foot, rows)
  const seen = reading(world)
  const parts = [
    ...zone("process", from, seen.name ? `Container ${seen.name}` : "A container", { live: seen.lives }),
    ...zone("log", log, seen.name ? `Log of ${seen.name}` : "Its log", {
      note: seen.name ? "" : "The engine keeps what is printed",
    }),
    ...zone("terminal", to, "Your terminal", { note: seen.name ? "" : "docker logs reads it, when you like" }),
    ...process(seen, from),
    ...kept(seen, log),
    ...shown(seen, to),
    ...arrow("print", from, log, rows, "prints", seen.lives ? "open" : seen.container?.runs ? "" : "off"),
    ...arrow("read", log, to, rows, "docker logs", seen.follows ? "open flow" : seen.call ? "open" : ""),
    ...headline(verdict(seen), { y: height - foot + 26, width: size.width - 8 }),
  ]
  return frame(world, size, height, parts)
}

export function describe(world) {
  const seen = reading(world)
  return [engineText(world), verdict(seen), ...processText(seen), ...runsText(seen), ...readingText(seen)]
}

function processText({ container, name, gone }) {
  if (!name) return ["A process prints, its log keeps it, and docker logs shows it in your terminal when you like."]
  if (gone) return []
  const command = commandOf(container)
  return [`Its process${command ? `, ${command},` : ""} ${stateOf(container)}.`]
}

const stateOf = (container) =>
  ({ running: "is running", paused: "is paused", created: "has not run yet" })[container.state] ??
  `has ended: ${exitText(container)}`

function runsText({ container, gone, lives }) {
  if (!container || gone || !container.runs) return []
  const blocks = Array.from({ length: container.runs }, (_, index) => `run ${index + 1}`)
    .slice(-MENTIONED)
    .join(", ")
  return [`In its log, one block for each run: ${blocks}${lives ? "; the last one grows" : ""}.`]
}

function readingText({ call, lines: said, follows, bytes }) {
  if (!call || follows) return said.length ? [`It said: ${said.join(" / ")}.`] : []
  if (!said.length) return ["Nothing was printed."]
  return [`${many(bytes, "byte")}${bytes >= SAMPLED ? " or more" : ""} were read. It said: ${said.join(" / ")}.`]
}

export function changes(before, after) {
  const said = containerChanges(before, after)
  if (!before?.history) return said
  const [was, is] = [reading(before), reading(after)]
  return is.call && (was.call?.call !== is.call.call || was.follows !== is.follows) ? [...said, verdict(is)] : said
}

// Returns the container whose log was last read, else the newest one, and what was read.
export function reading(world) {
  const call = (world.history?.calls ?? []).findLast(
    (one) => one.name === "container.logs" && one.target?.id && !one.refused && !(one.status >= 400),
  )
  const newest = world.containers.reduce((last, one) => (!last || one.created_at >= last.created_at ? one : last), null)
  const later = call && newest && newest.created_at > call.at
  const read = later ? null : call
  const container = read ? (world.containers.find((one) => one.id === read.target.id) ?? null) : newest
  const said = read && !pending(read) ? [read.out, read.err].filter(Boolean).join("") : ""
  return {
    call: read ?? null,
    container,
    name: container?.name ?? read?.target.name ?? "",
    gone: Boolean(read && !container),
    lives: Boolean(container && alive(container)),
    follows: Boolean(read && pending(read)),
    lines: said.split(/\r?\n/).map(oneLine).filter(Boolean),
    bytes: encoder.encode(said).length,
  }
}

function verdict({ call, container, name, gone, lives, follows }) {
  if (!name)
    return "What a process prints is kept by the engine, whether anybody looks or not; docker logs reads it later."
  if (gone) return `${name} was removed, and its log with it.`
  if (follows) return `Your terminal follows the log of ${name}: each new line arrives as it is printed.`
  if (call) {
    const runs = container.runs > 1 ? `, with what all ${container.runs} runs printed` : ""
    return `The log of ${name} was read at ${clock(call.at)}${runs}${lives ? "; it goes on growing" : ""}.`
  }
  if (!container.runs && container.state === "created") return `${name} has not run yet: it has nothing in its log.`
  return `What ${name} prints is kept in its log${lives ? "" : ", also after its end"}. Nobody has read it yet.`
}

// Private: positions

function boxes(width, height, rows) {
  const gap = rows ? 32 : GAP + 18
  const shares = rows ? [0.26, 0.34, 0.4] : [0.29, 0.3, 0.41]
  const room = (rows ? height - 6 : width - 4) - 2 * gap
  let at = 2
  return shares.map((share) => {
    const box = rows
      ? { x: 2, y: at, width: width - 4, height: room * share }
      : { x: at, y: 2, width: room * share, height: height - 6 }
    at += room * share + gap
    return box
  })
}

function arrow(key, a, b, rows, verb, state) {
  const tip = state.startsWith("open") ? "tip-live" : state === "off" ? "" : "tip"
  const kind = key === "read" ? "typed" : ""
  if (rows) {
    const x = a.x + a.width / 2
    return [
      path(`way:${key}`, `link ${state}`, `M${x} ${a.y + a.height + 3}V${b.y - 4}`, tip),
      text(`verb:${key}`, `verb ${kind}`, x + 10, a.y + a.height + 21, verb),
    ]
  }
  const y = a.y + Math.min(96, a.height / 2)
  const middle = (a.x + a.width + b.x) / 2
  return [
    path(`way:${key}`, `link ${state}`, `M${a.x + a.width + 4} ${y}H${b.x - 5}`, tip),
    text(`verb:${key}`, `verb ${kind} ${state}`, middle, y - 9, verb, "middle"),
  ]
}

// Private: contents

function process({ container, lives, gone }, box) {
  if (!container && !gone)
    return [
      rect("process", "block dead", { x: box.x + 12, y: box.y + 36, width: box.width - 24, height: 64 }, 9),
      text("process:name", "soft", box.x + 24, box.y + 72, "a process"),
    ]
  const words = gone
    ? "removed"
    : lives
      ? container.state === "paused"
        ? "paused"
        : "running"
      : container.state === "created"
        ? "has not run yet"
        : exitText(container)
  const command = lines("process:command", "mono", container ? commandOf(container) : "", {
    x: box.x + 24,
    y: box.y + 60,
    width: box.width - 64,
    mono: true,
    most: box.height > 180 ? 3 : 1,
  })
  const more = (command.length - 1) * 17
  return [
    rect(
      "process",
      `block ${lives ? "live" : "dead"}`,
      { x: box.x + 12, y: box.y + 36, width: box.width - 24, height: 64 + more },
      9,
    ),
    ...(lives ? [heartbeat(container, box.x + box.width - 28, box.y + 53)] : []),
    ...command,
    text("process:state", "soft", box.x + 24, box.y + (gone ? 72 : 84 + more), words),
  ]
}

// The log as a sheet of lines, one block per run: its real length is unknown before it is read.
function kept({ container, gone, name }, box) {
  if (!name || gone) return gone ? [text("log:gone", "soft", box.x + 13, box.y + 48, "removed with its container")] : []
  const runs = container.runs
  if (!runs) return [text("log:none", "soft", box.x + 13, box.y + 48, "empty: no run yet")]
  const room = Math.max(1, Math.floor((box.height - 46) / 44))
  const first = Math.max(1, runs - room + 1)
  return Array.from({ length: Math.min(runs, room) }, (_, index) =>
    run(first + index, runs, { x: box.x + 12, y: box.y + 36 + index * 44, width: box.width - 24 }, alive(container)),
  ).flat()
}

function run(number, runs, { x, y, width }, lives) {
  const grows = lives && number === runs
  return [
    rect(`run:${number}`, `block ${grows ? "lit" : ""}`, { x, y, width, height: 38 }, 7),
    text(`run:${number}:name`, "soft", x + 10, y + 23, `run ${number}`),
    ...[0, 1].map((line) =>
      path(
        `run:${number}:${line}`,
        `sheet-line ${grows ? "own" : ""}`,
        `M${x + 64} ${y + 14 + line * 11}h${Math.max(10, (width - 80) * (line ? 0.6 : 0.9))}`,
      ),
    ),
    ...(grows ? [circle(`run:${number}:grows`, "beat", x + width - 12, y + 25, 4)] : []),
  ]
}

function shown({ call, lines: said, follows, bytes, name }, box) {
  if (!name) return []
  if (!call)
    return lines("read:none", "soft", "Nobody has read it yet", { x: box.x + 13, y: box.y + 48, width: box.width - 26 })
  const room = Math.max(1, Math.floor((box.height - 78) / 18))
  const part = bytes >= SAMPLED
  const some = part ? said.slice(0, room) : said.slice(-room)
  const head = follows ? "follows the log (-f)" : readText({ part, bytes, all: said.length, some: some.length })
  return [
    text("read:head", "soft", box.x + 13, box.y + 48, fits(head, box.width - 26)),
    ...some.map((line, index) =>
      text(`read:${index}`, "sample", box.x + 13, box.y + 72 + index * 18, fits(line, box.width - 26, true)),
    ),
  ]
}

function readText({ part, bytes, all, some }) {
  const much = part ? `${SAMPLED} bytes or more read` : `${many(bytes, "byte")} read`
  if (!all) return `${much}: nothing was printed`
  return part ? `${much}, the first lines:` : all > some ? `${much}, the last lines:` : `${much}:`
}
