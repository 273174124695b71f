// A recording's two times (as recorded, as shown), and its state at any moment.

import assert from "node:assert/strict"
import { test } from "node:test"
import {
  changesBetween,
  timeText,
  lengthOf,
  markersOf,
  adjacentMarker,
  recordedAt,
  shownAt,
  stateAt,
} from "../../../static/js/recording/timeline.js"

const world = (at) => ({ engine: "up", version: "26.1", at, containers: [], images: [], pending: [] })
const story = (at, seq) => [at, "story", { seq, event: { kind: "CommandTyped", at }, world: world(at) }]
const step = (at, slug, verdict) => [
  at,
  "step",
  { lesson: "l", step: slug, verdict, evidence: [], why: "", current: true },
]

const RECORDING = {
  begins: 1000,
  seconds: 10,
  pauses: [
    [0, 1],
    [4, 2],
  ],
  told: [
    story(-2, 1),
    step(-1, "one", "passed"),
    step(0, "two", "not-yet"),
    story(3, 2),
    step(3, "two", "passed"),
    story(5, 3),
  ],
  screen: [
    [-2, "before "],
    [3, "ls\r\n"],
    [5, "done"],
  ],
  markers: [
    [0, "not yet: go"],
    [3, "passed: Two"],
  ],
}

test("a reading pause stops the recording and takes viewing time", () => {
  assert.equal(lengthOf(RECORDING), 13)
  const seen = [0, 0.5, 1, 3, 5, 5.5, 7, 8, 13].map((shown) => recordedAt(RECORDING, shown))
  assert.deepEqual(seen, [0, 0, 0, 2, 4, 4, 4, 5, 10])
})

test("every moment of the recording is shown, and measured durations are kept", () => {
  for (const at of [0.5, 1, 3.5, 4.5, 9]) assert.equal(recordedAt(RECORDING, shownAt(RECORDING, at)), at)
  assert.equal(shownAt(RECORDING, 3) - shownAt(RECORDING, 1), 2)
  assert.equal(shownAt(RECORDING, 9) - shownAt(RECORDING, 5), 4)
})

test("time never goes backwards", () => {
  let last = -1
  for (let shown = 0; shown <= 13; shown += 0.05) {
    const at = recordedAt(RECORDING, shown)
    assert.ok(at >= last)
    last = at
  }
})

test("the state at any moment has the world, the past events, each verdict and the screen", () => {
  const { story, steps, text } = stateAt(RECORDING, 4)
  assert.deepEqual([story.seq, story.event, story.world.at], [2, null, 3])
  assert.deepEqual(
    story.history.map(([seq]) => seq),
    [1, 2],
  )
  assert.deepEqual(
    steps.map(({ step, verdict }) => [step, verdict]),
    [
      ["one", "passed"],
      ["two", "passed"],
    ],
  )
  assert.equal(text, "before ls\r\n")
})

test("before the first event the engine is unknown", () => {
  const { story, steps, text } = stateAt({ ...RECORDING, told: [], screen: [] }, 4)
  assert.deepEqual([story.world.engine, story.world.containers, steps, text], ["unknown", [], [], ""])
})

test("between two moments every event is dispatched once, in order", () => {
  const all = [-10, 0, 2.9, 3, 4.2, 11]
  const told = all.slice(1).flatMap((to, at) => changesBetween(RECORDING, all[at], to).told)
  assert.deepEqual(told, RECORDING.told)
  assert.equal(
    all
      .slice(1)
      .map((to, at) => changesBetween(RECORDING, all[at], to).text)
      .join(""),
    "before ls\r\ndone",
  )
})

test("skipping moves between verdicts, and a second step back passes the current one", () => {
  const marks = markersOf(RECORDING)
  assert.deepEqual(
    marks.map(({ shown, passed }) => [shown, passed]),
    [
      [0, false],
      [4, true],
    ],
  )
  assert.equal(adjacentMarker(marks, 0, 1).text, "passed: Two")
  assert.equal(adjacentMarker(marks, 4, 1), null)
  assert.equal(adjacentMarker(marks, 4.2, -1).text, "not yet: go")
  assert.equal(adjacentMarker(marks, 9, -1).text, "passed: Two")
  assert.equal(adjacentMarker(marks, 0.2, -1), null)
})

test("times are formatted as on a clock", () => {
  assert.deepEqual([0, 9.9, 61, 600].map(timeText), ["0:00", "0:09", "1:01", "10:00"])
})
