// What is announced when a command ends: each failure with code and signal, and each long wait.
import assert from "node:assert/strict"
import { test } from "node:test"

import { exitMessage } from "../../../static/js/terminal/exit-message.js"

test("a success is announced only after a long wait, with its duration", () => {
  assert.equal(exitMessage(0, 0.2), "")
  assert.equal(exitMessage(0, 4.9), "")
  assert.equal(exitMessage(0, 5.2), "Finished after 5 seconds.")
  assert.equal(exitMessage(0, 61.4), "Finished after 1 minute 1 second.")
  assert.equal(exitMessage(0, 119.7), "Finished after 2 minutes.")
})

test("a failure is always announced, with the name of its signal", () => {
  assert.equal(exitMessage(1, 0.1), "Ended with exit code 1.")
  assert.equal(exitMessage(137, 0.1), "Ended with exit code 137, SIGKILL.")
  assert.equal(exitMessage(143, 12), "Ended with exit code 143, SIGTERM, after 12 seconds.")
  assert.equal(exitMessage(127, 60), "Ended with exit code 127, after 1 minute.")
  assert.equal(exitMessage(255, 0), "Ended with exit code 255.")
})

test("an unknown duration is not mentioned", () => {
  assert.equal(exitMessage(0, NaN), "")
  assert.equal(exitMessage(3, NaN), "Ended with exit code 3.")
})
