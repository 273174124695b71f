// Presenting in pure functions: moving through a deck, the actions of keys, and the projector's clock.
import assert from "node:assert/strict"
import { test } from "node:test"

import { stopClock } from "../../../static/js/present/clock.js"
import { needsConfirmation, actionFor, isKey, keyNames, TABLE } from "../../../static/js/present/keys.js"
import {
  back,
  elapsed,
  wasRefused,
  following,
  forward,
  hasUntypedCommand,
  withRecording,
  restored,
  reveal,
  scaleBy,
  START,
  withNextView,
} from "../../../static/js/present/position.js"

const deck = [
  { name: "intro", parts: 1 },
  { name: "make", parts: 2 },
  { name: "end", parts: 1 },
]
const at = (idea, part = 0, more = {}) => ({ ...START, idea, part, ...more })
const press = (key, more = {}) => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  shiftKey: false,
  repeat: false,
  ...more,
})

test("next shows the parts of an idea, then the next idea, and stops at the last", () => {
  let place = START
  const seen = []
  for (let n = 0; n < 5; n += 1) {
    seen.push(`${place.idea}.${place.part}`)
    place = forward(deck, place)
  }
  assert.deepEqual(seen, ["intro.0", "make.0", "make.1", "end.0", "end.0"])
})

test("previous goes back the same way, to the end of the previous idea", () => {
  assert.equal(back(deck, at("end")).part, 1)
  assert.equal(back(deck, at("make", 1)).part, 0)
  const first = at("intro")
  assert.equal(back(deck, first), first)
})

test("moving to another idea hides what was revealed; another part does not", () => {
  assert.equal(forward(deck, at("make", 0, { revealed: 2 })).revealed, 2)
  assert.equal(forward(deck, at("make", 1, { revealed: 2 })).revealed, 0)
})

test("reveal shows one item after the other, then hides all", () => {
  assert.deepEqual(
    [0, 1, 2].map((revealed) => reveal(at("make", 0, { revealed }), 2).revealed),
    [1, 2, 0],
  )
  assert.equal(reveal(at("intro"), 0).revealed, 0)
})

test("an idea that was removed from the lesson is replaced by the first one", () => {
  assert.equal(following(deck, at("gone")).name, "make")
  assert.equal(following(deck, at("end")), null)
})

test("a presentation is restored, unless it is of another day or invalid", () => {
  const kept = JSON.stringify(at("make", 1, { since: 50, moved: 100 }))
  assert.equal(restored(kept, 200).idea, "make")
  assert.deepEqual(restored(kept, 100 + 7 * 3600), { ...START, since: 25300, moved: 25300 })
  assert.equal(restored("{", 9).since, 9)
  assert.equal(restored(null, 9).idea, "intro")
})

test("the scale has limits and a default", () => {
  assert.equal(scaleBy(1, 1), 1.1)
  assert.equal(scaleBy(2, 1), 2)
  assert.equal(scaleBy(0.7, -1), 0.7)
  assert.equal(scaleBy(1.7, 0), 1)
})

test("elapsed time is formatted like a stopwatch", () => {
  assert.deepEqual(
    [elapsed(10, 15), elapsed(0, 754), elapsed(0, 3661), elapsed(9, 1)],
    ["0:05", "12:34", "1:01:01", "0:00"],
  )
})

test("the views rotate", () => {
  assert.deepEqual(
    [
      withNextView(START).view,
      withNextView(withNextView(START)).view,
      withNextView(withNextView(withNextView(START))).view,
    ],
    ["terminal", "picture", "both"],
  )
})

test("a remote alone can go on, go back and blank the screen", () => {
  assert.deepEqual(
    ["PageDown", "PageUp", "b", "."].map((key) => actionFor(press(key), "page")),
    ["onward", "previous", "blank", "blank"],
  )
})

test("a remote types the commands of the visible part and of the parts before it", () => {
  const idea = { due: [1, 3] }
  assert.deepEqual(
    [0, 1].map((typed) => hasUntypedCommand(idea, at("make", 0), typed)),
    [true, false],
  )
  assert.deepEqual(
    [1, 2, 3].map((typed) => hasUntypedCommand(idea, at("make", 1), typed)),
    [true, true, false],
  )
  assert.ok(!hasUntypedCommand(idea, at("make", 2), 3))
  assert.ok(!hasUntypedCommand({ due: [] }, at("make"), 0))
  assert.ok(!hasUntypedCommand({}, at("intro"), 0))
})

test("the recording is shown until the presenter moves on or asks again, and a remote types nothing meanwhile", () => {
  const idea = { name: "make", due: [1, 3] }
  const shown = withRecording(at("make", 0), idea)
  assert.deepEqual([shown.recording, withRecording(shown, idea).recording], ["make", ""])
  assert.ok(!hasUntypedCommand(idea, shown, 0))
  const withNextView = [
    forward(deck, shown),
    forward(deck, { ...shown, part: 1 }),
    back(deck, shown),
    back(deck, { ...shown, part: 1 }),
  ]
  assert.deepEqual(
    withNextView.map(({ recording }) => recording),
    ["", "", "", ""],
  )
})

test("only a command that the terminal did not take counts as refused, not a stopped one and not a stage", () => {
  const said = { state: "free", step: "make", say: "The terminal takes no keys just now." }
  assert.deepEqual(
    [said, { ...said, say: "" }, { ...said, state: "typing" }, { ...said, stage: [0, 2] }, { state: "free" }].map(
      wasRefused,
    ),
    [true, false, false, false, false],
  )
})

test("each key of the table does one thing, with and without Shift, and the help names it", () => {
  const keys = TABLE.flatMap((row) => row.keys)
  assert.equal(new Set(keys).size, keys.length)
  for (const { action, keys } of TABLE) for (const key of keys) assert.equal(actionFor(press(key), "page"), action)
  for (const row of TABLE) assert.ok(row.words && keyNames(row).every((name) => name.trim()))
  assert.equal(actionFor(press("T"), "page"), "type")
  assert.equal(actionFor(press(" ", { shiftKey: true }), "page"), "previous")
})

test("in the terminal all keys belong to the shell, except two and a remote's", () => {
  const ours = { F8: "lead", PageDown: "onward", PageUp: "previous" }
  for (const key of TABLE.flatMap((row) => row.keys)) assert.equal(actionFor(press(key), "terminal"), ours[key] ?? null)
  assert.equal(actionFor(press("F6"), "terminal"), "out")
  assert.equal(actionFor(press("F6"), "page"), "terminal")
})

test("shortcuts of the browser are left alone, and a button keeps Space and Enter", () => {
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }])
    assert.equal(actionFor(press("t", more), "page"), null)
  assert.equal(actionFor(press(" "), "button"), null)
  assert.equal(actionFor(press("Enter"), "button"), null)
  assert.equal(actionFor(press("PageDown"), "button"), "onward")
})

test("a modifier or a repeated key does not stop the typing", () => {
  assert.ok(isKey(press("x")))
  assert.ok(!isKey(press("Shift")))
  assert.ok(!isKey(press("t", { repeat: true })))
})

test("only actions that cannot be undone ask first", () => {
  assert.deepEqual(
    TABLE.filter((row) => needsConfirmation(row.action)).map((row) => row.action),
    ["timer", "afresh"],
  )
})

const container = (more) => ({
  id: "c1",
  name: "box",
  runs: 1,
  state: "running",
  signals: [],
  stopping: null,
  ended_at: null,
  exit_code: null,
  oom: false,
  ...more,
})
const world = (...containers) => ({ engine: "up", containers })

test("the clock counts the grace period down, and turns red near its end", () => {
  const asked = container({ stopping: { since: 100, grace: 10 }, signals: [[100, 15]] })
  const [early, late] = [stopClock(world(asked), 103.2), stopClock(world(asked), 108)]
  assert.deepEqual([early.big, early.tone, early.counting], ["6.8", "asked", true])
  assert.equal(early.share.toFixed(2), "0.68")
  assert.deepEqual([late.big, late.tone], ["2.0", "forced"])
})

test("the clock shows the duration and the exit for a while", () => {
  const killed = container({
    state: "exited",
    signals: [
      [100, 15],
      [110, 9],
    ],
    ended_at: 110.2,
    exit_code: 137,
  })
  const shown = stopClock(world(killed), 112)
  assert.deepEqual(
    [shown.big, shown.small, shown.tone, shown.counting],
    ["10 s", "exit code 137 · SIGKILL", "forced", false],
  )
  assert.equal(stopClock(world(killed), 130), null)
})

test("without a stop there is no clock, and none while the engine does not answer", () => {
  assert.equal(stopClock(world(container({})), 100), null)
  assert.equal(stopClock({ ...world(container({ stopping: { since: 1, grace: 10 } })), engine: "lost" }, 2), null)
})
