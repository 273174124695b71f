// The times of a recording, as pure functions. `shown` seconds pass for the viewer; `at` seconds are the recording's
// own, which stand still in its reading pauses. The server writes recordings (docs/architecture.md).

export const lengthOf = ({ seconds, pauses }) => seconds + pauses.reduce((sum, [, long]) => sum + long, 0)

// Returns the moment of the recording that is visible after so many seconds.
export function recordedAt({ pauses }, shown) {
  let paused = 0
  for (const [at, long] of pauses) {
    if (shown < at + paused) break
    if (shown < at + paused + long) return at
    paused += long
  }
  return shown - paused
}

// Returns after how many seconds a moment of the recording is visible.
export const shownAt = ({ pauses }, at) =>
  pauses.reduce((shown, [when, long]) => (when < at ? shown + long : shown), at)

// Returns the state at a moment: its last story with all events before it, each step's last verdict, the text.
export function stateAt({ told, screen, begins }, at) {
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

// Returns what is dispatched and shown after `from`, up to `to`.
export const changesBetween = ({ told, screen }, from, to) => ({
  told: within(told, from, to),
  text: textOf(within(screen, from, to)),
})

// Returns the next marker, or the last one well before a moment: right behind a marker, it is the one before that.
export function adjacentMarker(marks, shown, way) {
  if (way > 0) return marks.find((one) => one.shown > shown + 0.05) ?? null
  return marks.findLast((one) => one.shown < shown - 0.75) ?? null
}

export const markersOf = (recording) =>
  recording.markers.map(([at, text]) => ({
    at,
    shown: Math.max(0, shownAt(recording, at)),
    text,
    passed: text.startsWith("passed"),
  }))

export function timeText(seconds) {
  const whole = Math.floor(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`
}

const EMPTY = { engine: "unknown", version: "", containers: [], images: [], pending: [] }

const upTo = (rows, at) => rows.filter(([when]) => when <= at)

const within = (rows, from, to) => rows.filter(([when]) => when > from && when <= to)

const textOf = (rows) => rows.map(([, text]) => text).join("")
