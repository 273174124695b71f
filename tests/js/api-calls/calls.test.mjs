// Each API call is shown once: pending, then with its outcome.
import assert from "node:assert/strict"
import { test } from "node:test"

import { foldCalls, inside, meaning, outcome, pending, isRoutine } from "../../../static/js/api-calls/calls.js"

const target = { ref: "clock", id: "c1", name: "clock", image: "busybox", command: ["ping"], tty: false }
const started = {
  kind: "CallStarted",
  at: 100,
  call: "a-1",
  name: "container.stop",
  method: "POST",
  path: "/v1.45/containers/clock/stop",
  target,
  params: { t: "2" },
}
const finished = {
  kind: "CallEnded",
  at: 102.1,
  call: "a-1",
  name: "container.stop",
  status: 204,
  duration: 2.1,
  target,
  message: "",
}

test("a call is one row: pending until its second half arrives", () => {
  const first = foldCalls([], started)
  assert.equal(outcome(first[0], 101.5), "pending 1.5 s")
  const second = foldCalls(first, finished)
  assert.equal(second.length, 1)
  assert.equal(outcome(second[0], 999), "204 · 2.1 s")
  assert.equal(second[0].at, 100)
  assert.equal(second[0].path, started.path)
  assert.ok(!pending(second[0]))
})

test("an event that is no call changes nothing, and neither does the end of an unknown call", () => {
  const calls = foldCalls([], started)
  assert.equal(foldCalls(calls, { kind: "SignalSent", at: 1, id: "c1", number: 15 }), calls)
  assert.deepEqual(foldCalls(calls, { ...finished, call: "b-9" }), calls)
})

test("a refused call is one row that says so", () => {
  const [call] = foldCalls([], { ...started, kind: "CallRefused", status: 403, message: "Not in a shared lab." })
  assert.equal(outcome(call, 0), "refused")
  assert.ok(!isRoutine(call))
})

test("a client that disconnected is not shown as an error", () => {
  assert.equal(
    outcome(foldCalls(foldCalls([], started), { ...finished, cut: true })[0], 0),
    "client gone, the engine goes on · 2.1 s",
  )
})

test("a stop without a timeout uses the container's, and a negative one waits forever", () => {
  assert.equal(meaning({ ...started, params: {} }), "Ask clock to end, force it after 10 s")
  assert.equal(
    meaning({ ...started, params: {}, target: { ...target, grace: 25 } }),
    "Ask clock to end, force it after 25 s",
  )
  assert.equal(meaning({ ...started, target: { ...target, grace: 25 } }), "Ask clock to end, force it after 2 s")
  assert.equal(meaning({ ...started, params: { t: "-1" } }), "Ask clock to end, and wait for ever")
})

test("the meaning of a call uses the learner's names", () => {
  assert.equal(meaning(started), "Ask clock to end, force it after 2 s")
  assert.equal(
    meaning({ ...started, name: "container.kill", params: { signal: "TERM" } }),
    "Send SIGTERM to clock at once",
  )
  assert.equal(meaning({ ...started, name: "container.kill", params: {} }), "Send SIGKILL to clock at once")
})

test("a prune of images says whether it removes named ones too", () => {
  const prune = (params) => meaning({ ...started, name: "image.prune", target: null, params })
  assert.equal(prune({ filters: '{"dangling":{"false":true}}' }), "Remove images that nothing uses")
  assert.equal(prune({ filters: '{"dangling":["false"]}' }), "Remove images that nothing uses")
  assert.equal(prune({ filters: '{"dangling":{"true":true}}' }), "Remove images that have no name")
  assert.equal(prune({}), "Remove images that have no name")
})

test("the list stays bounded", () => {
  let calls = []
  for (let n = 0; n < 500; n += 1) calls = foldCalls(calls, { ...started, call: `a-${n}` })
  assert.equal(calls.length, 200)
  assert.equal(calls.at(-1).call, "a-499")
})

test("the details of a call are its request and its answer, as text", () => {
  const create = { ...started, name: "container.create", params: { name: "x", body: { Cmd: ["echo", "<b>hi</b>"] } } }
  const [query, body] = inside(create)
  assert.deepEqual(query, ["Query", '{\n  "name": "x"\n}'])
  assert.equal(body[0], "Body, with this lab’s limits")
  assert.deepEqual(JSON.parse(body[1]), { Cmd: ["echo", "<b>hi</b>"] })
  const read = { ...finished, params: {}, out: "hi\n", err: "oh\n", result: { id: "c1" } }
  assert.deepEqual(
    inside(read).map(([name]) => name),
    ["Answer", "STDOUT", "STDERR"],
  )
})

test("an empty call has no details, and a truncated body is shown as it arrived", () => {
  assert.deepEqual(inside({ ...started, params: {} }), [])
  assert.deepEqual(inside({ ...started, params: { body: '{"Image": "busy…' } }), [["Body", '{"Image": "busy…']])
})
