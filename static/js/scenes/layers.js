// Where Docker runs: Linux itself, or a Linux that a Mac or Windows keeps for it, and the path of the learner's own
// commands through this lab. Only the last column is live: the other two are how it is elsewhere.

import { changes as containerChanges, engineWords } from "./lifecycle-words.js"
import { alive, beat, fits, footOf, frame, headline, narrow, path, rect, text } from "./kit.js"
import { many } from "./words.js"
import { pending, quiet } from "../wire.js"

export const title = "Where your commands run"

const GAP = 18

export const changes = containerChanges

export function layout(world, time, size) {
  const rows = narrow(size)
  const foot = footOf(size)
  const stacks = rows ? [stacksOf(world)[2], stacksOf(world)[0], stacksOf(world)[1]] : stacksOf(world)
  const height = Math.max(size.height, rows ? 3 * 46 * 4 + 3 * 40 + foot : 300)
  const parts = [
    ...(rows ? piles(stacks, size.width, height - foot) : columns(stacks, size.width, height - foot)),
    ...headline(verdict(world), { y: height - foot + 26, width: size.width - 8 }),
  ]
  return frame(world, size, height, parts)
}

export function describe(world) {
  return [
    engineWords(world),
    "On Linux, the Docker server runs on the machine's own kernel.",
    "On a Mac or on Windows, a small Linux runs beside the system, and the Docker server in it.",
    `Here: your browser shows a terminal; the docker client in it, your own Docker server and ${many(world.containers.filter(alive).length, "running container")} share the lab's Linux kernel.`,
    verdict(world),
  ]
}

function verdict(world) {
  const living = world.containers.filter(alive).length
  if (world.engine !== "up") return "Containers need a Linux kernel: Linux has it, a Mac and Windows borrow one."
  const names = living ? `${many(living, "container")} of yours ${living === 1 ? "runs" : "run"}` : "your containers run"
  return `Containers need a Linux kernel. Here, ${names} on the lab's own, whatever your computer is.`
}

// From the top down, as one meets them; `lit` is what the learner's own commands pass through right now.
function stacksOf(world) {
  const up = world.engine === "up"
  const living = world.containers.filter(alive)
  const asking = up && (world.tale?.calls ?? []).some((call) => pending(call) && !quiet(call))
  const box = (words, more = {}) => ({ words, ...more })
  return [
    { key: "linux", name: "On Linux", layers: [box("Containers"), box("Docker client, server"), box("Linux kernel", { kernel: true }), box("Your computer", { ground: true })] },
    { key: "other", name: "On a Mac or on Windows", layers: [box("Containers"), box("Docker server"), box("Linux kernel", { kernel: true, note: "virtual machine" }), box("macOS or Windows", { note: "and the client" }), box("Your computer", { ground: true })] },
    {
      key: "here", name: "Right here", live: up, asking,
      layers: [
        box("Your browser", { note: "on your computer", apart: true }),
        box("Terminal: docker client", { lit: up }),
        box(`Docker server${world.version ? ` ${world.version.replace(/\+.*/, "")}` : ""}`, { lit: up }),
        box(living.length ? many(living.length, "running container") : "Containers", { lit: living.length > 0, beat: living.length > 0 }),
        box("Linux kernel", { kernel: true, note: "the lab's" }),
      ],
    },
  ]
}

function columns(stacks, width, height) {
  const shares = [0.25, 0.36, 0.39]
  const room = width - 4 - 2 * GAP
  let x = 2
  return stacks.flatMap((stack, index) => {
    const box = { x, y: 2, width: room * shares[index], height: height - 6 }
    x += box.width + GAP
    return pile(stack, box)
  })
}

function piles(stacks, width, height) {
  const total = stacks.reduce((sum, stack) => sum + stack.layers.length, 0)
  const each = (height - 6 - 2 * GAP - 3 * 46) / total
  let y = 2
  return stacks.flatMap((stack) => {
    const box = { x: 2, y, width: width - 4, height: each * stack.layers.length + 46 }
    y += box.height + GAP
    return pile(stack, box)
  })
}

function pile({ key, name, layers, live, asking }, box) {
  const tall = Math.min(58, (box.height - 44) / layers.length)
  const base = box.y + box.height - 10 - tall * layers.length
  const parts = [rect(`pile:${key}`, `lane lane-rect ${live ? "lane-live" : ""}`, box), text(`pile:${key}:name`, "lane-name", box.x + 13, box.y + 23, fits(name, box.width - 26))]
  layers.forEach((layer, index) => parts.push(...plate(`${key}:${index}`, layer, { x: box.x + 12, y: base + index * tall, width: box.width - 24, height: tall - 6 }, live)))
  if (live) parts.push(...thread(layers, { x: box.x + box.width - 26, base, tall }, asking))
  return parts
}

function plate(key, { words, note, lit, kernel, ground, apart, beat: beats }, box, thread) {
  const name = ["block", lit ? "live" : "", kernel ? "kernel" : "", apart || ground ? "plain" : ""].join(" ")
  const y = box.y + box.height / 2 + 5
  const margin = thread ? 34 : 12
  const room = box.width - 12 - margin - (note ? note.length * 6.9 + 10 : 0)
  return [
    rect(`plate:${key}`, name, box, 8),
    ...(beats ? [beat({ state: "running" }, box.x + 17, y - 4, `plate:${key}:beat`)] : []),
    text(`plate:${key}:words`, kernel ? "strong" : "", box.x + (beats ? 30 : 12), y, fits(words, room)),
    ...(note ? [text(`plate:${key}:note`, "soft", box.x + box.width - margin, y, fits(note, box.width / 2), "end")] : []),
  ]
}

// The way of a command: from the browser down to the engine, and by it to the containers on the kernel.
function thread(layers, { x, base, tall }, asking) {
  const to = layers.findIndex((layer) => layer.kernel)
  return [path("thread", `link open ${asking ? "flow" : ""}`, `M${x} ${base + tall / 2 - 3}V${base + to * tall + 4}`, "tip-live")]
}
