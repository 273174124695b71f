// Where a presentation is: which idea, how much of it, what is revealed, whether its recording is shown. Pure moves
// over a deck, and a position shared by all windows of this browser and restored after a reload (without the
// recording).

import { loadSetting, saveSetting } from "../shared/storage.js"

const STALE = 6 * 3600 // seconds after which a presentation is a new one
export const START = {
  idea: "intro",
  part: 0,
  revealed: 0,
  recording: "",
  blank: false,
  view: "both",
  since: 0,
  moved: 0,
}
export const SCALES = { least: 0.7, most: 2, step: 0.1, usual: 1 }

// A deck is [{ name, parts }, …]. Moves to the next part of this idea, else to the next idea. At the end nothing moves.
export function forward(deck, position) {
  const at = indexOf(deck, position)
  if (position.part < deck[at].parts - 1) return { ...position, part: position.part + 1, recording: "" }
  return at < deck.length - 1 ? to(position, deck[at + 1].name, 0) : position
}

// Moves to the previous part, or to the end of the previous idea.
export function back(deck, position) {
  const at = indexOf(deck, position)
  if (position.part > 0) return { ...position, part: position.part - 1, recording: "" }
  return at > 0 ? to(position, deck[at - 1].name, deck[at - 1].parts - 1) : position
}

// Whether the visible part has commands that have not been typed yet; a recording needs none.
export const hasUntypedCommand = ({ due = [] }, { part, recording }, typed) =>
  !recording && (due[Math.min(part, due.length - 1)] ?? 0) > typed

// Shows the recording of this idea instead of the engine, or the engine again.
export const withRecording = (position, { name }) => ({ ...position, recording: position.recording ? "" : name })

// Whether the automatic typing reports that the terminal did not accept a command.
export const wasRefused = ({ state, say, stage }) => state === "free" && Boolean(say) && !stage

// Reveals one more item; after the last one, hides all.
export const reveal = (position, many) => ({
  ...position,
  revealed: many && position.revealed < many ? position.revealed + 1 : 0,
})

export const VIEWS = ["both", "terminal", "picture"]
export const withNextView = (position) => ({
  ...position,
  view: VIEWS[(VIEWS.indexOf(position.view) + 1) % VIEWS.length],
})

export const indexOf = (deck, position) =>
  Math.max(
    0,
    deck.findIndex((one) => one.name === position.idea),
  )

export const following = (deck, position) => deck[indexOf(deck, position) + 1] ?? null

// Returns the stored position if it belongs to this presentation and not to another day.
export function restored(text, now) {
  try {
    const kept = { ...START, ...JSON.parse(text ?? "null") }
    return now - kept.moved < STALE ? kept : { ...START, since: now, moved: now }
  } catch {
    return { ...START, since: now, moved: now }
  }
}

export const elapsed = (since, now) => {
  const all = Math.max(0, Math.floor(now - since))
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60]
  return [...(hours ? [hours] : []), hours ? two(minutes) : minutes, two(seconds)].join(":")
}

export const scaleBy = (scale, by) =>
  by ? Math.round(Math.min(SCALES.most, Math.max(SCALES.least, scale + by * SCALES.step)) * 10) / 10 : SCALES.usual

function to(position, idea, part) {
  return { ...position, idea, part, revealed: 0, recording: "" }
}

const two = (number) => String(number).padStart(2, "0")

// The shared position of one lesson. Dispatches `change`, here and in the other windows.
export class SharedPosition extends EventTarget {
  #name
  #now

  constructor(lesson) {
    super()
    this.#name = `present.${lesson}`
    this.#now = restored(loadSetting(this.#name), Date.now() / 1000)
    addEventListener("storage", ({ key }) => this.#onStorage(key ?? ""))
  }

  get now() {
    return this.#now
  }

  get scale() {
    return Number(loadSetting("present-scale")) || SCALES.usual
  }

  set scale(value) {
    saveSetting("present-scale", value)
    this.dispatchEvent(new Event("change"))
  }

  become(position) {
    if (position === this.#now) return
    this.#now = { ...position, moved: Date.now() / 1000 }
    saveSetting(this.#name, JSON.stringify(this.#now))
    this.dispatchEvent(new Event("change"))
  }

  // Private

  #onStorage(key) {
    if (!key.includes("present") && !key.includes("theme")) return
    this.#now = restored(loadSetting(this.#name), Date.now() / 1000)
    this.dispatchEvent(new Event("change"))
  }
}
