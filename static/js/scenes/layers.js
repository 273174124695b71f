// Where Docker runs: on Linux, in a Linux virtual machine on a Mac or Windows, and the path of the learner's commands
// through this lab. Only the last column is live. A box runs on the one below it, and shares that ground with the boxes
// beside it.

import { changes as containerChanges, engineText } from "./lifecycle-text.js"
import { alive, heartbeat, fits, footerHeight, frame, headline, isNarrow, path, rect, text } from "./parts.js"
import { many } from "./format.js"
import { pending, isRoutine } from "../api-calls/calls.js"

export const title = "Where your commands run"

const GAP = 18

export const changes = containerChanges

export function layout(world, time, size) {
  const rows = isNarrow(size)
  const foot = footerHeight(size)
  const height = Math.max(size.height, rows ? 3 * PILE + 2 * GAP + foot + 8 : PILE + foot + 6)
  const room = { x: 2, y: 2, width: size.width - 4, height: height - foot - 6 }
  const parts = [
    ...(rows ? downward(room) : across(room)).flatMap(({ draw, box }) => draw(box, world)),
    ...headline(verdict(world), { y: height - foot + 26, width: size.width - 8 }),
  ]
  return frame(world, size, height, parts)
}

export function describe(world) {
  const living = world.containers.filter(alive).length
  const yours = living ? `your ${many(living, "container")}` : "your containers"
  const version = world.version ? `, version ${versionOf(world)}` : ""
  return [
    engineText(world),
    "On Linux: the Docker client and the Docker server are programs on your computer's own Linux kernel; " +
      "the containers stand on the server.",
    "On a Mac or on Windows: the client is a program of macOS or Windows; beside it stands a virtual machine " +
      "with a Linux kernel, and in that the Docker server and the containers.",
    "Right here: your browser, on your computer, shows a terminal, which is a container; the Docker client in it " +
      `asks the gateway, and the gateway your Docker server${version}. Gateway, server and ${yours} are in the ` +
      "sandbox, another container. All of them share one Linux kernel, on the lab's computer.",
    verdict(world),
  ]
}

function verdict(world) {
  const living = world.containers.filter(alive).length
  if (world.engine !== "up") return "Containers need a Linux kernel: Linux has it, a Mac and Windows borrow one."
  const names = living
    ? `${many(living, "container")} of yours ${living === 1 ? "runs" : "run"}`
    : "your containers run"
  return `Containers need a Linux kernel. Here, ${names} on the lab's own, whatever your computer is.`
}

const versionOf = (world) => world.version.replace(/\+.*/, "")

// Private: positions

const PILE = 262 // minimum height of a stack
const HEAD = 36
const LABEL = 22 // above the contents of a box

const STACKS = {
  linux: { draw: linux, share: 0.24 },
  other: { draw: other, share: 0.31 },
  here: { draw: here, share: 0.45 },
}

function across({ x, y, width, height }) {
  let at = x
  return Object.values(STACKS).map(({ draw, share }) => {
    const box = { x: at, y, width: (width - 2 * GAP) * share, height }
    at += box.width + GAP
    return { draw, box }
  })
}

function downward({ x, y, width, height }) {
  const tall = (height - 2 * GAP) / 3
  return [STACKS.here, STACKS.linux, STACKS.other].map(({ draw }, index) => ({
    draw,
    box: { x, y: y + index * (tall + GAP), width, height: tall },
  }))
}

// The lowest plates of all stacks are equally high: equal things are on the same level.
const stepOf = (box) => Math.min(54, (box.height - HEAD - 2 * LABEL - 8) / 5)

function pile(key, name, box, live = false) {
  return [
    rect(`pile:${key}`, `lane lane-rect ${live ? "lane-live" : ""}`, box),
    text(`pile:${key}:name`, "lane-name", box.x + 13, box.y + 23, fits(name, box.width - 26)),
  ]
}

// Returns a box of so many levels, starting `from` levels above the ground.
function level(box, from, count = 1, extra = 0) {
  const step = stepOf(box)
  const bottom = box.y + box.height - 10 - from * step
  return {
    x: box.x + 12,
    y: bottom - count * step + 6 - extra,
    width: box.width - 24,
    height: count * step - 6 + extra,
  }
}

function part(box, from, to, gap = 4) {
  const left = box.x + box.width * from + (from ? gap : 0)
  return { ...box, x: left, width: box.x + box.width * to - (to < 1 ? gap : 0) - left }
}

function inner(box, from, count, step) {
  const bottom = box.y + box.height - 6 - from * step
  return { x: box.x + 7, y: bottom - count * step + 5, width: box.width - 14, height: count * step - 5 }
}

// Private: stacks

function linux(box) {
  const top = level(box, 2, 2)
  const [client, server] = [part(top, 0, 0.42), part(top, 0.42, 1)]
  const half = (server.height - 6) / 2
  return [
    ...pile("linux", "On Linux", box),
    ...plate("linux:client", "Client", client),
    ...plate("linux:containers", "Containers", { ...server, height: half }),
    ...plate("linux:server", "Server", { ...server, y: server.y + half + 6, height: half }),
    ...plate("linux:kernel", "Linux kernel", level(box, 1), { kernel: true }),
    ...plate("linux:ground", "Your computer", level(box, 0), { plain: true }),
  ]
}

function other(box) {
  const top = level(box, 2, 3, LABEL)
  const [client, machine] = [part(top, 0, 0.36), part(top, 0.36, 1)]
  const step = (machine.height - LABEL - 6) / 3
  return [
    ...pile("other", "On a Mac or on Windows", box),
    ...plate("other:client", "Client", { ...client, y: client.y + LABEL, height: client.height - LABEL }),
    ...walls("other:machine", "Virtual machine", machine),
    ...plate("other:containers", "Containers", inner(machine, 2, 1, step)),
    ...plate("other:server", "Server", inner(machine, 1, 1, step)),
    ...plate("other:kernel", "Linux kernel", inner(machine, 0, 1, step), { kernel: true }),
    ...plate("other:system", "macOS or Windows", level(box, 1)),
    ...plate("other:ground", "Your computer", level(box, 0), { plain: true }),
  ]
}

function here(box, world) {
  const up = world.engine === "up"
  const living = world.containers.filter(alive).length
  const top = level(box, 2, 2, LABEL)
  const [terminal, sandbox] = [part(top, 0, 0.32), part(top, 0.32, 1)]
  const step = (sandbox.height - LABEL - 6) / 2
  const client = inner(terminal, 0, 2, step)
  const [gate, server] = [part(inner(sandbox, 0, 2, step), 0, 0.38, 8), part(inner(sandbox, 0, 1, step), 0.38, 1, 8)]
  const browser = { ...level(box, 4), y: level(box, 4).y - LABEL - 10 }
  return [
    ...pile("here", "Right here", box, up),
    ...plate("here:browser", "Your browser", browser, { plain: true, note: "on your computer" }),
    ...walls("here:terminal", "Terminal", terminal),
    ...plate("here:client", "Client", client, { lit: up }),
    ...walls("here:sandbox", "Sandbox, a container too", sandbox),
    ...plate("here:gateway", "Gateway", gate, { lit: up }),
    ...plate(
      "here:containers",
      living ? many(living, "container") : "Containers",
      part(inner(sandbox, 1, 1, step), 0.38, 1, 8),
      { lit: living > 0, beats: living > 0 },
    ),
    ...plate("here:server", "Server", server, { lit: up }),
    ...plate("here:kernel", "Linux kernel", level(box, 1), { kernel: true, note: "one for all of them" }),
    ...plate("here:ground", "The lab's computer", level(box, 0), { plain: true }),
    ...thread({ browser, client, gate, server }, world),
  ]
}

// The path of a command: browser, terminal, gateway, server.
function thread({ browser, client, gate, server }, world) {
  const up = world.engine === "up"
  const asking = up && (world.history?.calls ?? []).some((call) => pending(call) && !isRoutine(call))
  const name = `link ${up ? "open" : ""} ${asking ? "flow" : ""}`
  const tip = up ? "tip-live" : "tip"
  const [x, y] = [client.x + client.width - 14, server.y + server.height / 2]
  return [
    path("thread:browser", name, `M${x} ${browser.y + browser.height + 1}V${client.y - 3}`, tip),
    path("thread:gateway", name, `M${client.x + client.width + 1} ${y}H${gate.x - 3}`, tip),
    path("thread:server", name, `M${gate.x + gate.width + 1} ${y}H${server.x - 3}`, tip),
  ]
}

const walls = (key, label, box) => [
  rect(`walls:${key}`, "walls", box, 9),
  text(`walls:${key}:label`, "soft", box.x + 9, box.y + 16, fits(label, box.width - 16)),
]

function plate(key, words, box, { note = "", lit = false, kernel = false, plain = false, beats = false } = {}) {
  const name = ["block", lit ? "live" : "", kernel ? "kernel" : "", plain ? "plain" : ""].join(" ")
  const y = box.y + box.height / 2 + 5
  // centred if there is little room
  const left = beats ? 26 : Math.min(10, Math.max(4, (box.width - words.length * 8.1) / 2))
  const told = words.length * 7.6 + note.length * 6.9 + left + 22 <= box.width ? note : ""
  return [
    rect(`plate:${key}`, name, box, 8),
    ...(beats ? [heartbeat({ state: "running" }, box.x + 14, y - 4, `plate:${key}:beat`)] : []),
    text(`plate:${key}:words`, kernel ? "strong" : "", box.x + left, y, fits(words, box.width - left - 4)),
    ...(told ? [text(`plate:${key}:note`, "soft", box.x + box.width - 10, y, told, "end")] : []),
  ]
}
