// Moving between prompts, in a terminal without a page.
import assert from "node:assert/strict"
import { test } from "node:test"
import headless from "@xterm/headless"

import ShellIntegration from "../../../static/js/terminal/shell-integration.js"

const PROMPT = "\x1b]133;A\x07$ "
const LINES = Array(30).fill("line\r\n").join("")

const opened = () => {
  const terminal = new headless.Terminal({ allowProposedApi: true, cols: 80, rows: 10, scrollback: 1000 })
  const prompts = new ShellIntegration(terminal, () => {})
  const write = (text) => new Promise((done) => terminal.write(text, done))
  const jump = (direction) => (prompts.jump(direction), terminal.buffer.active.viewportY)
  return { terminal, write, jump }
}

test("jumps move between prompts, and at the ends to the top and the bottom", async () => {
  const { write, jump } = opened()
  await write(`${LINES}${PROMPT}one\r\n${LINES}${PROMPT}two\r\n${LINES}`)
  assert.deepEqual([jump(-1), jump(-1), jump(-1), jump(1), jump(1), jump(1)], [61, 30, 0, 30, 61, 83])
})

test("a reset of the screen forgets earlier prompts", async () => {
  const { write, jump } = opened()
  await write(`${PROMPT}old\r\n${LINES}${PROMPT}old`)
  await write(`\x1bc${PROMPT}one\r\n${LINES}${LINES}${PROMPT}two\r\n${LINES}`)
  assert.deepEqual([jump(-1), jump(-1), jump(1), jump(1)], [61, 0, 61, 83])
})

test("a prompt at the position of one before the reset is a new prompt", async () => {
  const { terminal, write } = opened()
  await write(`${LINES}${PROMPT}`)
  await write(`\x1bc${LINES}${PROMPT}`)
  assert.equal(terminal.markers.filter((marker) => !marker.isDisposed).length, 1)
})
