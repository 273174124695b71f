// What the hub's scene says about a story: what calls and the engine's events tell, and nothing more.
import assert from "node:assert/strict"
import { test } from "node:test"

import * as hub from "../../../static/js/scenes/hub.js"
import { lastMaking } from "../../../static/js/scenes/hub-pulls.js"
import { after, begun, container, done, target, world } from "./world-builder.mjs"

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
