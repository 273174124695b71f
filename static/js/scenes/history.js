// What a scene remembers of past events besides the current world: calls, typed lines, the learner's runs (each stop or
// kill at its measured times) and what was removed. Pure; the server folds the world itself.

import { foldCalls } from "../api-calls/calls.js"
import { foldRuns } from "./runs.js"

const MAX_GONE = 40

export const EMPTY_HISTORY = { calls: [], typed: "", typed_at: 0, runs: [], names: {}, gone: [], moves: {} }

// Returns the history after one more event; `world` is the world after it, or before it if no other is known.
export function foldHistory(history, event, world) {
  if (!event) return history
  const names = namesAfter(history.names, event, world)
  return {
    calls: foldCalls(history.calls, event),
    ...lineTyped(history, event),
    runs: foldRuns(history.runs, event, names),
    names,
    gone: goneAfter(history.gone, event, names),
    moves: movesAfter(history.moves, event),
  }
}

// Names by id, also of removed objects: a removal event has only an id.
function namesAfter(names, event, world) {
  const added = {}
  for (const one of world?.containers ?? []) if (differs(names[one.id], one)) added[one.id] = facts(one)
  for (const one of world?.images ?? [])
    if (!names[one.id] && one.tags?.length) added[one.id] = { name: one.tags[0], size: one.size }
  const { target } = event
  if (target?.id && target.name && !added[target.id] && (!names[target.id] || (target.init && !names[target.id].init)))
    added[target.id] = facts(target)
  if (event.kind === "ContainerRenamed") added[event.id] = { ...names[event.id], name: event.name }
  return Object.keys(added).length ? { ...names, ...added } : names
}

const differs = (known, { name, image, command, init }) =>
  !known ||
  known.name !== name ||
  known.image !== image ||
  known.init !== init ||
  known.command?.join("\n") !== command?.join("\n")

const facts = ({ name, image, command, init }) => ({ name, image, command: command ?? [], init: Boolean(init) })

function lineTyped({ typed, typed_at }, event) {
  return event.kind === "CommandTyped" ? { typed: event.line, typed_at: event.at } : { typed, typed_at }
}

// When each channel of a pending call last carried data: `{call: {channel: {bytes, at}}}`.
function movesAfter(moves, event) {
  if (event.kind === "CallEnded" && moves[event.call])
    return Object.fromEntries(Object.entries(moves).filter(([call]) => call !== event.call))
  if (event.kind !== "FlowSeen") return moves
  const before = moves[event.call] ?? {}
  const now = Object.entries(event.flow).map(([name, [bytes]]) => [
    name,
    before[name]?.bytes === bytes ? before[name] : { bytes, at: event.at },
  ])
  return { ...moves, [event.call]: Object.fromEntries(now) }
}

function goneAfter(gone, event, names) {
  if (event.kind !== "ContainerRemoved" && event.kind !== "ImageRemoved") return gone
  const what = event.kind === "ContainerRemoved" ? "container" : "image"
  return [
    ...gone.filter((one) => one.id !== event.id),
    {
      id: event.id,
      what,
      at: event.at,
      name: names[event.id]?.name ?? event.id.replace("sha256:", "").slice(0, 12),
      size: names[event.id]?.size ?? 0,
    },
  ].slice(-MAX_GONE)
}
