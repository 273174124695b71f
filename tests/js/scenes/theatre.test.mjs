// The learner's runs form rows, each with its command and the times that the engine measured.
import assert from "node:assert/strict"
import { test } from "node:test"

import * as lifecycle from "../../../static/js/scenes/lifecycle.js"
import { command } from "../../../static/js/scenes/runs.js"
import { describe, layout } from "../../../static/js/scenes/theatre.js"
import { after, begun, container, done, said, target, world } from "./world-builder.mjs"

const SIZE = { width: 855, height: 330 }
const here = world({ containers: [container()] })
const stop = (at, params = {}) => begun("container.stop", at, { target: target(), params })
const kill = (at, params = {}) => begun("container.kill", at, { target: target(), params })
const signal = (at, number) => ({ kind: "SignalSent", at, id: "c1", number })
const died = (at, exit_code) => ({ kind: "ContainerDied", at, id: "c1", exit_code })
const started = (at) => ({ kind: "ContainerStarted", at, id: "c1" })
const STOP = stop(10)
const HARD = [STOP, signal(10.02, 15), signal(20.03, 9), died(20.1, 137), done(STOP, 20.2, { status: 204 })]
const KILL = kill(30)
const runsOf = (...events) => after(here, ...events).history.runs

test("an ignored stop is one run: asked, forced, and ended with its code split", () => {
  const [run, ...rest] = runsOf(...HARD)
  assert.equal(rest.length, 0)
  assert.deepEqual(
    [run.how, run.signals, run.ended_at, run.exit_code, run.pending],
    [
      "docker stop",
      [
        [10.02, 15],
        [20.03, 9],
      ],
      20.1,
      137,
      false,
    ],
  )
  assert.match(
    describe(after(here, ...HARD), 99)[1],
    /docker stop on clock \(ping 127\.0\.0\.1\): SIGTERM at 0\.02 s, SIGKILL at 10\.03 s; ended after 10\.10 s, exit 137 = 128 \+ 9 \(SIGKILL\)\./,
  )
})

test("stop and kill of the same container are two runs, the newest above, on one axis that both fit on", () => {
  const told = after(
    here,
    ...HARD,
    started(25),
    KILL,
    signal(30.01, 9),
    died(30.1, 137),
    done(KILL, 30.1, { status: 204 }),
  )
  const rows = layout(told, 99, SIZE).parts.filter((part) => part.class?.startsWith("run"))
  assert.deepEqual(
    rows.map((row) => row.parts.find((part) => part.key === "how").text),
    ["docker kill", "docker stop"],
  )
  const ends = rows.map((row) => Number(row.parts.find((part) => part.key === "end").d.match(/^M([\d.]+)/)[1]))
  assert.ok(ends[0] < ends[1], "what took less time ends further left")
})

test("a signal that arrives before its call belongs to it", () => {
  const [run, ...rest] = runsOf(signal(10.02, 15), STOP, died(10.1, 143))
  assert.equal(rest.length, 0)
  assert.deepEqual([run.how, run.since, run.signals.length, run.exit_code], ["docker stop", 10, 1, 143])
})

test("while a stop is pending, what is left of the grace period is counted, and SIGKILL is only expected", () => {
  const told = after(here, STOP, signal(10.02, 15))
  const picture = layout(told, 14, SIZE)
  assert.ok(picture.restless)
  const row = picture.parts.find((part) => part.class === "run live")
  assert.equal(row.parts.find((part) => part.key === "count").text, "6.0")
  assert.ok(row.parts.find((part) => part.key === "due:label").class.includes("expected"))
  assert.ok(!said(layout(after(here, ...HARD), 99, SIZE)).includes("6.0"))
})

test("stop -t -1 promises no SIGKILL, and stop -t 2 promises it at two seconds", () => {
  const forever = layout(after(here, stop(10, { t: "-1" })), 14, SIZE)
  assert.ok(!said(forever).includes("SIGKILL"))
  assert.match(describe(after(here, stop(10, { t: "2" })), 11)[1], /docker stop -t 2 .* 1 s left before SIGKILL/)
})

test("a stop that says nothing promises SIGKILL when its container was made to be forced", () => {
  const patient = { ...stop(10), target: target({ grace: 25 }) }
  assert.match(describe(after(here, patient), 15)[1], /20 s left before SIGKILL/)
  assert.match(describe(after(here, stop(10, { t: "-1" })), 15)[1], /asked 5 s ago, and nobody will force it/)
})

test("signals that a client forwards are no run, unless a stop uses them", () => {
  const winch = kill(10, { signal: "WINCH" })
  assert.deepEqual(runsOf(winch, signal(10.01, 28), done(winch, 10.1, { status: 204 }), died(11, 0)), [])
  const [run] = runsOf(STOP, signal(10.02, 28), died(10.1, 0))
  assert.deepEqual(run.signals, [[10.02, 28]])
  assert.equal(runsOf(kill(10, { signal: "TERM" }), signal(10.01, 15)).length, 1)
})

test("a run of a container that is gone is still told with its --init", () => {
  const gone = { ...stop(10), target: target({ init: true }) }
  assert.equal(after(world(), gone, signal(10, 15), died(10.1, 143)).history.runs[0].init, true)
})

test("an exit code is split only when that signal was seen", () => {
  assert.match(describe(after(here, STOP, signal(10, 15), died(10.1, 137), done(STOP, 10.2)), 99)[1], /exit 137\.$/)
  assert.match(describe(after(here, STOP, signal(10, 15), died(10.1, 0), done(STOP, 10.2)), 99)[1], /exit 0\.$/)
})

test("stopping what has ended already is no run", () => {
  assert.deepEqual(runsOf(STOP, done(STOP, 10.1, { status: 304 })), [])
})

test("a signal that the process survives is described as such", () => {
  const call = kill(10, { signal: "HUP" })
  assert.match(
    describe(after(here, call, signal(10.01, 1), done(call, 10.1, { status: 204 })), 99)[1],
    /docker kill -s HUP .* it went on running\./,
  )
})

test("the command has the form that a learner types", () => {
  assert.equal(command({ name: "container.kill", params: {} }), "docker kill")
  assert.equal(command({ name: "container.kill", params: { signal: "SIGKILL" } }), "docker kill")
  assert.equal(command({ name: "container.kill", params: { signal: "SIGTERM" } }), "docker kill -s TERM")
  assert.equal(command({ name: "container.restart", params: { t: "0" } }), "docker restart -t 0")
  assert.equal(command({ name: "container.remove", params: { force: "1" } }), "docker rm -f")
})

test("the signals of rm -f are not added to an earlier stop", () => {
  const call = begun("container.remove", 10, { target: target(), params: { force: "1" } })
  assert.equal(runsOf(call, signal(10.01, 9), died(10.1, 137))[0].how, "docker rm -f")
})

test("cleaning up with rm -f is no run to compare", () => {
  const call = begun("container.remove", 10, { target: target(), params: { force: "1" } })
  assert.match(
    describe(after(here, call, done(call, 10.1, { status: 204 })), 99)[1],
    /Nothing was stopped or killed yet/,
  )
})

test("right after a signal it is not yet said that the process survived it", () => {
  const told = after(here, kill(10), signal(10.01, 9))
  told.history.runs[0].pending = false
  assert.doesNotMatch(describe(told, 10.2)[1], /went on running/)
  assert.match(describe(told, 20)[1], /went on running/)
})

test("names of signals stay between the commands and the exit codes, even at the end of the axis", () => {
  const row = layout(after(here, ...HARD), 99, SIZE).parts.find((part) => part.class?.startsWith("run"))
  const label = row.parts.find((part) => part.key === "s1:label")
  const exit = row.parts.find((part) => part.key === "exit")
  assert.ok(label.x + label.text.length * 4 <= exit.x)
})

test("in the life-cycle picture the second and later runs form rows, and the lanes keep their room", () => {
  const one = lifecycle.layout(after(here, ...HARD), 99, SIZE)
  assert.deepEqual(one.runs, [])
  const two = lifecycle.layout(after(here, ...HARD, started(25), KILL, signal(30.01, 9), died(30.1, 137)), 99, SIZE)
  assert.equal(two.runs.filter((part) => part.class?.startsWith("run")).length, 2)
  assert.equal(two.theatre, null)
  assert.ok(two.lanes.every((lane) => lane.height >= 92) && two.height <= SIZE.height)
})

test("whether the process has a handler is said only if the kernel reported it", () => {
  const asked = (hears) => begun("container.stop", 10, { target: target({ hears }) })
  const told = (hears) => describe(after(here, asked(hears), signal(10.02, 15)), 11).join(" ")
  assert.match(told([15]), /it has a handler for SIGTERM/)
  assert.match(told([]), /it has no handler for SIGTERM/)
  assert.doesNotMatch(told(null), /handler/)
})
