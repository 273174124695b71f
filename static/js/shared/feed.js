// The entrance for everything that happens, live or recorded. Elements listen here and cannot tell the difference.
// Dispatches `seat`, `story`, `step`, `typing`, `opened` and `link`, with the payloads of docs/architecture.md as
// `detail`.

import { announce } from "./announce.js"

export class Feed extends EventTarget {
  /** @type {any} */
  #source = null
  #skew = 0
  lesson = ""

  // Opens a lesson. `source.follow(feed)` starts to pass events to `receive`; `source.request(name, payload)` answers.
  open(lesson, source) {
    this.lesson = lesson
    this.#source = source
    source.follow(this)
  }

  // Sends a request to the lab. Returns `{ok, …}`, or `{ok: false, say}`.
  async request(name, payload) {
    return this.#source ? this.#source.request(name, payload) : { ok: false, say: "This page is not open yet." }
  }

  // Dispatches one event, whatever its source.
  receive(name, detail) {
    if (name === "story") this.#adjustClock(detail)
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  // Returns the engine's time (estimated), in seconds since the epoch.
  now() {
    return Date.now() / 1000 + this.#skew
  }

  // Announces a message to screen readers.
  announce(words) {
    announce(words)
  }

  // Private

  // An event cannot be in the future, so the newest one bounds the difference of the two clocks. Only a live event
  // shows that this machine's clock runs ahead of the engine's.
  #adjustClock({ event, world, history }) {
    const ahead = Math.max(event?.at ?? 0, world?.at ?? 0) - Date.now() / 1000
    if (!history && event && Math.abs(ahead - this.#skew) > 1) this.#skew = ahead
    else this.#skew = Math.max(this.#skew, ahead)
  }
}

export const feed = new Feed()

// Events of the learner or instructor whom this page watches or follows (class/follow.js).
export const remoteFeed = new Feed()

// Returns the feed of an element: that of its player or still, the remote one with the attribute `remote`, else the
// page's.
export const feedOf = (element) =>
  element.closest("lab-player, lab-still")?.feed ?? (element.hasAttribute("remote") ? remoteFeed : feed)
