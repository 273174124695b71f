// The learner's runs: each stop or kill of a container, with its signals and its end at their measured times. Pure:
// `foldRuns(runs, event, names)` returns the runs after one more event. No order is assumed between a call and the
// engine's events, so a signal that comes first opens the run that its call then names.

import { graceOf } from "../api-calls/calls.js"

const MAX_RUNS = 24
const ENDERS = new Set(["container.stop", "container.kill", "container.restart"])
const STOPS = new Set(["container.stop", "container.restart"]) // what asks first, and waits
const NEAR = 1.5 // seconds: a signal this close to a call, before or after, may belong to it
const LATE = 15 // seconds without anything after which a signal starts a new run

// Signals that a client sends by itself, on a window change or when it continues: they neither ask nor force.
const IDLE = { 17: "CHLD", 18: "CONT", 23: "URG", 28: "WINCH" }

const idle = (signal) =>
  Boolean(signal) && Object.entries(IDLE).flat().includes(String(signal).toUpperCase().replace(/^SIG/, ""))

export function foldRuns(runs, event, names) {
  if (event.kind === "CallStarted" && endsContainer(event)) return callStarted(runs, event, names)
  if (event.kind === "CallEnded") return callEnded(runs, event)
  if (event.kind === "SignalSent") return signalSent(runs, event, names)
  if (event.kind === "ContainerDied")
    return change(runs, openOf(runs, event.id), { ended_at: event.at, exit_code: event.exit_code })
  if (event.kind === "OutOfMemory") return change(runs, openOf(runs, event.id), { oom: true })
  if (event.kind === "ContainerStarted") return change(runs, openOf(runs, event.id), { over: true })
  return runs
}

const endsContainer = ({ name, params, target }) =>
  target?.id &&
  !(name === "container.kill" && idle(params?.signal)) &&
  (ENDERS.has(name) || (name === "container.remove" && ["1", "true"].includes(String(params?.force))))

function callStarted(runs, event, names) {
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
  return [...closeRuns(runs, id), newRun(runs, event.at, id, names, how)].slice(-MAX_RUNS)
}

function newRun(runs, since, id, names, how) {
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

const closeRuns = (runs, id) => runs.map((run) => (run.id === id && !run.over ? { ...run, over: true } : run))

function signalSent(runs, event, names) {
  const open = openOf(runs, event.id)
  const fits = open && (open.pending || event.at - lastOf(open) < LATE)
  const signal = [event.at, event.number]
  if (idle(event.number) && !open?.pending) return runs // any signal may be an image's stop signal
  if (fits)
    return change(runs, open, {
      signals: [...open.signals, signal].sort(([a], [b]) => a - b),
      since: Math.min(open.since, event.at),
    })
  return [...closeRuns(runs, event.id), newRun(runs, event.at, event.id, names, { signals: [signal] })].slice(-MAX_RUNS)
}

const lastOf = (run) => run.signals.at(-1)?.[0] ?? run.since

function callEnded(runs, event) {
  const run = runs.find((one) => one.call === event.call)
  // A refused or redundant request (the container had already ended) is no run to compare.
  if (run && event.status >= 300 && !run.signals.length) return runs.filter((one) => one !== run)
  return change(runs, run, { pending: false })
}

const openOf = (runs, id) => runs.findLast((run) => run.id === id && !run.over && run.ended_at === null)

const change = (runs, run, facts) => (run ? runs.map((one) => (one === run ? { ...run, ...facts } : one)) : runs)

// Returns the command that makes this call, in the short form that a learner types.
export function command({ name, params }) {
  if (name === "container.kill")
    return !params?.signal || /^(SIG)?KILL$|^9$/.test(params.signal)
      ? "docker kill"
      : `docker kill -s ${params.signal.replace(/^SIG/, "")}`
  if (name === "container.remove") return "docker rm -f"
  const verb = name === "container.restart" ? "docker restart" : "docker stop"
  return params?.t === undefined ? verb : `${verb} -t ${params.t}`
}
