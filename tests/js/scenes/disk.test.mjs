// The disk's picture: what is on it, what was removed, and before and after.
import assert from "node:assert/strict"
import { test } from "node:test"

import * as disk from "../../../static/js/scenes/disk.js"
import { balance, lastPrune } from "../../../static/js/scenes/disk-balance.js"
import * as hub from "../../../static/js/scenes/hub.js"
import { after, begun, busybox, container, done, said, world } from "./world-builder.mjs"

const SIZE = { width: 855, height: 330 }

test("disk: what the prune took is what the engine answered", () => {
  const calls = [begun("container.prune", 50), begun("image.prune", 50.2)]
  const told = after(
    world(),
    calls[0],
    done(calls[0], 50.1, { result: { deleted: ["c1", "c2"], reclaimed: 10 } }),
    calls[1],
    done(calls[1], 50.3, { result: { deleted: [], reclaimed: 0 } }),
  )
  assert.deepEqual(lastPrune(told), {
    at: 50.2,
    since: 50,
    containers: 2,
    images: 0,
    back: { containers: 10, images: 0, build: 0 },
    reclaimed: 10,
  })
  assert.match(
    disk.describe(told).at(-1),
    /The prune took 2 containers and gave 10 B back\. 1 image stayed in the cache\./,
  )
})

const df = (at, containers, images, build) => {
  const asked = begun("system.df", at)
  return [asked, done(asked, at + 0.1, { result: { containers, images, ...(build === undefined ? {} : { build }) } })]
}

test("disk: two answers of docker system df are a before and an after", () => {
  const told = after(world(), ...df(10, { c1: 20e6, c2: 1e6 }, 4e6, 0), ...df(20, { c2: 1e6 }, 4e6, 5e6))
  assert.deepEqual(
    balance(told).map(({ name, containers, images, build }) => [name, containers, images, build]),
    [
      ["before", 21e6, 4e6, 0],
      ["after", 1e6, 4e6, 5e6],
    ],
  )
  assert.match(
    disk.describe(told).join(" "),
    /Build cache: 5\.0 MB\. .*On the disk before 25 MB: 21 MB containers, 4\.0 MB images; after 10 MB: 1\.0 MB containers, 4\.0 MB images, 5\.0 MB build cache\./,
  )
  const bar = (name) =>
    disk
      .layout(told, 100, SIZE)
      .parts.filter((part) => part.key.startsWith(`bar:${name}:`) && part.kind === "rect")
      .reduce((sum, part) => sum + part.width, 0)
  assert.equal(Math.round(bar("before") / bar("after")), 3)
})

test("disk: a prune takes away what it gave back, unless something else has changed since anybody measured", () => {
  const prune = begun("container.prune", 30)
  const events = [
    ...df(10, { c1: 20e6 }, 4e6, 0),
    prune,
    done(prune, 30.1, { result: { deleted: ["c1"], reclaimed: 20e6 } }),
  ]
  assert.deepEqual(
    balance(after(world(), ...events)).map((row) => [row.name, row.containers, row.images]),
    [
      ["before", 20e6, 4e6],
      ["after", 0, 4e6],
    ],
  )
  const made = begun("container.create", 15)
  const other = [...events.slice(0, 2), made, done(made, 15.1, { status: 201 }), ...events.slice(2)]
  assert.deepEqual(
    balance(after(world(), ...other)).map((row) => row.name),
    ["df"],
  )
  assert.deepEqual(balance(after(world(), prune)), [])
})

test("disk: the build cache shows the engine's figures, and nothing before a report", () => {
  const built = begun("image.build", 5)
  const words = (...events) => disk.describe(after(world(), ...events)).join(" ")
  assert.match(words(), /Build cache: docker system df tells how much\./)
  assert.match(words(...df(10, {}, 0)), /Build cache: docker system df tells how much\./)
  assert.match(words(...df(10, {}, 0, 0)), /Build cache: empty: nothing built yet\./)
  assert.match(words(built, ...df(10, {}, 0, 0)), /Build cache: empty: this builder keeps its parts as images\./)
})

test("disk: the text of each container equals its card, including what a running one wrote", () => {
  const told = disk
    .describe(
      world({
        containers: [
          container({ wrote: 2e7 }),
          container({ id: "c2", name: "gone", state: "exited", exit_code: 137, oom: true }),
        ],
      }),
    )
    .join(" ")
  assert.match(
    told,
    /clock: running ping 127\.0\.0\.1; had written 20 MB when docker system df last asked\. gone: exit 137 = 128 \+ 9, out of memory\./,
  )
})

test("disk: a container that was removed is named among what has gone", () => {
  const there = world({ containers: [container()] })
  const told = after(
    there,
    { kind: "ContainerStarted", at: 1, id: "c1" },
    { kind: "ContainerRemoved", at: 2, id: "c1" },
  )
  assert.match(disk.describe({ ...told, containers: [] }).join(" "), /Removed: clock\./)
})

test("disk: an image that was pulled again is not among what has gone", () => {
  const told = after(world(), { kind: "ImageRemoved", at: 2, id: busybox.id })
  assert.doesNotMatch(disk.describe(told).join(" "), /Removed/)
  assert.match(disk.describe({ ...told, images: [] }).join(" "), /Removed: busybox:latest/)
})

test("a card that is too small for a sum shows the number, and not half a sum", () => {
  const ended = world({ containers: [container({ state: "exited", exit_code: 137, signals: [[95, 9]] })] })
  assert.ok(said(disk.layout(ended, 100, SIZE)).every((line) => !/= 1?2?8?…/.test(line)))
  assert.ok(said(disk.layout(ended, 100, SIZE)).some((line) => line.startsWith("exit 137")))
})

test("an image with two names is described and drawn with both", () => {
  const given = world({ images: [{ ...busybox, tags: ["busybox:latest", "mine:1"] }] })
  assert.match(hub.describe(given).join(" "), /1 image in the image cache: busybox, also mine:1\./)
  assert.match(disk.describe(given).join(" "), /1 image in the image cache: busybox, also mine:1 \(4\.3 MB\)\./)
  assert.ok(said(hub.layout(given, 100, { width: 1300, height: 500 })).includes("latest · 4.3 MB · also mine:1"))
})
