// The life-cycle picture shows the present state, and nothing that is not true.
import assert from "node:assert/strict"
import { test } from "node:test"

import { changes, describe, layout } from "../../../static/js/scenes/lifecycle.js"

const NOW = 1000
const container = (given = {}) => ({
  id: "c1",
  name: "clock",
  image: "busybox",
  command: ["ping", "127.0.0.1"],
  state: "created",
  tty: false,
  created_at: 990,
  started_at: null,
  ended_at: null,
  exit_code: null,
  oom: false,
  runs: 0,
  signals: [],
  stopping: null,
  ...given,
})
const world = (...containers) => ({
  engine: "up",
  version: "26.1.5",
  at: NOW,
  containers,
  images: [{ id: "sha256:b", tags: ["busybox:latest"], size: 4261550 }],
  pending: [],
})
const cardOf = (picture, id) => picture.cards.find((card) => card.id === id)
const SIZES = [
  { width: 860, height: 330 },
  { width: 1180, height: 420 },
  { width: 358, height: 640 },
  { width: 700, height: 180 },
  { width: 300, height: 120 },
]

test("an empty world still shows the four lanes and the verbs between them", () => {
  const picture = layout({ ...world(), images: [] }, NOW)
  assert.deepEqual(
    picture.lanes.map((lane) => lane.key),
    ["image", "created", "running", "exited"],
  )
  assert.deepEqual(
    picture.arrows.map((arrow) => arrow.verb),
    ["create", "start", "ends", "start"],
  )
  assert.equal(picture.cards.length, 0)
  assert.ok(picture.lanes.every((lane) => lane.count === 0 && lane.note.length))
})

test("a container stands in the lane of its state, and a paused one is still alive", () => {
  for (const [state, lane] of [
    ["created", "created"],
    ["running", "running"],
    ["paused", "running"],
    ["exited", "exited"],
  ])
    assert.equal(
      cardOf(layout(world(container({ state, exit_code: state === "exited" ? 0 : null })), NOW), "c1").lane,
      lane,
    )
  assert.equal(cardOf(layout(world(container({ state: "paused" })), NOW), "c1").alive, true)
  assert.equal(cardOf(layout(world(container()), NOW), "c1").alive, false)
})

test("every card lies inside its lane and no two overlap, at every size", () => {
  const crowd = Array.from({ length: 30 }, (_, n) =>
    container({ id: `c${n}`, name: `box${n}`, state: ["created", "running", "exited"][n % 3], exit_code: 0 }),
  )
  for (const size of SIZES) {
    const { cards, lanes } = layout(world(...crowd), NOW, size)
    for (const card of cards) {
      const lane = lanes.find((one) => one.key === card.lane)
      assert.ok(card.x >= lane.x && card.x + card.width <= lane.x + lane.width + 0.01, `${card.id} at ${size.width}`)
      const clash = cards.find(
        (other) =>
          other !== card &&
          other.lane === card.lane &&
          other.x < card.x + card.width &&
          card.x < other.x + other.width &&
          other.y < card.y + card.height &&
          card.y < other.y + other.height,
      )
      assert.equal(clash, undefined)
    }
  }
})

test("cards that do not fit become one card with their number", () => {
  const crowd = Array.from({ length: 30 }, (_, n) => container({ id: `c${n}`, name: `box${n}`, state: "running" }))
  const running = layout(world(...crowd), NOW).cards.filter((card) => card.lane === "running")
  const more = running.find((card) => card.kind === "more")
  assert.equal(more.name, `+${30 - (running.length - 1)} more`)
  assert.ok(cardOf(layout(world(...crowd), NOW), "c29"), "the newest stays in sight")
})

test("a container that is being stopped stays in sight in a crowd", () => {
  const crowd = Array.from({ length: 30 }, (_, n) =>
    container({ id: `c${n}`, state: "running", stopping: n === 3 ? { since: 996, grace: 10 } : null }),
  )
  assert.ok(cardOf(layout(world(...crowd), NOW), "c3").ring)
})

test("a pending stop counts its grace period down and expects SIGKILL at its end", () => {
  const picture = layout(
    world(container({ state: "running", signals: [[994, 15]], stopping: { since: 993.9, grace: 10 } })),
    NOW,
  )
  assert.equal(cardOf(picture, "c1").ring.left.toFixed(1), "3.9")
  assert.deepEqual(
    picture.theatre.marks.map(({ label, expected }) => [label, expected]),
    [
      ["SIGTERM", false],
      ["SIGKILL", true],
    ],
  )
  assert.ok(picture.restless)
})

test("stop -t -1 waits for ever: no SIGKILL is promised", () => {
  const picture = layout(
    world(container({ state: "running", signals: [[990, 15]], stopping: { since: 990, grace: -1 } })),
    NOW,
  )
  assert.deepEqual(
    picture.theatre.marks.map((mark) => mark.label),
    ["SIGTERM"],
  )
  assert.equal(cardOf(picture, "c1").ring.left, null)
})

test("137 is split into 128 + 9 only when SIGKILL was seen", () => {
  const killed = container({
    state: "exited",
    exit_code: 137,
    ended_at: 1000.1,
    signals: [
      [990, 15],
      [1000, 9],
    ],
  })
  assert.equal(cardOf(layout(world(killed), 1001), "c1").line, "exit 137 = 128 + 9")
  assert.equal(cardOf(layout(world({ ...killed, signals: [] }), 1001), "c1").line, "exit 137")
  assert.match(describe(world(killed), 1001).at(-1), /After 10\.0 s SIGKILL ended it: exit 137 = 128 \+ 9 \(SIGKILL\)/)
})

test("an obeyed stop shows its measured time, and 143 is split too", () => {
  const obeyed = container({ state: "exited", exit_code: 143, ended_at: 990.09, signals: [[990, 15]] })
  assert.match(
    layout(world(obeyed), NOW).theatre.heading.join(" "),
    /ended 0\.09 s after SIGTERM: exit 143 = 128 \+ 15/,
  )
})

test("a kill has one mark, in the colour of force", () => {
  const { theatre } = layout(
    world(container({ state: "exited", exit_code: 137, ended_at: 990.1, signals: [[990, 9]] })),
    NOW,
  )
  assert.deepEqual(
    theatre.marks.map(({ label, tone }) => [label, tone]),
    [["SIGKILL", "forced"]],
  )
})

test("an old signal of the same run is not part of a later stop", () => {
  const { theatre } = layout(
    world(
      container({
        state: "exited",
        exit_code: 0,
        ended_at: 990.2,
        signals: [
          [400, 1],
          [990, 15],
        ],
      }),
    ),
    NOW,
  )
  assert.deepEqual(
    theatre.marks.map((mark) => mark.label),
    ["SIGTERM"],
  )
})

test("long names are cut in the picture and complete in the text", () => {
  const name = "a-very-long-container-name-that-nobody-would-type-twice"
  const card = cardOf(layout(world(container({ name })), NOW), "c1")
  assert.ok(card.shown.endsWith("…") && card.shown.length < 24)
  assert.ok(card.full.includes(name))
})

test("labels of signals never leave the picture", () => {
  for (const grace of [0, 1, 2, 10, 60])
    for (const size of SIZES) {
      const { theatre } = layout(
        world(container({ state: "running", signals: [[999, 15]], stopping: { since: 999, grace } })),
        NOW,
        size,
      )
      for (const mark of theatre?.marks ?? []) assert.ok(mark.text >= 0 && mark.text < size.width)
    }
})

test("a lost engine is described as lost, with the time of its last news", () => {
  const lost = { ...world(container()), engine: "lost" }
  assert.ok(layout(lost, NOW).stale)
  assert.match(describe(lost, NOW)[0], /does not answer/)
})

test("changes are said once, in the learner's own names", () => {
  const created = world(container())
  const running = world(container({ state: "running", runs: 1 }))
  assert.deepEqual(changes(null, created), [])
  assert.deepEqual(changes(world(), created), ["clock was created."])
  assert.deepEqual(changes(created, running), ["clock is running."])
  assert.deepEqual(changes(running, running), [])
  assert.deepEqual(changes(running, world()), ["clock was removed."])
})

test("while the engine cannot be heard, no time is counted", () => {
  const stopping = {
    ...world(container({ state: "running", signals: [[994, 15]], stopping: { since: 994, grace: 10 } })),
    at: 995,
  }
  const silent = layout({ ...stopping, engine: "unreached" }, 1003)
  assert.equal(cardOf(silent, "c1").ring.left, 9)
  assert.equal(silent.restless, false)
  assert.match(describe({ ...stopping, engine: "unreached" }, 1003)[0], /can't be reached/)
})

test("with too little room the picture grows taller and stays complete", () => {
  const picture = layout(world(container()), NOW, { width: 400, height: 150 })
  const last = picture.lanes.at(-1)
  assert.ok(picture.height > 150)
  assert.ok(last.y + last.height <= picture.height)
})
