// A playback: what it dispatches, what it writes to its screen, and that both stay inside the player.

import assert from "node:assert/strict"
import { once } from "node:events"
import { test } from "node:test"
import Playback from "../../../static/js/recording/playback.js"
import { feed } from "../../../static/js/shared/feed.js"

const world = (at) => ({ engine: "up", version: "26.1", at, containers: [], images: [], pending: [] })
const story = (at, seq) => [at, "story", { seq, event: { kind: "CommandTyped", at }, world: world(at) }]

const RECORDING = {
  lesson: "l",
  begins: 1000,
  seconds: 0.4,
  pauses: [[0.1, 0.2]],
  told: [
    story(-1, 1),
    [-1, "step", { step: "two", verdict: "not-yet" }],
    story(0.1, 2),
    [0.2, "step", { step: "two", verdict: "passed" }],
    story(0.3, 3),
  ],
  screen: [
    [-1, "$ "],
    [0.1, "ls\r\n"],
    [0.3, "done"],
  ],
  markers: [],
}

class Screen {
  text = ""
  reset() {
    this.text = ""
  }
  write(text) {
    this.text += text
  }
}

function opened() {
  const [playback, screen, heard] = [new Playback(), new Screen(), []]
  for (const name of ["seat", "story", "step"])
    playback.feed.addEventListener(name, ({ detail }) =>
      heard.push(name === "story" ? [name, detail.seq, !!detail.history] : [name, detail.verdict ?? detail.state]),
    )
  playback.open(RECORDING, screen)
  return { playback, screen, heard }
}

test("opening dispatches the session, the story and each verdict, like a live page", () => {
  const { playback, screen, heard } = opened()
  assert.deepEqual(heard, [
    ["seat", "ready"],
    ["story", 1, true],
    ["step", "not-yet"],
  ])
  assert.deepEqual([screen.text, playback.position, playback.playing], ["$ ", 0, false])
})

test("it plays to its end, dispatches each event once and in order, and stops", async () => {
  const { playback, screen, heard } = opened()
  heard.length = 0
  playback.speed = 2
  playback.play()
  await once(playback, "ended")
  assert.deepEqual(heard, [
    ["story", 2, false],
    ["step", "passed"],
    ["story", 3, false],
  ])
  assert.deepEqual([screen.text, playback.position.toFixed(2), playback.playing], ["$ ls\r\ndone", "0.60", false])
})

test("its clock is the recording's: it stops while paused and in reading pauses", () => {
  const { playback } = opened()
  assert.equal(playback.feed.now(), 1000)
  for (const [shown, at] of [
    [0.05, 1000.05],
    [0.15, 1000.1],
    [0.25, 1000.1],
    [0.5, 1000.3],
  ]) {
    playback.seek(shown)
    assert.equal(playback.feed.now().toFixed(3), at.toFixed(3))
  }
})

test("seeking restores the state of that moment and announces nothing", () => {
  const { playback, screen, heard } = opened()
  const said = []
  playback.feed.addEventListener("story", () => said.push(playback.feed.muted))
  heard.length = 0
  playback.seek(99)
  assert.deepEqual(heard, [
    ["seat", "ready"],
    ["story", 3, true],
    ["step", "passed"],
  ])
  playback.seek(-5)
  assert.deepEqual([playback.position, screen.text], [0, "$ "])
  assert.deepEqual(said, [true, true])
  assert.equal(playback.feed.muted, false)
})

test("playing again starts at the beginning", async () => {
  const { playback } = opened()
  playback.seek(99)
  playback.play()
  assert.ok(playback.position < 0.1)
  playback.pause()
})

test("requests to a recording are refused, and the page's own feed gets no events", async () => {
  const { playback } = opened()
  const heard = []
  for (const name of ["seat", "story", "step"]) feed.addEventListener(name, () => heard.push(name))
  playback.seek(99)
  const answer = await playback.feed.request("run", { block: "two.0", id: "x", terminal: 1 })
  assert.equal(answer.ok, false)
  assert.match(answer.say, /recording/)
  assert.deepEqual(heard, [])
})

test("without a recording nothing is dispatched", () => {
  const playback = new Playback()
  playback.play()
  playback.seek(3)
  assert.deepEqual([playback.playing, playback.position, playback.length, playback.feed.now()], [false, 0, 0, 0])
})
