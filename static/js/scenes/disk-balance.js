// Before and after: what the disk held at two moments, as reported by the engine. Pure; a part of the disk's picture.

import { rect, text } from "./parts.js"
import { size as bytes } from "./format.js"
import { pending } from "../api-calls/calls.js"

export const BALANCE = 46 // units, the height of the two bars

const PARTS = { containers: "containers", images: "images", build: "build cache" }
const CHANGES = new Set([
  "container.create",
  "container.start",
  "container.exec",
  "container.remove",
  "container.archive.put",
  "image.pull",
  "image.remove",
  "image.build",
])
const TOGETHER = 5 // seconds between the calls of one prune

const answered = (call) => !pending(call) && !call.refused && call.status < 400

// Returns the last prune, which is one call for each kind of object, with the engine's answers.
export function lastPrune(world) {
  const prunes = (world.history?.calls ?? []).filter(
    (call) => call.name.endsWith(".prune") && !pending(call) && call.status === 200,
  )
  const last = prunes.at(-1)
  if (!last) return null
  const same = prunes.filter((call) => last.at - call.at < TOGETHER)
  const taken = (name) =>
    same.filter((call) => call.name === name).reduce((sum, call) => sum + (call.result?.deleted?.length ?? 0), 0)
  const reclaimed = (name) =>
    same.filter((call) => call.name === name).reduce((sum, call) => sum + (call.result?.reclaimed ?? 0), 0)
  const back = {
    containers: reclaimed("container.prune"),
    images: reclaimed("image.prune"),
    build: reclaimed("build.prune"),
  }
  return {
    at: last.at,
    since: same[0].at,
    containers: taken("container.prune"),
    images: taken("image.prune"),
    back,
    reclaimed: same.reduce((sum, call) => sum + (call.result?.reclaimed ?? 0), 0),
  }
}

// Returns what `docker system df` reported, the latest last: `{at, containers, images, build}` in bytes.
export function measures(world) {
  const asked = (world.history?.calls ?? []).filter(
    (call) => call.name === "system.df" && answered(call) && call.result?.images !== undefined,
  )
  return asked.map(({ at, result }) => ({
    at,
    containers: Object.values(result.containers ?? {}).reduce((sum, one) => sum + one, 0),
    images: result.images,
    build: result.build,
  }))
}

// Returns the rows to compare: `[{name, containers, images, build}]`, none, one or two. After an unmeasured prune the
// space it freed is subtracted, unless something else has changed in between.
export function balance(world) {
  const told = measures(world)
  const last = told.at(-1)
  if (!last) return []
  const prune = lastPrune(world)
  if (prune && prune.since > last.at && !changed(world, last.at, prune.since))
    return [
      { ...last, name: "before" },
      { ...less(last, prune.back), name: "after" },
    ]
  const [before, now] = [told.at(-2), last]
  return before
    ? [
        { ...before, name: "before" },
        { ...now, name: "after" },
      ]
    : [{ ...now, name: "df" }]
}

const changed = (world, from, to) =>
  world.history.calls.some((call) => call.at > from && call.at < to && CHANGES.has(call.name) && answered(call))

const less = (held, back) =>
  Object.fromEntries(
    Object.keys(PARTS).map((part) => [
      part,
      held[part] === undefined ? undefined : Math.max(0, held[part] - back[part]),
    ]),
  )

const total = (row) => Object.keys(PARTS).reduce((sum, part) => sum + (row[part] ?? 0), 0)

export function bars(rows, { y, width }) {
  const [label, told] = [50, width > 700 ? 280 : 76]
  const most = Math.max(1, ...rows.map(total))
  const room = width - label - told
  return rows.flatMap((row, index) =>
    bar(row, { x: label, y: y + index * 22, room, scale: room / most, long: width > 700 }),
  )
}

function bar(row, { x, y, room, scale, long }) {
  let at = x
  const pieces = Object.keys(PARTS)
    .filter((part) => row[part])
    .map((part) => {
      const piece = rect(
        `bar:${row.name}:${part}`,
        `share ${part}`,
        { x: at, y, width: row[part] * scale, height: 13 },
        3,
      )
      at += row[part] * scale
      return piece
    })
  return [
    rect(`bar:${row.name}`, "meter", { x, y, width: room, height: 13 }, 3),
    ...pieces,
    text(`bar:${row.name}:name`, "line", 4, y + 11, row.name),
    text(`bar:${row.name}:sum`, "line", x + room + 10, y + 11, long ? heldText(row) : held(total(row))),
  ]
}

const held = (value) => bytes(value) || "0 B"

function heldText(row) {
  const parts = Object.entries(PARTS)
    .filter(([part]) => row[part])
    .map(([part, name]) => `${bytes(row[part])} ${name}`)
  return parts.length > 1 ? `${held(total(row))}: ${parts.join(", ")}` : (parts[0] ?? held(total(row)))
}

export function balanceText(rows) {
  if (!rows.length) return []
  const told = rows.map(
    (row) => `${{ before: "before", after: "after", df: "when docker system df asked" }[row.name]} ${heldText(row)}`,
  )
  return [`On the disk ${told.join("; ")}.`]
}
