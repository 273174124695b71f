// Where a presentation is: which idea, how much of it, what is revealed, whether its recording is shown. Pure moves over
// a deck, and a memory that all windows of this browser share: what one of them changes, the others are told; a reload
// finds it again, but the engine in the recording's place.

import { recall, remember } from "../shared/storage.js"

const STALE = 6 * 3600 // seconds after which a presentation is another one
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

// A deck is [{ name, parts }, …]. The next part of this idea, else the next idea; past the end, nothing moves.
export function forward(deck, place) {
  const at = indexOf(deck, place)
  if (place.part < deck[at].parts - 1) return { ...place, part: place.part + 1, recording: "" }
  return at < deck.length - 1 ? to(place, deck[at + 1].name, 0) : place
}

// Back to the part before, or to the whole of the idea before.
export function back(deck, place) {
  const at = indexOf(deck, place)
  if (place.part > 0) return { ...place, part: place.part - 1, recording: "" }
  return at > 0 ? to(place, deck[at - 1].name, deck[at - 1].parts - 1) : place
}

// Whether the part in view speaks of commands of which only so many have been typed; a recording speaks for itself.
export const owes = ({ due = [] }, { part, recording }, typed) =>
  !recording && (due[Math.min(part, due.length - 1)] ?? 0) > typed

// The recording of this idea in the engine's place, and back.
export const recorded = (place, { name }) => ({ ...place, recording: place.recording ? "" : name })

// Whether this news of the stagehand says that the terminal did not take a command.
export const failed = ({ state, say, stage }) => state === "free" && Boolean(say) && !stage

// One more of what can be revealed; after the last, all of it is hidden again.
export const reveal = (place, many) => ({ ...place, revealed: many && place.revealed < many ? place.revealed + 1 : 0 })

export const VIEWS = ["both", "terminal", "picture"]
export const turned = (place) => ({ ...place, view: VIEWS[(VIEWS.indexOf(place.view) + 1) % VIEWS.length] })

export const indexOf = (deck, place) =>
  Math.max(
    0,
    deck.findIndex((one) => one.name === place.idea),
  )

export const following = (deck, place) => deck[indexOf(deck, place) + 1] ?? null

// What was kept, if it belongs to this presentation: not one of another day.
export function resumed(text, now) {
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

export const scaled = (scale, by) =>
  by ? Math.round(Math.min(SCALES.most, Math.max(SCALES.least, scale + by * SCALES.step)) * 10) / 10 : SCALES.usual

function to(place, idea, part) {
  return { ...place, idea, part, revealed: 0, recording: "" }
}

const two = (number) => String(number).padStart(2, "0")

// The shared memory of one lesson. Says `change`, here and in the other windows.
export class Place extends EventTarget {
  #name
  #now

  constructor(lesson) {
    super()
    this.#name = `present.${lesson}`
    this.#now = resumed(recall(this.#name), Date.now() / 1000)
    addEventListener("storage", ({ key }) => this.#heard(key ?? ""))
  }

  get now() {
    return this.#now
  }

  get scale() {
    return Number(recall("present-scale")) || SCALES.usual
  }

  set scale(value) {
    remember("present-scale", value)
    this.dispatchEvent(new Event("change"))
  }

  become(place) {
    if (place === this.#now) return
    this.#now = { ...place, moved: Date.now() / 1000 }
    remember(this.#name, JSON.stringify(this.#now))
    this.dispatchEvent(new Event("change"))
  }

  // Private

  #heard(key) {
    if (!key.includes("present") && !key.includes("theme")) return
    this.#now = resumed(recall(this.#name), Date.now() / 1000)
    this.dispatchEvent(new Event("change"))
  }
}
