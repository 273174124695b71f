// What the scene of the three channels says about a story, and nothing more.
import assert from "node:assert/strict"
import { test } from "node:test"

import * as channels from "../../../static/js/scenes/channels.js"
import { connectionOf } from "../../../static/js/scenes/streams.js"
import { after, begun, container, done, said, target, world } from "./world-builder.mjs"

const SIZE = { width: 855, height: 330 }

const attach = (at, params) => begun("container.attach", at, { target: target(), params: { stream: "1", ...params } })
const start = (at) => begun("container.start", at, { target: target() })

test("channels: run connects STDOUT and STDERR, not STDIN, and each carries its own", () => {
  const [joined, go] = [attach(10, { stdout: "1", stderr: "1" }), start(10.1)]
  const told = after(
    world({ containers: [container({ state: "exited", exit_code: 0 })] }),
    joined,
    go,
    done(go, 10.2, { status: 204 }),
    done(joined, 10.5, { status: 101, out: "out\n", err: "err\n", received: 24 }),
  )
  const { stream } = connectionOf(told)
  assert.deepEqual([stream.stdin.on, stream.stdout.on, stream.stderr.on], [false, true, true])
  assert.deepEqual([stream.stdout.sample, stream.stdout.bytes, stream.stderr.sample], ["out\n", 4, "err\n"])
  assert.match(channels.describe(told)[1], /STDOUT and STDERR were connected/)
})

test("channels: -d connects nothing, and what is printed stays with the engine", () => {
  const go = start(10)
  const told = after(world({ containers: [container()] }), go, done(go, 10.1, { status: 204 }))
  assert.match(channels.describe(told)[1], /no channel is connected .* the engine keeps in its log/)
})

test("channels: -it is one screen: STDERR joins STDOUT", () => {
  const told = after(
    world({ containers: [container({ tty: true, stdin: true })] }),
    attach(10, { stdin: "1", stdout: "1", stderr: "1" }),
    start(10.1),
  )
  assert.match(channels.describe(told)[1], /STDIN and STDOUT are connected to your terminal, as one screen/)
  assert.equal(channels.describe(told).at(-1), "STDERR joins STDOUT: a terminal has one screen.")
})

test("channels: -t alone connects the screen but no keyboard", () => {
  const told = after(
    world({ containers: [container({ tty: true })] }),
    attach(10, { stdout: "1", stderr: "1" }),
    start(10.1),
  )
  assert.match(said(channels.layout(told, 10.2, SIZE)).join(" "), /its keyboard to nobody/)
  const both = after(
    world({ containers: [container({ tty: true, stdin: true })] }),
    attach(10, { stdin: "1", stdout: "1", stderr: "1" }),
    start(10.1),
  )
  assert.match(
    said(channels.layout(both, 10.2, SIZE)).join(" "),
    /Its keyboard and its screen belong to the process now/,
  )
})

test("channels: start without -a after an attached run connects nothing any more", () => {
  const [joined, go, again] = [attach(10, { stdout: "1" }), start(10.1), start(40)]
  const told = after(world({ containers: [container()] }), joined, go, done(joined, 11), again)
  assert.equal(connectionOf(told).stream.stdout.on, false)
})

test("channels: exec -i is the second command's own connection", () => {
  const made = begun("container.exec", 10, {
    target: target(),
    params: { body: { Cmd: ["cat"], AttachStdin: true, AttachStdout: true, AttachStderr: true } },
  })
  const run = begun("exec.start", 10.2, {
    target: target(),
    path: "/exec/e1/start",
    params: { body: { Detach: false } },
  })
  const connection = connectionOf(
    after(world({ containers: [container()] }), made, done(made, 10.1, { status: 201, result: { id: "e1" } }), run),
  )
  assert.deepEqual(
    [connection.joined, connection.command, connection.stream.stdin.on, connection.live],
    [true, "cat", true, true],
  )
})

test("channels: data is described and shown moving only while it flows", () => {
  const joined = attach(10, { stdout: "1", stdin: "1" })
  const seen = { kind: "FlowSeen", at: 20, call: joined.call, flow: { stdout: [1200, "64 bytes from 127.0.0.1"] } }
  const given = world({
    containers: [container()],
    pending: [{ call: joined.call, name: "container.attach", at: 10, target: "c1", flow: seen.flow }],
  })
  const told = after(given, joined, seen)
  const wire = (picture, name) => picture.parts.find((part) => part.key === `wire:${name}`).class
  assert.match(wire(channels.layout(told, 20.5, SIZE), "stdout"), /flow/)
  assert.doesNotMatch(wire(channels.layout(told, 20.5, SIZE), "stdin"), /flow/)
  assert.ok(channels.layout(told, 20.5, SIZE).restless)
  assert.doesNotMatch(wire(channels.layout(told, 25, SIZE), "stdout"), /flow/)
  assert.equal(channels.layout(told, 25, SIZE).restless, false)
  assert.ok(said(channels.layout(told, 25, SIZE)).some((words) => words.startsWith("1200\u00a0B: 64 bytes from")))
  assert.match(
    channels.describe(told).join(" "),
    /STDIN is connected: nothing flowed yet\. STDOUT is connected: 1200 bytes so far, the last line: 64 bytes from 127\.0\.0\.1\./,
  )
  const again = after(given, joined, seen, { ...seen, at: 30, flow: { ...seen.flow, stdin: [3, "hi"] } })
  assert.doesNotMatch(wire(channels.layout(again, 30.5, SIZE), "stdout"), /flow/, "what has not grown does not move")
  assert.match(wire(channels.layout(again, 30.5, SIZE), "stdin"), /flow/)
})

test("channels: the total is exact if the gateway counted it", () => {
  const joined = attach(10, { stdout: "1", stdin: "1" })
  const told = after(
    world({ containers: [container()] }),
    joined,
    done(joined, 12, { status: 101, out: "x".repeat(1024), sent: 99, flow: { stdout: [5000, "xx"] } }),
  )
  const { stream } = connectionOf(told)
  assert.deepEqual([stream.stdin.bytes, stream.stdout.bytes, stream.stdout.more], [0, 5000, undefined])
  const once = connectionOf(
    after(world({ containers: [container()] }), joined, done(joined, 12, { status: 101, out: "x".repeat(1024) })),
  ).stream.stdout
  assert.deepEqual([once.bytes, once.more], [1024, true])
})

test("channels: colours and cursor movements are removed from samples", () => {
  assert.equal(channels.oneLine("\u001b[1;34mbin\u001b[0m\r\n\u0007etc"), "bin etc")
})
