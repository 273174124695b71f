// A recording's times, as pure functions. `shown` seconds are what a viewer sees pass; `at` seconds are the recording's
// own, which stand still in its pauses for reading. A recording is what the server wrote (docs/architecture.md).

export const lengthOf = ({ seconds, pauses }) => seconds + pauses.reduce((sum, [, long]) => sum + long, 0)

// The moment of the recording that is on view after so many seconds.
export function recordedAt({ pauses }, shown) {
  let paused = 0
  for (const [at, long] of pauses) {
    if (shown < at + paused) break
    if (shown < at + paused + long) return at
    paused += long
  }
  return shown - paused
}

// After how many seconds a moment of the recording is on view.
export const shownAt = ({ pauses }, at) =>
  pauses.reduce((shown, [when, long]) => (when < at ? shown + long : shown), at)

// Where the recording stands at a moment: its last story with all that went before, each step's last verdict, the text.
export function standing({ told, screen, begins }, at) {
  const past = upTo(told, at)
  const stories = past.filter(([, name]) => name === "story").map(([, , payload]) => payload)
  const last = stories.at(-1)
  const history = stories.map(({ seq, event }) => [seq, event])
  const steps = new Map(past.filter(([, name]) => name === "step").map(([, , payload]) => [payload.step, payload]))
  return {
    story: { seq: last?.seq ?? 0, event: null, world: last?.world ?? { ...EMPTY, at: begins }, history },
    steps: [...steps.values()],
    text: textOf(upTo(screen, at)),
  }
}

// What is told and shown after `from`, up to `to`.
export const between = ({ told, screen }, from, to) => ({
  told: within(told, from, to),
  text: textOf(within(screen, from, to)),
})

// The next marker after a moment, or the last one well before it: a click in the middle of a marker goes to the one before.
export function neighbour(marks, shown, way) {
  if (way > 0) return marks.find((one) => one.shown > shown + 0.05) ?? null
  return marks.findLast((one) => one.shown < shown - 0.75) ?? null
}

export const marksOf = (recording) =>
  recording.markers.map(([at, text]) => ({
    at,
    shown: Math.max(0, shownAt(recording, at)),
    text,
    passed: text.startsWith("passed"),
  }))

export function clockWords(seconds) {
  const whole = Math.floor(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`
}

const EMPTY = { engine: "unknown", version: "", containers: [], images: [], pending: [] }

const upTo = (rows, at) => rows.filter(([when]) => when <= at)

const within = (rows, from, to) => rows.filter(([when]) => when > from && when <= to)

const textOf = (rows) => rows.map(([, text]) => text).join("")
