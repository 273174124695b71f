// Reconnecting starts soon, stays frequent, and is spread over a class.
import assert from "node:assert/strict"
import { test } from "node:test"

import { isStale, retryDelay } from "../../../static/js/shared/backoff.js"

test("the longest delay doubles, up to ten seconds", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 30].map((attempt) => retryDelay(attempt, 1)),
    [1, 2, 4, 8, 10, 10],
  )
})

test("any delay up to the longest is as likely as any other", () => {
  assert.deepEqual(
    [0, 0.25, 0.5].map((chance) => retryDelay(3, chance)),
    [0, 2, 4],
  )
  const waits = Array.from({ length: 200 }, () => retryDelay(2))
  assert.ok(waits.every((one) => one >= 0 && one < 4))
  assert.ok(new Set(waits).size > 150)
})

test("a connection is stale after two missed pings", () => {
  assert.equal(isStale(0, 20_000), false)
  assert.equal(isStale(0, 22_000), true)
})
