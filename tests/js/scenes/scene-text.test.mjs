// What the other scenes say about a story: what calls and the engine's events tell, and nothing more.
import assert from "node:assert/strict"
import { test } from "node:test"

import { processTree } from "../../../static/js/scenes/processes.js"
import * as image from "../../../static/js/scenes/image.js"
import * as layers from "../../../static/js/scenes/layers.js"
import * as logs from "../../../static/js/scenes/logs.js"
import * as machine from "../../../static/js/scenes/machine.js"
import * as tree from "../../../static/js/scenes/tree.js"
import { after, begun, busybox, container, done, said, target, world } from "./world-builder.mjs"

const SIZE = { width: 855, height: 330 }
const attach = (at, params) => begun("container.attach", at, { target: target(), params: { stream: "1", ...params } })
const start = (at) => begun("container.start", at, { target: target() })

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
