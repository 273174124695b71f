// Only drawn output is acknowledged, and only replayed output counts as a replay.
import assert from "node:assert/strict"
import { test } from "node:test"
import headless from "@xterm/headless"

import OutputAck from "../../../static/js/terminal/ack.js"

const opened = () => {
  const terminal = new headless.Terminal({ allowProposedApi: true })
  const told = []
  const drawn = new OutputAck(terminal, (number) => told.push([number, text(terminal)]))
  const done = () => new Promise((next) => terminal.write("", next))
  const acknowledged = async () => {
    while (!told.length) await new Promise((next) => setTimeout(next, 10))
    return told.splice(0)
  }
  return { drawn, done, acknowledged }
}

const text = (terminal) => terminal.buffer.active.getLine(0).translateToString(true)

test("an offset is acknowledged once everything before it is drawn", async () => {
  const { drawn, acknowledged } = opened()
  drawn.write({ text: "one ", end: 4 })
  drawn.write({ text: "two", end: 7 })
  assert.deepEqual(await acknowledged(), [[7, "one two"]])
  drawn.write({ text: "\r" + "x".repeat(40_000), end: 40_008 })
  assert.equal((await acknowledged())[0][0], 40_008)
})

test("after a clear, replayed output is marked as such and new output is not", async () => {
  const { drawn, done } = opened()
  drawn.clear({ from: 100, upto: 110 })
  drawn.write({ text: "12345", end: 105 })
  await done()
  assert.equal(drawn.isReplaying, true)
  drawn.write({ text: "67890", end: 110 })
  await done()
  assert.equal(drawn.isReplaying, false)
})

test("a restarted app that counts from a lower offset does not look like a replay", async () => {
  const { drawn, done, acknowledged } = opened()
  drawn.clear({ from: 4000, upto: 5000 })
  drawn.write({ text: "old ", end: 5000 })
  drawn.move(-4900)
  await done()
  assert.equal(drawn.isReplaying, false)
  drawn.write({ text: "new", end: 103 })
  await done()
  assert.equal(drawn.isReplaying, false)
  assert.deepEqual(await acknowledged(), [[103, "old new"]])
})

test("a replay interrupted by a restart stays a replay to its end, by the new offsets", async () => {
  const { drawn, done } = opened()
  drawn.clear({ from: 4000, upto: 5000 })
  drawn.write({ text: "half", end: 4500 })
  drawn.move(-4000)
  drawn.write({ text: "more", end: 999 })
  await done()
  assert.equal(drawn.isReplaying, true)
  drawn.write({ text: "!", end: 1000 })
  await done()
  assert.equal(drawn.isReplaying, false)
})
