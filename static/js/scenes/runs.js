// The learner's runs: each stop or kill of a container, with its signals and its end at their measured times.
// Pure: `meet(runs, event, names)` is the runs after one more event. No order is assumed between a call and what the
// engine tells of it, so a signal that comes first opens the run which its call then names.

import { graceOf } from "../api-calls/calls.js"

const KEPT = 24
const ENDERS = new Set(["container.stop", "container.kill", "container.restart"])
const STOPS = new Set(["container.stop", "container.restart"]) // what asks first, and waits
const NEAR = 1.5 // seconds: a signal this close to a call, before or after, may belong to it
const LATE = 15 // seconds without anything after which a new signal is another story

// What a client passes on of its own accord, when its window changes or it goes on: it neither asks nor forces.
const IDLE = { 17: "CHLD", 18: "CONT", 23: "URG", 28: "WINCH" }

const idle = (signal) =>
  Boolean(signal) && Object.entries(IDLE).flat().includes(String(signal).toUpperCase().replace(/^SIG/, ""))

export function meet(runs, event, names) {
  if (event.kind === "CallStarted" && asks(event)) return called(runs, event, names)
  if (event.kind === "CallEnded") return answered(runs, event)
  if (event.kind === "SignalSent") return signalled(runs, event, names)
  if (event.kind === "ContainerDied")
    return change(runs, openOf(runs, event.id), { ended_at: event.at, exit_code: event.exit_code })
  if (event.kind === "OutOfMemory") return change(runs, openOf(runs, event.id), { oom: true })
  if (event.kind === "ContainerStarted") return change(runs, openOf(runs, event.id), { over: true })
  return runs
}

const asks = ({ name, params, target }) =>
  target?.id &&
  !(name === "container.kill" && idle(params?.signal)) &&
  (ENDERS.has(name) || (name === "container.remove" && ["1", "true"].includes(String(params?.force))))

function called(runs, event, names) {
  const { id } = event.target
  const how = {
    call: event.call,
    name: event.name,
    how: command(event),
    grace: STOPS.has(event.name) ? graceOf(event) : null,
    hears: event.target.hears ?? null,
    pending: true,
  }
  const orphan = runs.findLast((run) => run.id === id && !run.call && Math.abs(run.since - event.at) < NEAR)
  if (orphan) return change(runs, orphan, { ...how, since: Math.min(orphan.since, event.at) })
  return [...closed(runs, id), fresh(runs, event.at, id, names, how)].slice(-KEPT)
}

function fresh(runs, since, id, names, how) {
  const { name = id.slice(0, 12), image = "", command: line = [], init = false } = names[id] ?? {}
  const number = (runs.at(-1)?.number ?? 0) + 1
  return {
    key: `run:${number}`,
    number,
    id,
    container: name,
    image,
    line,
    init,
    call: "",
    name: "",
    how: "",
    grace: null,
    hears: null,
    pending: false,
    since,
    signals: [],
    ended_at: null,
    exit_code: null,
    oom: false,
    over: false,
    ...how,
  }
}

const closed = (runs, id) => runs.map((run) => (run.id === id && !run.over ? { ...run, over: true } : run))

function signalled(runs, event, names) {
  const open = openOf(runs, event.id)
  const fits = open && (open.pending || event.at - lastOf(open) < LATE)
  const signal = [event.at, event.number]
  if (idle(event.number) && !open?.pending) return runs // an image may be asked to stop by any signal
  if (fits)
    return change(runs, open, {
      signals: [...open.signals, signal].sort(([a], [b]) => a - b),
      since: Math.min(open.since, event.at),
    })
  return [...closed(runs, event.id), fresh(runs, event.at, event.id, names, { signals: [signal] })].slice(-KEPT)
}

const lastOf = (run) => run.signals.at(-1)?.[0] ?? run.since

function answered(runs, event) {
  const run = runs.find((one) => one.call === event.call)
  // A refused or needless request (the container had ended already) is no run to compare.
  if (run && event.status >= 300 && !run.signals.length) return runs.filter((one) => one !== run)
  return change(runs, run, { pending: false })
}

const openOf = (runs, id) => runs.findLast((run) => run.id === id && !run.over && run.ended_at === null)

const change = (runs, run, facts) => (run ? runs.map((one) => (one === run ? { ...run, ...facts } : one)) : runs)

// The command that makes this call; the short form a learner types.
export function command({ name, params }) {
  if (name === "container.kill")
    return !params?.signal || /^(SIG)?KILL$|^9$/.test(params.signal)
      ? "docker kill"
      : `docker kill -s ${params.signal.replace(/^SIG/, "")}`
  if (name === "container.remove") return "docker rm -f"
  const verb = name === "container.restart" ? "docker restart" : "docker stop"
  return params?.t === undefined ? verb : `${verb} -t ${params.t}`
}
