// The machine: programs on top, one kernel below them, the hardware at the bottom. A container is a slice of all three:
// a group of processes with their own numbers and their own share of the machine.

import { changes as containerChanges, engineText } from "./lifecycle-text.js"
import {
  alive,
  heartbeat,
  fits,
  footerHeight,
  frame,
  group,
  headline,
  lines,
  isNarrow,
  path,
  rect,
  roomFor,
  text,
} from "./parts.js"
import { commandOf, execText, many, mebibytes } from "./format.js"

export const title = "One machine, one kernel"

const KERNEL = 46
const GAP = 12

export const changes = containerChanges

export function layout(world, time, size) {
  const rows = isNarrow(size)
  const foot = footerHeight(size)
  const living = world.containers.filter(alive)
  const floor = rows ? 112 : 56
  const least = rows ? 480 : 276
  const height = Math.max(size.height, least)
  const top = height - foot - KERNEL - floor - 2 * GAP - 18
  const boxes = slices(world, living, size.width, top, rows)
  const kernel = { x: 2, y: top + 18 + GAP, width: size.width - 4, height: KERNEL }
  const hardware = { x: 2, y: kernel.y + KERNEL + GAP, width: size.width - 4, height: floor }
  const parts = [
    ...boxes.flatMap((box) => [...slice(box, world), ...falls(box, kernel)]),
    rect("kernel", "block kernel", kernel, 9),
    text("kernel:name", "strong", kernel.x + 14, kernel.y + 28, "Linux kernel"),
    text(
      "kernel:words",
      "soft",
      kernel.x + kernel.width - 14,
      kernel.y + 28,
      fits(rows ? "one for all" : "one for all: every process asks it, by system calls", kernel.width - 140),
      "end",
    ),
    path("floor", "link", `M${size.width / 2} ${kernel.y + KERNEL + 1}v${GAP - 3}`, ""),
    ...ground(hardware, world, rows),
    ...headline(verdict(world), { y: height - foot + 26, width: size.width - 8 }),
  ]
  return frame(world, size, height, parts)
}

export function describe(world) {
  const living = world.containers.filter(alive)
  return [
    engineText(world),
    verdict(world),
    "The Docker server, dockerd, is a program as others: it starts the processes of the containers.",
    ...living.map(sliceText),
    "Below them is one Linux kernel: every process asks it, by system calls. " +
      "Below that is the hardware: processor, memory, network and hard disk.",
    segmentsText(world.containers),
  ]
}

function verdict(world) {
  const living = world.containers.filter(alive).length
  const idle = world.containers.length - living
  const rest = idle ? ` ${many(idle, "more container")} ${idle === 1 ? "has" : "have"} files, and no process.` : ""
  if (!living) return `No container runs: a container without a process takes no part in this.${rest}`
  const running = `${many(living, "container")} ${living === 1 ? "runs" : "run"}`
  return `${running}, on one kernel; in each the first process is number 1.${rest}`
}

function sliceText(container) {
  const joined = runningExecs(container).map(execText).join(", ")
  const limit = container.memory && !container.use ? `; its memory is limited to ${mebibytes(container.memory)}` : ""
  const found = container.use?.processes.map(([number, words]) => `${words} (${number} for the machine)`).join(", ")
  const seen = container.use ? `; seen in it: ${found || "no process"}; it uses ${useText(container.use)}` : ""
  const child = container.init && !container.use?.processes.length && commandOf(container)
  const host = container.hostname ? `; its host name is ${container.hostname}` : ""
  const first = `process 1 is ${firstOf(container)}${child ? `, and its child is ${child}` : ""}`
  return `${container.name}: ${first}${host}${joined ? `; ${joined} joined it` : ""}${limit}${seen}.`
}

function segmentsText(containers) {
  if (!containers.length) return "On the hard disk each container gets a segment of its own."
  return `On the hard disk each container has a segment of its own: ${containers.map(({ name }) => name).join(", ")}.`
}

const firstOf = (container) => (container.init ? "docker-init" : commandOf(container) || container.image)

export const runningExecs = (container) => (container.execs ?? []).filter((one) => one.ended_at === null)

// Private: programs

function slices(world, living, width, height, rows) {
  const slots = rows ? 3 : Math.max(2, Math.floor((width - 4) / 190))
  const { kept, hidden } = roomFor(living, slots - 1)
  const all = [
    { key: "engine" },
    ...kept.map((container) => ({ key: container.id, container })),
    ...(hidden ? [{ key: "more", hidden }] : []),
  ]
  if (rows) {
    const tall = (height - (Math.max(2, all.length) - 1) * 10) / Math.max(2, all.length)
    return all.map((one, index) => ({ ...one, x: 2, y: 2 + index * (tall + 10), width: width - 4, height: tall, rows }))
  }
  const wide = Math.min(300, (width - 4 - (all.length - 1) * GAP) / all.length)
  return all.map((one, index) => ({ ...one, x: 2 + index * (wide + GAP), y: 2, width: wide, height: height - 2, rows }))
}

function slice(box, world) {
  if (box.key === "engine") return engine(box, world)
  if (box.hidden)
    return [
      group("slice:more", "card more", box.x, box.y, [
        rect("face", "", { x: 1, y: 1, width: box.width - 2, height: box.height - 2 }),
        text("n", "name", 14, 26, `+${box.hidden} more`),
        text("l", "line", 14, 46, "docker ps"),
      ]),
    ]
  const { container, width, height } = box
  const host = container.hostname && height > 100
  const head = host ? 48 : 32
  const face = [
    rect("face", "slice", { x: 1, y: 1, width: width - 2, height: height - 2 }, 12),
    text("name", "name", 14, 24, fits(container.name, width - 28, true)),
    ...(host ? [text("host", "soft", 14, 43, fits(`host name ${container.hostname}`, width - 28))] : []),
    ...processes(container, width, { head, room: Math.max(1, Math.floor((height - head - 34) / 22)) }),
    ...(height > 84 ? share(container, width, height) : []),
  ]
  return [
    group(`slice:${container.id}`, `slice-of ${container.state}`, box.x, box.y, face, { full: sliceText(container) }),
  ]
}

function processes(container, width, { head, room }) {
  return inside(container)
    .slice(0, room)
    .flatMap(({ words, number: short, long = short }, index) => {
      const number = fits(words, width - 48 - 7.5 * long.length, true) === words ? long : short
      const y = head + 6 + index * 22
      return [
        heartbeat(container, 20, y + 8, `beat${index}`),
        text(`p${index}`, "mono", 34, y + 12, fits(words, width - 34 - 14 - 7.5 * number.length, true)),
        ...(number ? [text(`n${index}`, "soft", width - 14, y + 12, number, "end")] : []),
      ]
    })
}

// A container's processes: as the engine's `top` last reported them, with the machine's numbers; before that, those
// known from calls and events. The first is number 1 inside the container.
function inside(container) {
  const seen = container.use?.processes ?? []
  if (seen.length)
    return seen.map(([number, words], index) => ({
      words,
      ...(index ? { number: String(number) } : { number: `1 = ${number}`, long: `1 inside, ${number} outside` }),
    }))
  const own = container.init ? ["docker-init", commandOf(container)] : [commandOf(container) || container.image]
  return [
    ...own.map((words, index) => ({ words, number: index ? "" : "PID 1" })),
    ...runningExecs(container).map((one) => ({ words: execText(one), number: "" })),
  ]
}

// A container's share of the machine: memory in use, and how busy it keeps a processor.
function share(container, width, height) {
  const { use } = container
  const most = use?.limit || container.memory
  const words = use
    ? [useText(use), shortUse(use)].find((one, index) => index || fits(one, width - 28) === one)
    : most
      ? `at most ${mebibytes(most)} of memory`
      : ""
  if (!words) return []
  const part = use && most ? Math.min(1, use.memory / most) : 0
  const bar = { x: 14, y: height - 14, width: width - 28, height: 6 }
  return [
    text("share", "soft", 14, height - 21, fits(words, width - 28)),
    ...(use && most
      ? [
          rect("meter", "meter", bar, 3),
          rect("used", `meter-used ${part > 0.9 ? "full" : ""}`, { ...bar, width: Math.max(3, bar.width * part) }, 3),
        ]
      : []),
  ]
}

const shortUse = ({ memory, limit, share: busy }) =>
  `${mebibytes(memory)}${limit ? ` of ${mebibytes(limit)}` : ""}, ${Math.round(busy)} % CPU`

function useText({ memory, limit, share: busy }) {
  const processor = busy < 1 ? "processor idle" : `${Math.round(busy)} % of a processor`
  return `${mebibytes(memory)}${limit ? ` of ${mebibytes(limit)}` : ""} memory, ${processor}`
}

function engine({ x, y, width, height }, world) {
  const up = world.engine === "up"
  return [
    group("slice:engine", "slice-of program", x, y, [
      rect("face", "plain", { x: 1, y: 1, width: width - 2, height: height - 2 }, 12),
      text("name", "strong", 14, 24, fits("Docker server", width - 28)),
      ...(up ? [heartbeat({ state: "running" }, 20, 46)] : []),
      text("what", "mono", 34, 50, "dockerd"),
      ...(height > 90
        ? lines("words", "soft", "A program as others: it starts the processes of the containers", {
            x: 14,
            y: 76,
            width: width - 26,
            most: Math.max(1, Math.floor((height - 70) / 17)),
          })
        : []),
    ]),
  ]
}

function falls(box, kernel) {
  if (box.hidden || box.rows) return []
  const x = box.x + box.width / 2
  const state = box.container?.state === "running" || box.key === "engine" ? "" : "off"
  return [
    path(`call:${box.key}`, `link ${state}`, `M${x} ${box.y + box.height + 3}V${kernel.y - 4}`, "tip"),
    ...(box.key === "engine" ? [text("call:words", "verb", x + 9, kernel.y - 12, "system calls")] : []),
  ]
}

// The hardware. Each container has its own segment of the disk, highlighted while it has a live process.
function ground(box, world, rows) {
  const names = rows ? ["CPU", "Memory", "Network"] : ["Processor", "Memory", "Network"]
  const tall = rows ? 36 : box.height
  const wide = rows ? (box.width - 2 * 8) / 3 : Math.min(128, (box.width - 3 * 8) / 6)
  const left = rows ? box.x : box.x + 3 * (wide + 8)
  const disk = {
    x: left,
    y: rows ? box.y + tall + 8 : box.y,
    width: box.x + box.width - left,
    height: rows ? box.height - tall - 8 : tall,
  }
  return [
    ...names.flatMap((name, index) => {
      const x = box.x + index * (wide + 8)
      return [
        rect(`hw:${index}`, "block", { ...box, x, width: wide, height: tall }, 9),
        text(`hw:${index}:name`, "soft", x + wide / 2, box.y + tall / 2 + 5, name, "middle"),
      ]
    }),
    ...segments(disk, world.containers),
  ]
}

const SEGMENT = { least: 84, most: 190, gap: 6 }

function segments(box, containers) {
  const words = containers.length
    ? "Hard disk: a segment for each container"
    : "Hard disk: each container gets a segment"
  const room = box.width - 20
  const { kept, hidden } = roomFor(
    containers,
    Math.max(2, Math.floor((room + SEGMENT.gap) / (SEGMENT.least + SEGMENT.gap))),
  )
  const all = [...kept, ...(hidden ? [{ id: "more", name: `+${hidden} more` }] : [])]
  const wide = Math.min(SEGMENT.most, (room - (all.length - 1) * SEGMENT.gap) / Math.max(1, all.length))
  return [
    rect("disk", "block", box, 9),
    text("disk:name", "soft", box.x + 12, box.y + 18, fits(words, box.width - 24)),
    ...all.flatMap((one, index) =>
      segment(one, {
        x: box.x + 10 + index * (wide + SEGMENT.gap),
        y: box.y + 26,
        width: wide,
        height: box.height - 34,
      }),
    ),
  ]
}

function segment(one, box) {
  const lives = one.state && alive(one)
  return [
    rect(`segment:${one.id}`, `block segment ${lives ? "lit" : "dead"}`, box, 5),
    text(
      `segment:${one.id}:name`,
      one.state ? "sample" : "soft",
      box.x + 9,
      box.y + box.height / 2 + 4.5,
      fits(one.name, box.width - 16, Boolean(one.state)),
    ),
  ]
}
