// Which streams connect the learner's terminal to a process, and what has flowed on them: of the newest connection
// (attach or exec), or of a container that was started without one. Pure.

import { pending } from "../api-calls/calls.js"
import { alive } from "./parts.js"
import { commandOf } from "./format.js"

export const STREAMS = ["stdin", "stdout", "stderr"]

const SAMPLED = 1024 // bytes of each stream that the gateway keeps

// Returns `{name, command, tty, lives, joined, live, stream: {stdin: {on, bytes, sample}, …}}`, or null if nothing was
// run. `on`: the stream was connected; `bytes`: null if unknown, a minimum with `more`; `movedAt`: when data was last
// seen on a stream that is `open`.
export function connectionOf(world) {
  const calls = world.history?.calls ?? []
  const last = calls.findLast(
    (call) =>
      ["container.attach", "exec.start", "container.start"].includes(call.name) &&
      call.target?.id &&
      !call.refused &&
      !(call.status >= 400),
  )
  const newest = world.containers.reduce(
    (found, one) => (!found || one.created_at >= found.created_at ? one : found),
    null,
  )
  if (!last) return newest ? between(newest, null, world) : null
  const container = world.containers.find((one) => one.id === last.target.id) ?? gone(last)
  const call = last.name === "container.start" ? attachOf(calls, last) : last
  return between(container, call, world)
}

const gone = ({ target }) => ({
  id: target.id,
  name: target.name,
  image: target.image,
  command: target.command ?? [],
  tty: target.tty,
  stdin: false,
  state: "gone",
})

// Returns the attach call that was open when the container was started: `docker run` attaches first.
const attachOf = (calls, start) =>
  calls.findLast(
    (call) =>
      call.name === "container.attach" &&
      call.target?.id === start.target.id &&
      call.at <= start.at &&
      (pending(call) || call.at + call.duration >= start.at),
  ) ?? null

function between(container, call, world) {
  const joined = call?.name === "exec.start" ? execOf(call, world.history?.calls ?? []) : null
  const tty = joined ? joined.tty : Boolean(container.tty)
  const wanted = call ? (joined ?? asked(call)) : {}
  const lives = joined ? pending(call) : alive(container)
  return {
    id: container.id,
    name: container.name,
    command: joined?.command || commandOf(container),
    tty,
    lives,
    joined: Boolean(joined),
    held: Boolean(container.stdin),
    state: container.state,
    live: Boolean(call && pending(call)),
    stream: Object.fromEntries(
      STREAMS.map((name) => [name, { on: Boolean(wanted[name]), ...flowed(name, call, tty, world) }]),
    ),
  }
}

const yes = (value) => ["1", "true"].includes(String(value ?? "").toLowerCase())

const asked = ({ params }) => Object.fromEntries(STREAMS.map((name) => [name, yes(params?.[name])]))

function execOf(start, calls) {
  const id = start.path.match(/exec\/([^/]+)\/start/)?.[1] ?? ""
  const made = calls.findLast((call) => call.name === "container.exec" && call.result?.id && call.result.id === id)
  const body = made?.params?.body ?? {}
  const detached = Boolean(start.params?.body?.Detach)
  return {
    tty: Boolean(start.params?.body?.Tty ?? body.Tty),
    command: (body.Cmd ?? []).join(" "),
    stdin: !detached && Boolean(body.AttachStdin),
    stdout: !detached && (body.AttachStdout ?? true),
    stderr: !detached && (body.AttachStderr ?? true),
  }
}

const encoder = new TextEncoder()

// The gateway's report: while a connection is open, the bytes so far and the last line; at its end all that it kept.
// For keys sent to a terminal only their number.
/** @returns {{bytes: number | null, sample: string, more?: boolean, open?: boolean, movedAt?: number}} */
function flowed(name, call, tty, world) {
  if (!call || (tty && name === "stderr")) return { bytes: null, sample: "" }
  const open = pending(call)
  const told = open ? world.pending?.find((one) => one.call === call.call)?.flow : call.flow
  const [bytes, line] = told?.[name] ?? [0, ""]
  const movedAt = open ? (world.history?.moves?.[call.call]?.[name]?.at ?? -Infinity) : -Infinity
  if (open) return { bytes, sample: line, movedAt, open }
  if (Object.keys(told ?? {}).length) return { bytes, sample: kept(name, call) || line }
  return old(name, call, tty)
}

const kept = (name, call) => ({ stdout: call.out, stderr: call.err })[name] ?? ""

// A recording made before the gateway counted each channel: the sample is all there is, or the first part of it.
function old(name, call, tty) {
  if (name === "stdin") return { bytes: call.sent ?? 0, sample: "" }
  if (tty) return { bytes: call.received ?? 0, sample: call.out ?? "" }
  const sample = kept(name, call)
  const bytes = encoder.encode(sample).length
  return { bytes, sample, more: bytes >= SAMPLED }
}
