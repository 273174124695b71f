// The last stop or kill of one container, on a time axis at its measured times. Pure: `signalTimeline(world, now, box)`
// says what to draw where.

import { exitParts, exitText, seconds, signalName, wrap } from "./format.js"

const SPAN = 10 // seconds: the axis has at least Docker's default grace period, so that runs can be compared
const EPISODE = 30 // seconds: after a longer pause a signal starts a new episode

export function signalTimeline(world, now, box) {
  const container = focusedContainer(world)
  if (!container) return null
  const run = lastEpisode(container, now)
  const axis = axisOf(run, box)
  return {
    id: container.id,
    heading: wrap(sentence(run), Math.floor(box.width / 7.3), 2),
    tone: run.tone,
    axis,
    bar: { from: axis.at(0), to: axis.at(run.elapsed) },
    marks: marksOf(run, axis, box),
    ring: run.pending ? { x: axis.at(run.elapsed), y: axis.y, ...gracePeriod(container, now) } : null,
    end: run.end === null ? null : endOf(run, axis, box),
  }
}

// Returns how far a pending stop has come: `left` seconds until SIGKILL (null: never), `share` of the ring still
// closed.
export function gracePeriod(container, now) {
  const { since, grace } = container.stopping
  const gone = Math.max(0, now - since)
  if (grace === null || grace < 0) return { left: null, gone, share: 1 }
  return { left: Math.max(0, grace - gone), gone, share: grace ? Math.max(0, 1 - gone / grace) : 0 }
}

export function sentence(run) {
  const { container, first, end } = run
  const name = container.name
  if (run.pending) return pendingText(container, run)
  if (end === null) return `${name} was sent ${signalName(first)} and is still running.`
  const parts = exitParts(container)
  const how = parts ? `${exitText(container)} (${parts.name})` : exitText(container)
  if (first === 9) return `${name} was killed at once: SIGKILL cannot be refused. ${capital(how)}.`
  const killed = run.signals.find(([, number]) => number === 9)
  if (killed) return `${name} did not end when asked. After ${seconds(killed[0])} SIGKILL ended it: ${how}.`
  return `${name} ended ${seconds(end, 2)} after ${signalName(first)}: ${how}.`
}

export function focusedContainer(world) {
  const stopping = world.containers.filter((one) => one.stopping)
  if (stopping.length) return stopping.reduce((a, b) => (b.stopping.since >= a.stopping.since ? b : a))
  const signalled = world.containers.filter((one) => one.signals.length)
  return signalled.length ? signalled.reduce((a, b) => (b.signals.at(-1)[0] >= a.signals.at(-1)[0] ? b : a)) : null
}

// Returns the last uninterrupted sequence of signals of the container's last run, with times relative to its start.
export function lastEpisode(container, now) {
  const pending = Boolean(container.stopping)
  const sent = lastSignals(container)
  const zero = Math.min(sent[0]?.[0] ?? Infinity, pending ? container.stopping.since : Infinity)
  const signals = sent.map(([at, number]) => [at - zero, number])
  const ended = !pending && container.state === "exited" && container.ended_at
  const end = ended ? Math.max(0, container.ended_at - zero) : null
  const elapsed = end ?? (pending ? Math.max(0, now - zero) : signals.at(-1)[0])
  const killed = signals.some(([, number]) => number === 9)
  return { container, pending, signals, end, elapsed, first: signals[0]?.[1] ?? 15, tone: killed ? "forced" : "asked" }
}

function lastSignals(container) {
  const all = container.stopping
    ? container.signals.filter(([at]) => at >= container.stopping.since - 1)
    : container.signals
  let from = all.length - 1
  while (from > 0 && all[from][0] - all[from - 1][0] < EPISODE) from -= 1
  return all.slice(Math.max(0, from))
}

function pendingText(container, run) {
  const { left, gone } = gracePeriod(container, now(run, container))
  const asked = `${container.name} was asked to stop ${seconds(gone)} ago.`
  if (run.signals.some(([, number]) => number === 9)) return `${asked} SIGKILL was sent: it has to end now.`
  return left === null ? `${asked} Nobody will force it.` : `${asked} ${seconds(left)} left to tidy up, then SIGKILL.`
}

const now = (run, container) => container.stopping.since + run.elapsed

function axisOf(run, box) {
  const grace = run.pending ? (run.container.stopping.grace ?? 0) : 0
  const span = Math.max(SPAN, grace, run.elapsed)
  const [left, right] = [box.x + 34, box.x + box.width - 34]
  return { left, right, y: box.y + box.axis, span, at: (time) => left + ((right - left) * Math.min(time, span)) / span }
}

function marksOf(run, axis, box) {
  const marks = run.signals.map(([time, number]) => mark(axis, time, number, false))
  const grace = run.pending ? run.container.stopping.grace : -1
  const killed = run.signals.some(([, number]) => number === 9)
  if (grace >= 0 && grace !== null && !killed) marks.push(mark(axis, grace, 9, true))
  return spread(marks, box)
}

function mark(axis, time, number, expected) {
  const when = expected ? `at ${seconds(time, 0)}` : seconds(time, time > 0.05 ? 2 : 1)
  return { x: axis.at(time), label: signalName(number), when, tone: number === 9 ? "forced" : "asked", expected }
}

// Places each label at its mark if there is room, else shifts it right, then all of them left.
function spread(marks, box) {
  const width = (one) => (one.label.length + one.when.length + 1) * 7.4
  let edge = box.x
  for (const one of marks) {
    one.text = Math.max(edge, one.x - width(one) / 2)
    edge = one.text + width(one) + 14
  }
  let limit = box.x + box.width
  for (const one of [...marks].reverse()) {
    one.text = Math.max(box.x, Math.min(one.text, limit - width(one)))
    limit = one.text - 14
  }
  return marks
}

function endOf(run, axis, box) {
  const label = `ended ${seconds(run.end, 2)} · ${exitText(run.container)}`
  const half = (label.length * 7.6) / 2
  const x = axis.at(run.end)
  const text = Math.min(Math.max(x, box.x + half), box.x + box.width - half)
  return { x, text, label }
}

const capital = (text) => text[0].toUpperCase() + text.slice(1)
