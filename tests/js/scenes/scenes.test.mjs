// What holds for every registered scene in any world: nothing overflows, and nothing is said that is not known.
import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { test } from "node:test"

import * as lifecycle from "../../../static/js/scenes/lifecycle.js"
import { SCENES } from "../../../static/js/scenes/scenes.js"
import { foldHistory } from "../../../static/js/scenes/history.js"
import { after, begun, busybox, container, done, target, world } from "./world-builder.mjs"

const SIZES = [
  { width: 855, height: 330 },
  { width: 1160, height: 430 },
  { width: 354, height: 640 },
  { width: 620, height: 150 },
  { width: 300, height: 100 },
]

// Random worlds, the same ones every time (mulberry32: all of its bits are random, also the lowest ones).
function dice(seed) {
  let state = seed
  function roll(sides) {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }
  return { roll, pick: (items) => items[roll(items.length)] }
}

function anyContainer(n, { roll, pick }) {
  const state = pick(["created", "running", "paused", "exited"])
  const lives = state === "running" || state === "paused"
  return container({
    id: `c${n}`,
    name: pick(["a", "clock", `a-name-that-is-much-longer-than-its-card-${n}`]),
    image: pick(["busybox", "busybox:1.37", "hub.example:5000/a/b:c", "sha256:b"]),
    command: pick([[], ["sh"], ["sh", "-c", "while :; do echo hi; sleep 1; done; exit 0"]]),
    state,
    tty: roll(2) === 1,
    init: roll(2) === 1,
    overridden: pick([true, false, null]),
    hostname: pick(["", "shop", "3f2a91c07be4"]),
    memory: pick([0, 67108864]),
    runs: roll(5),
    created_at: roll(90),
    exit_code: state === "exited" ? pick([0, 1, 137]) : null,
    execs: lives
      ? Array.from({ length: roll(9) }, (_, k) => ({
          id: `x${n}${k}`,
          command: pick(["", "redis-cli monitor"]),
          started_at: 95,
          ended_at: roll(2) ? 96 : null,
          exit_code: 0,
        }))
      : [],
    use:
      lives && roll(2)
        ? {
            at: 99,
            memory: 2 ** roll(30),
            limit: 67108864,
            share: roll(90),
            processes: [
              [50, "sh", 40],
              [61, "sleep 1", 50],
              [70, "redis-cli monitor", 41],
            ],
          }
        : null,
    stopping: lives && roll(3) === 0 ? { since: 95, grace: pick([10, 2, -1, null]) } : null,
  })
}

function anyCall(given, { roll, pick }) {
  const name = pick([
    "container.create",
    "container.attach",
    "container.start",
    "container.logs",
    "image.pull",
    "container.stop",
    "container.kill",
    "container.prune",
    "image.prune",
    "system.df",
    "exec.start",
    "container.exec",
    "container.remove",
  ])
  const about = given.containers.length ? target({ id: `c${roll(given.containers.length + 1)}`, name: "clock" }) : null
  const params = pick([
    {},
    { t: "2" },
    { signal: "HUP", force: "1" },
    { stdin: "1", stdout: "1", stderr: "1" },
    { fromImage: "busybox", tag: "latest", body: { Image: "busybox", Tty: true } },
  ])
  const start = begun(name, 80 + roll(20), { target: about, params, path: pick(["/x", "/exec/e1/start"]) })
  if (roll(3) === 0) return [start]
  const status = pick([200, 201, 204, 304, 404, 500])
  return [
    start,
    done(start, 100, {
      status,
      out: pick(["", "bin\netc\n", "x".repeat(1024)]),
      err: pick(["", "oh no"]),
      message: status >= 400 ? "No such image: busybox:latest" : "",
      result: pick([
        {},
        { id: "e1" },
        { deleted: ["c1"], reclaimed: 12 },
        { layers: anyLayers({ roll, pick }) },
        { images: roll(9e6), containers: { c1: roll(9e7) }, build: pick([0, 5e6]) },
      ]),
      flow: pick([{}, anyFlow({ roll, pick })]),
    }),
  ]
}

const anyLayers = ({ roll, pick }) =>
  Array.from({ length: roll(14) }, (_, n) => [
    `layer-${n}`,
    pick(["waiting", "travelling", "arrived", "unpacking", "done", "here"]),
    roll(5e6),
    pick([0, 9e6]),
  ])

const anyFlow = ({ roll, pick }) => ({
  stdout: [1 + roll(1e6), pick(["", "a line that is longer than any wire of a picture can be, by far"])],
  stdin: [1 + roll(9), pick(["", "hi"])],
})

function anyEvent(given, chance) {
  const { roll, pick } = chance
  const id = `c${roll(given.containers.length + 1)}`
  const other = [
    { kind: "SignalSent", at: 99, id, number: pick([9, 15, 1, 64]) },
    { kind: "ContainerDied", at: 99.5, id, exit_code: pick([0, 137, 143]) },
    { kind: "ContainerRemoved", at: 99.6, id },
    { kind: "ImageRemoved", at: 99, id: "sha256:b" },
    {
      kind: "CommandTyped",
      at: 98,
      terminal: 1,
      line: "docker run -it --rm busybox sh -c 'echo a long line that has to be wrapped'",
    },
  ]
  return roll(3) ? anyCall(given, chance) : [pick(other)]
}

function anyWorld(seed) {
  const chance = dice(seed)
  const given = world({
    engine: chance.pick(["up", "up", "up", "lost", "unknown", "unreached"]),
    containers: Array.from({ length: chance.roll(9) }, (_, n) => anyContainer(n, chance)),
    images: Array.from({ length: chance.roll(8) }, (_, n) => ({
      ...busybox,
      id: `sha256:${n}`,
      tags: chance.pick([["busybox:latest"], [], [`a/very/long/name-of-an-image-${n}:tag`]]),
    })),
  })
  const told = after(given, ...Array.from({ length: chance.roll(30) }, () => anyEvent(given, chance)).flat())
  const pending = told.history.calls
    .filter((call) => call.status === null && !call.refused)
    .map(({ call, name, at, target }) => ({
      call,
      name,
      at,
      target: target?.id ?? "",
      flow: anyFlow(chance),
      layers: anyLayers(chance),
    }))
  return pending.reduce(
    (now, { call, flow }) => ({
      ...now,
      history: foldHistory(now.history, { kind: "FlowSeen", at: 100 - chance.roll(3), call, flow }, now),
    }),
    { ...told, pending },
  )
}

const WORLDS = Array.from({ length: 150 }, (_, seed) => anyWorld(seed * 7919 + 1))
const EMPTY = { engine: "unknown", version: "", at: 0, containers: [], images: [], pending: [] }

// No number of a picture may be NaN or infinite, however deep it lies, and no text may show one.
function checkValues(value, path) {
  if (typeof value === "number") assert.ok(Number.isFinite(value), `${path} is ${value}`)
  else if (typeof value === "string") assert.doesNotMatch(value, /\bNaN\b|undefined|Infinity|\[object/, path)
  else for (const [key, one] of Object.entries(value ?? {})) checkValues(one, `${path}.${key}`)
}

// The parts of a picture. The life cycle has a layout and a painter of its own: its lanes, cards and runs as parts.
function partsOf({ parts, lanes, cards, runs }) {
  if (parts) return parts
  const rects = [
    ...lanes.map((one) => ({ ...one, key: `lane:${one.key}` })),
    ...cards.map((one) => ({ ...one, key: one.id })),
  ]
  return [...rects.map((one) => ({ ...one, kind: "rect" })), ...runs]
}

function check(part, picture, name, dx = 0, dy = 0) {
  if (part.kind === "rect") {
    assert.ok(part.width >= 0 && part.height >= 0, `${name}: ${part.key} is inside out`)
    assert.ok(
      part.x + dx >= -5 && part.x + dx + part.width <= picture.width + 5,
      `${name}: ${part.key} leaves the picture at ${picture.width}`,
    )
    assert.ok(
      part.y + dy >= -5 && part.y + dy + part.height <= picture.height + 5,
      `${name}: ${part.key} falls out of the picture at ${picture.width}x${picture.height}`,
    )
  }
  if (part.kind === "text")
    assert.ok(part.x + dx >= -5 && part.x + dx <= picture.width + 5, `${name}: ${part.key} is written outside`)
  for (const child of part.parts ?? []) check(child, picture, name, dx + part.x, dy + part.y)
}

const plain = (words) => words.replace(/[,\s]+/g, " ").trim()

// Whatever the engine or the learner has called so: names, commands, and what was printed, as far as there was room.
// How many bytes it was stands before what was printed, and is told in words.
const namesIn = ({ parts, cards = [] }) => (parts ?? cards.flatMap(cardName)).flatMap(named)

// The rows of runs below the life cycle are told by the theatre; its own text is about containers and images.
const cardName = ({ kind, shown }) => (kind === "more" ? [] : [{ kind: "text", class: "name", text: shown }])

function named(part) {
  if (part.kind === "group") return part.class.includes("more") ? [] : part.parts.flatMap(named)
  const called = part.kind === "text" && part.class.split(" ").some((word) => ["mono", "name", "sample"].includes(word))
  return called ? [part.text.replace(/^(≥\u00a0)?\d*(\u00a0B:\s*|\u00a0?…$)/, "").replace(/…$/, "")] : []
}

for (const [name, scene] of Object.entries(SCENES)) {
  test(`${name}: every part lies inside the picture, at every size, and is there once`, () => {
    for (const given of [EMPTY, world(), ...WORLDS])
      for (const size of SIZES) {
        const picture = scene.layout(given, 100, size)
        const parts = partsOf(picture)
        checkValues(picture, name)
        assert.equal(new Set(parts.map((part) => part.key)).size, parts.length, `${name}: a key twice`)
        for (const part of parts) check(part, picture, name)
      }
  })

  test(`${name}: is told in whole sentences, with or without an engine`, () => {
    for (const given of [EMPTY, world(), ...WORLDS])
      for (const sentence of scene.describe(given, 100)) {
        assert.doesNotMatch(sentence, /undefined|NaN|null|\[object| {2}/, `${name}: ${sentence}`)
        assert.match(sentence, /[.?]$/, `${name}: ${sentence}`)
      }
  })

  test(`${name}: the text says what the picture shows`, () => {
    for (const given of WORLDS)
      for (const size of SIZES) {
        const told = plain(scene.describe(given, 100).join(" "))
        for (const words of namesIn(scene.layout(given, 100, size)))
          assert.ok(told.includes(plain(words)), `${name}: nothing is told of “${words}” in: ${told}`)
      }
  })

  test(`${name}: says nothing aloud when nothing has changed`, () => {
    for (const given of WORLDS.slice(0, 40)) assert.deepEqual(scene.changes(given, given), [])
  })

  test(`${name}: a still stands still, and an engine that is lost is marked`, () => {
    assert.equal(scene.layout(EMPTY, 100, SIZES[0]).restless, false)
    assert.ok(scene.layout(world({ engine: "lost" }), 100, SIZES[0]).stale)
    for (const given of WORLDS.filter((one) => one.engine !== "up"))
      assert.equal(scene.layout(given, 100, SIZES[0]).restless, false)
  })
}

test("lifecycle: the text names what the picture shows", () => {
  for (const given of WORLDS.slice(0, 60))
    for (const size of SIZES) {
      const told = plain(lifecycle.describe(given, 100).join(" "))
      for (const card of lifecycle.layout(given, 100, size).cards.filter(({ kind }) => kind !== "more"))
        assert.ok(told.includes(card.shown.replace(/…$/, "")), `nothing is told of “${card.shown}” in: ${told}`)
    }
})

test("every scene file is registered, and inserts text only as text", () => {
  const folder = new URL("../../../static/js/scenes/", import.meta.url)
  const registered = readFileSync(new URL("scenes.js", folder), "utf8")
  for (const file of readdirSync(folder)) {
    const source = readFileSync(new URL(file, folder), "utf8")
    if (source.includes("export function layout(")) assert.ok(registered.includes(`"./${file}"`), file)
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML/, file)
  }
})
