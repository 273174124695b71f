// The signal theatre: the learner's runs below each other on one time axis, each at its measured times, to compare
// ping, a trap, --init, -t 2 and kill at a glance. `layout` is pure; runs.js keeps the runs.

import { changes as containerChanges, engineText } from "./lifecycle-text.js"
import { circle, fits, frame, group, headline, isNarrow, path, timeOf, text } from "./parts.js"
import { exitParts, exitText, many, seconds, signalName } from "./format.js"

export const title = "Asked and forced, on one clock"

const SETTLED = 2 // seconds after a signal in which its process may still end
const SPAN = 10 // seconds: at least Docker's default grace period
const ROW = { wide: 50, narrow: 96 }
const FOOT = 34
const HEAD = { wide: 30, narrow: 52 } // the sentence above

// shown while there is no run
const WAYS = { "docker stop": "ask: SIGTERM, then wait", "docker kill": "force: SIGKILL at once" }

export const changes = containerChanges

export function layout(world, time, size) {
  const now = timeOf(world, time)
  const tall = isNarrow(size)
  const runs = runsOf(world)
  const step = tall ? ROW.narrow : ROW.wide
  const head = tall ? HEAD.narrow : HEAD.wide
  const height = Math.max(size.height, head + 2 * step + FOOT)
  const slots = Math.max(1, Math.floor((height - head - FOOT) / step))
  const shown = runs.slice(0, slots)
  const axis = axisOf(shown, now, size, tall)
  const parts = [
    ...headline(lastText(runs, now), { y: 18, width: size.width - 8, most: tall ? 2 : 1 }),
    ...gridOf(axis, head + 4, head + 8 + Math.max(2, shown.length) * step),
    ...shown.map((run, index) => row(run, now, axis, { y: head + index * step, tall, width: size.width })),
    ...(runs.length ? later(runs.length - shown.length, size.width, height) : waiting(axis, step, tall, head)),
  ]
  return frame(
    world,
    size,
    height,
    parts,
    shown.some((run) => run.pending || unsure(run, now)),
  )
}

// Returns the runs, newest first, without `rm -f` and without requests that met no process and sent no signal.
export const runsOf = (world) =>
  (world.history?.runs ?? [])
    .filter((run) => run.name !== "container.remove" && (run.signals.length || run.ended_at !== null || run.pending))
    .reverse()

// Whether a signal is so recent that the process may still end.
export const unsure = (run, now) =>
  run.ended_at === null && !run.over && now - (run.signals.at(-1)?.[0] ?? run.since) < SETTLED

// The rows for use in another scene: the newest `slots` runs below `y`, on their own axis.
export function runRows(world, now, { y, width, slots, step }) {
  const runs = runsOf(world)
  const shown = runs.slice(0, slots)
  const axis = axisOf(shown, now, { width }, false)
  return [
    ...gridOf(axis, y, y + 2 + shown.length * step),
    ...shown.map((run, index) => row(run, now, axis, { y: y + index * step, tall: false, width })),
    ...later(runs.length - shown.length, width, y + shown.length * step + 19),
  ]
}

export function describe(world, time) {
  const now = timeOf(world, time)
  const runs = runsOf(world)
  if (!runs.length)
    return [
      engineText(world),
      "Nothing was stopped or killed yet: the first stop or kill is timed here.",
      ...Object.entries(WAYS).map(([how, what]) => `${how}: ${what}.`),
    ]
  return [engineText(world), ...runs.map((run) => runText(run, now))]
}

export function runText(run, now) {
  const what = `${run.how || "A signal"} on ${run.container} (${processOf(run) || run.image})`
  const sent = run.signals.map(([at, number]) => `${signalName(number)} at ${seconds(at - run.since, 2)}`).join(", ")
  return `${what}: ${[sent, hearing(run), endText(run, now)].filter(Boolean).join("; ")}.`
}

// Returns whether the process has a handler for the signal, according to the kernel; "" if unknown.
export function hearing(run) {
  const asked = run.signals.find(([, number]) => number !== 9)?.[1]
  if (!asked || !run.hears || run.init) return ""
  return run.hears.includes(asked)
    ? `it has a handler for ${signalName(asked)}`
    : `it has no handler for ${signalName(asked)}`
}

function endText(run, now) {
  if (run.ended_at !== null) return `ended after ${seconds(run.ended_at - run.since, 2)}, ${exitLong(run)}`
  if (!run.pending) return unsure(run, now) ? "" : "it went on running"
  const left = leftOf(run, now)
  const asked = `asked ${seconds(now - run.since, 0)} ago${run.grace < 0 ? ", and nobody will force it" : ""}`
  return left === null ? asked : `${asked}, ${seconds(Math.ceil(left), 0)} left before SIGKILL`
}

function exitLong(run) {
  const parts = exitParts(run)
  return parts ? `${exitText(run)} (${parts.name})` : exitText(run)
}

const processOf = (run) => [run.init ? "--init" : "", ...run.line].filter(Boolean).join(" ")

// Returns the seconds until SIGKILL; null if it never follows or was sent already.
export function leftOf(run, now) {
  const forced = run.signals.some(([, number]) => number === 9)
  return run.pending && run.grace !== null && run.grace >= 0 && !forced
    ? Math.max(0, run.grace - (now - run.since))
    : null
}

function lastText(runs, now) {
  const [last] = runs
  if (!last) return "No signal yet: the first stop or kill is timed here."
  if (!last.pending) return `${last.container}: ${[last.how, endText(last, now)].filter(Boolean).join(", ")}.`
  const left = leftOf(last, now)
  if (left === null && last.grace < 0) return `${last.container} was asked to end, and nobody will force it.`
  return left === null
    ? `${last.container} was asked to end.`
    : `${last.container} was asked to end. ${seconds(left)} left to tidy up, then SIGKILL.`
}

function axisOf(runs, now, size, tall) {
  const longest = Math.max(0, ...runs.map((run) => Math.max(elapsed(run, now), run.pending ? (run.grace ?? 0) : 0)))
  const span = Math.max(SPAN, longest)
  const left = tall ? 14 : Math.min(300, Math.max(200, size.width * 0.27))
  const right = size.width - (tall ? 16 : 178)
  return { left, right, span, at: (gone) => left + ((right - left) * Math.min(Math.max(0, gone), span)) / span }
}

function elapsed(run, now) {
  if (run.ended_at !== null) return run.ended_at - run.since
  if (run.pending) return now - run.since
  return (run.signals.at(-1)?.[0] ?? run.since) - run.since
}

function gridOf(axis, top, bottom) {
  const step = axis.span <= 12 ? 2 : axis.span <= 30 ? 5 : Math.ceil(axis.span / 60) * 10
  const ticks = []
  for (let at = 0; at <= axis.span + 0.01; at += step) ticks.push(at)
  return ticks.flatMap((at) => [
    path(`grid:${at}`, "grid", `M${axis.at(at)} ${top}V${bottom}`),
    text(`tick:${at}`, "tick", axis.at(at), bottom + 17, `${at} s`, "middle"),
  ])
}

// One run: the command and its process on the left, its time in the middle, its end on the right.
function row(run, now, axis, { y, tall, width }) {
  const line = tall ? 64 : 27
  const gone = elapsed(run, now)
  const forced = run.signals.find(([, number]) => number === 9)
  const force = forced ? axis.at(forced[0] - run.since) : Infinity
  const to = Math.max(axis.at(gone), axis.left + 0.01)
  const room = tall ? width - 150 : axis.left - 22
  const parts = [
    text("how", "name", 4, 18, fits(run.how || "A signal", room, true)),
    text(
      "who",
      "line",
      4,
      36,
      fits([run.container, processOf(run)].filter(Boolean).join(" · "), tall ? width - 10 : room),
    ),
    path("axis", "axis", `M${axis.left} ${line}H${axis.right}`),
    ...(forced ? [path("force", "bar tone-forced", `M${force} ${line}H${Math.max(to, force + 0.01)}`)] : []),
    ...(run.signals[0]?.[1] === 9
      ? []
      : [path("bar", "bar tone-asked", `M${axis.left} ${line}H${Math.min(to, force)}`)]),
    ...marksOf(run, axis, line),
    ...(hearing(run)
      ? [
          text(
            "hears",
            "line",
            axis.left + 6,
            line + 17,
            hearing(run).replace("it has a", "has a").replace("it has no", "no"),
          ),
        ]
      : []),
    ...endOf(run, now, axis, { line, tall, width }),
  ]
  return group(run.key, `run ${run.pending ? "live" : ""}`, 0, y, parts, { full: runText(run, now) })
}

function marksOf(run, axis, line) {
  const marks = run.signals.map(([at, number], index) =>
    mark(`s${index}`, axis.at(at - run.since), number, line, false),
  )
  const forced = run.signals.some(([, number]) => number === 9)
  if (run.pending && run.grace >= 0 && run.grace !== null && !forced)
    marks.push(mark("due", axis.at(run.grace), 9, line, true))
  return spread(marks, axis).flatMap(({ parts }) => parts)
}

function mark(key, x, number, line, expected) {
  const tone = number === 9 ? "forced" : "asked"
  const name = signalName(number)
  const label = text(
    `${key}:label`,
    `mark-name tone-${tone} ${expected ? "expected" : ""}`,
    x,
    line - 12,
    name,
    "middle",
  )
  const tick = path(`${key}:tick`, `mark-tick tone-${tone} ${expected ? "expected" : ""}`, `M${x} ${line - 8}v16`)
  return { x, half: name.length * 4, label, parts: [tick, label] }
}

// Separates the names of two close signals to the left and to the right.
function spread(marks, axis) {
  for (const one of marks) one.label.x = Math.max(one.x, axis.left - 8 + one.half)
  for (let n = 1; n < marks.length; n += 1) {
    const edge = marks[n - 1].label.x + marks[n - 1].half + 8
    if (marks[n].label.x - marks[n].half < edge) marks[n].label.x = edge + marks[n].half
  }
  let limit = axis.right + 14
  for (const one of [...marks].reverse()) {
    one.label.x = Math.min(one.label.x, limit - one.half)
    limit = one.label.x - one.half - 8
  }
  return marks
}

function endOf(run, now, axis, { line, tall, width }) {
  const right = tall ? { x: width - 4, anchor: "end" } : { x: axis.right + 22, anchor: "start" }
  if (run.ended_at !== null) {
    const x = axis.at(run.ended_at - run.since)
    const tone = exitParts(run)?.number === 9 ? "forced" : "asked"
    return [
      path("end", "end", `M${x} ${line - 8}v16`),
      text(
        "exit",
        `end-words tone-${exitParts(run) ? tone : "plain"}`,
        right.x,
        tall ? 18 : line - 4,
        exitText(run),
        right.anchor,
      ),
      text(
        "took",
        "line",
        right.x,
        tall ? 84 : line + 13,
        `ended at ${seconds(run.ended_at - run.since, 2)}`,
        right.anchor,
      ),
    ]
  }
  if (!run.pending)
    return unsure(run, now) ? [] : [text("exit", "line", right.x, tall ? 18 : line + 4, "still running", right.anchor)]
  return countdown(run, now, axis, { line, tall, right })
}

function countdown(run, now, axis, { line, tall, right }) {
  const left = leftOf(run, now)
  const head = circle("head", "head", axis.at(now - run.since), line, 7)
  if (left === null) return [head]
  const round = 2 * Math.PI * 17
  const at = tall ? { x: right.x - 20, y: 22 } : { x: axis.right + 56, y: line }
  return [
    head,
    circle("track", "ring-track", at.x, at.y, 17),
    {
      ...circle("left", "ring-left", 0, 0, 17),
      "stroke-dasharray": `${round * (run.grace ? left / run.grace : 0)} ${round}`,
      transform: `translate(${at.x} ${at.y}) rotate(-90)`,
    },
    text("count", "ring-count", at.x, at.y + 4.5, left.toFixed(left < 9.95 ? 1 : 0), "middle"),
    ...(tall ? [] : [text("words", "line", at.x + 26, line + 4, "s to tidy up")]),
  ]
}

function later(hidden, width, height) {
  return hidden > 0 ? [text("hidden", "tick", width - 4, height - 3, `and ${many(hidden, "earlier run")}`, "end")] : []
}

function waiting(axis, step, tall, head) {
  const line = (index) => head + index * step + (tall ? 64 : 27)
  return Object.entries(WAYS).flatMap(([how, what], index) => [
    path(`ghost:${index}`, "axis", `M${axis.left} ${line(index)}H${axis.right}`),
    text(`ghost:how:${index}`, "name ghost-words", 4, line(index) - (tall ? 38 : 3), how),
    text(`ghost:who:${index}`, "ghost-words", 4, line(index) - (tall ? 20 : -14), what),
  ])
}
