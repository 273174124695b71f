// Which wires lie between the learner's terminal and a process, and what has flowed on them: the newest connection that
// was made (attach, or a second command), or the container that was started without one. Pure.

import { pending } from "../wire.js"
import { alive } from "./kit.js"
import { commandOf } from "./words.js"

export const STREAMS = ["stdin", "stdout", "stderr"]

// `{name, command, tty, lives, joined, live, stream: {stdin: {on, bytes, sample}, …}}`, or null when nothing was run.
// `on` is whether the wire was connected; `bytes` and `sample` are null as long as nobody has told.
export function plugged(world) {
  const calls = world.tale?.calls ?? []
  const last = calls.findLast((call) => ["container.attach", "exec.start", "container.start"].includes(call.name) && call.target?.id && !call.refused && !(call.status >= 400))
  const newest = world.containers.reduce((found, one) => (!found || one.created_at >= found.created_at ? one : found), null)
  if (!last) return newest ? between(newest, null, calls) : null
  const container = world.containers.find((one) => one.id === last.target.id) ?? gone(last)
  const call = last.name === "container.start" ? attachOf(calls, last) : last
  return between(container, call, calls)
}

const gone = ({ target }) => ({ id: target.id, name: target.name, image: target.image, command: target.command ?? [], tty: target.tty, stdin: false, state: "gone" })

// The attach call that was open when this start was asked for: `docker run` connects first and starts then.
const attachOf = (calls, start) =>
  calls.findLast((call) => call.name === "container.attach" && call.target?.id === start.target.id && call.at <= start.at && (pending(call) || call.at + call.duration >= start.at)) ?? null

function between(container, call, calls) {
  const joined = call?.name === "exec.start" ? execOf(call, calls) : null
  const tty = joined ? joined.tty : Boolean(container.tty)
  const wanted = call ? (joined ?? asked(call)) : {}
  const lives = joined ? pending(call) : alive(container)
  return {
    id: container.id, name: container.name, command: joined?.command || commandOf(container), tty, lives,
    joined: Boolean(joined), held: Boolean(container.stdin), state: container.state, live: Boolean(call && pending(call)),
    stream: Object.fromEntries(STREAMS.map((name) => [name, { on: Boolean(wanted[name]), ...flowed(name, call, tty) }])),
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
    tty: Boolean(start.params?.body?.Tty ?? body.Tty), command: (body.Cmd ?? []).join(" "),
    stdin: !detached && Boolean(body.AttachStdin), stdout: !detached && (body.AttachStdout ?? true), stderr: !detached && (body.AttachStderr ?? true),
  }
}

const encoder = new TextEncoder()

// What the gateway told when the connection ended: it keeps a sample of what the client was sent, not of what was typed.
function flowed(name, call, tty) {
  if (!call || pending(call)) return { bytes: null, sample: "" }
  if (name === "stdin") return { bytes: call.sent ?? 0, sample: "" }
  if (tty) return { bytes: name === "stdout" ? call.received ?? 0 : null, sample: name === "stdout" ? call.out : "" }
  const sample = name === "stdout" ? call.out : call.err
  return { bytes: encoder.encode(sample ?? "").length, sample: sample ?? "" }
}
