// What each scene says about a story: what calls and the engine's events tell, and nothing more.
import assert from "node:assert/strict"
import { test } from "node:test"

import * as channels from "../../../static/js/scenes/channels.js"
import { processTree } from "../../../static/js/scenes/processes.js"
import * as hub from "../../../static/js/scenes/hub.js"
import { lastMaking } from "../../../static/js/scenes/hub-pulls.js"
import * as image from "../../../static/js/scenes/image.js"
import * as layers from "../../../static/js/scenes/layers.js"
import * as logs from "../../../static/js/scenes/logs.js"
import * as machine from "../../../static/js/scenes/machine.js"
import { connectionOf } from "../../../static/js/scenes/streams.js"
import * as tree from "../../../static/js/scenes/tree.js"
import { after, begun, busybox, container, done, said, target, world } from "./world-builder.mjs"

const SIZE = { width: 855, height: 330 }
const create = (at) => begun("container.create", at, { params: { body: { Image: "busybox" } } })
const pull = (at) => begun("image.pull", at, { params: { fromImage: "busybox", tag: "latest" } })
const link = (picture, key) => picture.parts.find((part) => part.key === `link:${key}`)

function firstRun() {
  const [asked, fetch, again] = [create(10), pull(10.2), create(12)]
  return [
    asked,
    done(asked, 10.1, { status: 404, message: "No such image: busybox:latest" }),
    fetch,
    done(fetch, 11.9),
    again,
    done(again, 12.1, { status: 201, target: target() }),
  ]
}

test("hub: the first run misses the cache, pulls, and is told so; layers travel only while they are pulled", () => {
  const events = firstRun()
  const during = hub.layout(after(world({ images: [] }), ...events.slice(0, 3)), 11, SIZE)
  assert.ok(link(during, "pull").class.includes("flow"))
  assert.ok(during.parts.some((part) => part.key === "pulling"))
  const told = after(world(), ...events)
  assert.deepEqual(lastMaking(told), { image: "busybox", from: "hub", layers: "" })
  assert.ok(!link(hub.layout(told, 30, SIZE), "pull").class.includes("flow"))
})

test("hub: the second run is served from the cache, and nothing travels from the hub", () => {
  const again = create(50)
  const told = after(world(), ...firstRun(), again, done(again, 50.1, { status: 201, target: target() }))
  assert.deepEqual(lastMaking(told), { image: "busybox", from: "cache", layers: "" })
  assert.match(hub.describe(told, 50.2).at(-1), /nothing travelled from the hub/)
  assert.ok(!hub.layout(told, 50.2, SIZE).parts.some((part) => part.key === "pulling"))
})

test("hub: a pending call is seen, and what was typed and asked is said as it is drawn", () => {
  const line = { kind: "CommandTyped", at: 98.9, terminal: 1, line: "docker run  busybox" }
  const [asked, waits] = [create(98.95), begun("container.wait", 99, { target: target() })]
  const told = after(world({ containers: [container()] }), line, asked, done(asked, 98.98, { status: 404 }), waits)
  assert.match(
    hub.describe(told, 100).join(" "),
    /In the client: docker run busybox\. The server was asked to make a container: not there; wait for clock: waits for an answer\./,
  )
  assert.ok(hub.layout(told, 100, SIZE).restless)
})

test("hub: only a prune with -a removes the images that have a name", () => {
  const said = (which) =>
    hub
      .describe(
        after(world(), begun("image.prune", 99, { params: { filters: `{"dangling":{"${which}":true}}` } })),
        100,
      )
      .join(" ")
  assert.match(said("false"), /asked to remove unused images: /)
  assert.match(said("true"), /asked to remove nameless images: /)
})

const LAYERS = [
  ["aa", "here", 0, 0],
  ["bb", "travelling", 3e6, 6e6],
  ["cc", "unpacking", 1, 9],
  ["dd", "waiting", 0, 0],
]
const slab = (picture, id) => picture.parts.find((part) => part.key === `layer:${id}`)

test("hub: each layer is at the hub until it is complete, and then in the cache; what was there does not move", () => {
  const [asked, , fetch] = firstRun()
  const now = world({
    images: [],
    pending: [{ call: fetch.call, name: "image.pull", at: 10.2, target: "", layers: LAYERS }],
  })
  const told = after(now, asked, fetch)
  const picture = hub.layout(told, 11, SIZE)
  const [left] = picture.parts.filter((part) => part.key === "zone:hub").map((part) => part.x)
  assert.deepEqual(
    LAYERS.map(([id]) => slab(picture, id).x > left),
    [false, true, false, true],
  )
  assert.equal(slab(picture, "aa").from, undefined)
  assert.ok(slab(picture, "cc").from.x > left)
  const widths = ["bb", "cc"].map(
    (id) => slab(picture, id).parts.find((part) => part.key === "fill").width / slab(picture, id).parts[0].width,
  )
  assert.deepEqual(widths, [0.5, 1])
  assert.match(
    hub.describe(told, 11).at(-1),
    /4 layers: 1 was here already, 1 has come, 2 are still to come \(3\.0 MB of 6\.0 MB\)\.$/,
  )
})

test("hub: after a pull it is told how many layers travelled; for a while they are seen in the cache", () => {
  const fetch = pull(10)
  const end = done(fetch, 12, {
    result: {
      layers: [
        ["aa", "here", 0, 0],
        ["bb", "done", 9, 9],
      ],
    },
  })
  const told = after(world(), fetch, end)
  assert.match(hub.describe(told, 13).at(-1), /2 layers: 1 was here already, 1 travelled from the hub\.$/)
  assert.ok(slab(hub.layout(told, 13, SIZE), "bb"))
  assert.ok(!slab(hub.layout(told, 30, SIZE), "bb"))
})

test("hub: percentages are not announced one after the other", () => {
  const [asked, , fetch] = firstRun()
  const at = (layers) =>
    after(
      world({ images: [], pending: [{ call: fetch.call, name: "image.pull", at: 10.2, target: "", layers }] }),
      asked,
      fetch,
    )
  assert.deepEqual(hub.changes(at(LAYERS), at([["bb", "travelling", 4e6, 6e6]])), [])
})

test("hub: a failed pull is described in the engine's words", () => {
  const asked = create(10)
  assert.match(
    hub.describe(after(world(), asked, done(asked, 10.1, { status: 500, message: "disk full" })), 11).at(-1),
    /busybox: disk full\./,
  )
})

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

test("image: an override replaces the image's own command, which is named only when it was seen", () => {
  const own = container({ id: "c0", command: ["sh"], overridden: false, created_at: 1 })
  const given = container({ command: ["ls"], created_at: 50 })
  assert.match(image.describe(world({ containers: [given] }))[1], /given instead of the image's own: ls\./)
  assert.ok(!said(image.layout(world({ containers: [given] }), 100, SIZE)).includes("sh"))
  assert.ok(said(image.layout(world({ containers: [own, given] }), 100, SIZE)).includes("sh"))
})

test("image: no override is claimed for a container whose creation was not seen", () => {
  assert.doesNotMatch(
    image.describe(world({ containers: [container({ overridden: null })] }))[1],
    /instead|own command/,
  )
})

test("image: a missing command is described in the engine's words", () => {
  const go = start(10)
  const told = after(
    world({ containers: [container({ state: "created", command: ["ls"], image: "hello-world" })] }),
    go,
    done(go, 10.1, {
      status: 400,
      message: 'failed to create task: exec: "ls": executable file not found in $PATH: unknown',
    }),
  )
  assert.match(
    image.describe(told).join(" "),
    /ls could not be started.* The engine said: exec: "ls": executable file not found in \$PATH\./,
  )
})

test("image: the output of ls is shown as the snapshot's content", () => {
  const listed = attach(10, { stdout: "1" })
  listed.target = target({ command: ["ls"] })
  const told = after(
    world({ containers: [container({ command: ["ls"], state: "exited", exit_code: 0 })] }),
    listed,
    done(listed, 11, { out: "bin\netc\n" }),
  )
  assert.ok(said(image.layout(told, 100, SIZE)).some((words) => words.includes("/bin  /etc")))
})

test("machine: a container without a process takes no slice", () => {
  const given = world({
    containers: [container(), container({ id: "c2", name: "gone", state: "exited", exit_code: 0 })],
  })
  assert.deepEqual(
    machine
      .layout(given, 100, SIZE)
      .parts.filter((part) => part.class?.startsWith("slice-of"))
      .map((part) => part.key),
    ["slice:engine", "slice:c1"],
  )
  assert.match(machine.describe(given)[1], /1 container runs.* 1 more container has files, and no process/)
})

test("machine: with --init process 1 is docker-init; a limit is told in the unit it was typed in", () => {
  assert.match(
    machine.describe(world({ containers: [container({ init: true })] })).join(" "),
    /process 1 is docker-init.*limited to 64 MiB/,
  )
})

test("logs: no line is shown before anyone has read it, and both runs are told", () => {
  const given = world({ containers: [container({ state: "exited", exit_code: 0, runs: 2, command: ["echo", "hi"] })] })
  assert.match(logs.describe(given)[1], /Nobody has read it yet/)
  const read = begun("container.logs", 95, { target: target() })
  const told = after(given, read, done(read, 95.1, { out: "hi\nhi\n", received: 22 }))
  assert.deepEqual(logs.reading(told).lines, ["hi", "hi"])
  assert.match(logs.describe(told)[1], /with what all 2 runs printed/)
})

test("logs: -f is seen while it follows, and a removed container has taken its log along", () => {
  const read = begun("container.logs", 95, { target: target(), params: { follow: "1" } })
  assert.match(logs.describe(after(world({ containers: [container()] }), read))[1], /follows the log of clock/)
  assert.match(logs.describe(after(world(), read, done(read, 96)))[1], /clock was removed, and its log with it/)
})

test("tree: a command that joined stands beside process 1, and one that ended is not alive", () => {
  const joined = (ended_at) =>
    world({
      containers: [
        container({
          execs: [{ id: "x1", command: "redis-cli", started_at: 95, ended_at, exit_code: ended_at ? 0 : null }],
        }),
      ],
    })
  assert.match(tree.describe(joined(null)).at(-1), /redis-cli joined clock by exec and is running/)
  assert.match(tree.describe(joined(96)).at(-1), /has ended with exit 0/)
  assert.deepEqual(tree.changes(world({ containers: [container()] }), joined(null)), ["redis-cli joined clock."])
})

test("layers: only this lab's own path is live, and a lost engine is not lit", () => {
  const lit = (given) =>
    layers
      .layout(given, 100, SIZE)
      .parts.filter((part) => part.class?.includes("block live"))
      .map((part) => part.key)
  assert.ok(lit(world({ containers: [container()] })).every((key) => key.includes("here")))
  assert.deepEqual(lit(world({ engine: "lost" })), [])
  assert.equal(busybox.tags[0], "busybox:latest")
})

test("machine: a slice shows its processes by the machine's numbers, and how much of its memory is used", () => {
  const use = {
    at: 99,
    memory: 32 * 2 ** 20,
    limit: 64 * 2 ** 20,
    share: 37.8,
    processes: [
      [4711, "ping 127.0.0.1"],
      [4723, "sleep 60"],
    ],
  }
  const seen = world({ containers: [container({ use })] })
  const words = said(machine.layout(seen, 100, SIZE))
  assert.ok(
    words.some((one) => ["1 = 4711", "1 inside, 4711 outside"].includes(one)) &&
      words.includes("4723") &&
      words.includes("sleep 60"),
  )
  assert.ok(words.some((line) => line.startsWith("32 MiB of 64 MiB")))
  assert.match(machine.describe(seen).join(" "), /sleep 60 \(4723 for the machine\)/)
})

test("tree: children are shown beneath whom they belong to, as top saw them", () => {
  const use = {
    at: 99,
    memory: 1,
    limit: 2,
    share: 0,
    processes: [
      [50, "sh -c loop", 40],
      [61, "sleep 1", 50],
      [70, "sh", 41],
      [75, "ps", 70],
    ],
  }
  const execs = [{ id: "x1", command: "sh", started_at: 95, ended_at: null, exit_code: null }]
  const given = world({ containers: [container({ command: ["sh", "-c", "loop"], use, execs })] })
  assert.deepEqual(
    processTree(given.containers[0]).map((one) => [one.words, one.depth, one.note]),
    [
      ["sh -c loop", 0, "PID 1"],
      ["sleep 1", 1, "its child"],
      ["sh", 0, "by exec"],
      ["ps", 1, "its child"],
    ],
  )
  assert.ok(
    ["sleep 1", "ps"].every((words) => said(tree.layout(given, 100, { width: 855, height: 430 })).includes(words)),
  )
  assert.match(
    tree.describe(given).join(" "),
    /In clock, sleep 1 is a child of sh -c loop\. sh joined clock by exec and is running\. In clock, ps is a child of sh\./,
  )
})

test("tree: parents are not guessed, neither without data nor when ambiguous", () => {
  const family = (processes, execs = []) =>
    processTree(container({ use: { at: 99, memory: 1, limit: 2, share: 0, processes }, execs })).map((one) => one.words)
  assert.deepEqual(
    family([
      [50, "ping 127.0.0.1"],
      [61, "sleep 1"],
    ]),
    ["ping 127.0.0.1"],
  )
  const execs = ["x1", "x2"].map((id) => ({ id, command: id, started_at: 95, ended_at: null, exit_code: null }))
  assert.deepEqual(
    family(
      [
        [50, "ping 127.0.0.1", 40],
        [70, "x1", 41],
        [75, "ps", 70],
      ],
      execs,
    ),
    ["ping 127.0.0.1", "x1", "x2"],
  )
})

test("machine: each container has its host name and a segment of the disk, lit while a process of it lives", () => {
  const given = world({
    containers: [
      container({ hostname: "shop" }),
      container({ id: "c2", name: "gone", state: "exited", exit_code: 0, hostname: "3f2a91c07be4" }),
    ],
  })
  const picture = machine.layout(given, 100, SIZE)
  assert.ok(said(picture).includes("host name shop") && !said(picture).includes("host name 3f2a91c07be4"))
  assert.deepEqual(
    picture.parts
      .filter((part) => part.class?.includes("segment"))
      .map((part) => [part.key, part.class.includes("lit")]),
    [
      ["segment:c1", true],
      ["segment:c2", false],
    ],
  )
  assert.match(
    machine.describe(given).join(" "),
    /its host name is shop.*each container has a segment of its own: clock, gone\./,
  )
  assert.ok(
    !said(machine.layout(world({ containers: [container({ hostname: "" })] }), 100, SIZE)).some((words) =>
      words.startsWith("host name"),
    ),
  )
})
