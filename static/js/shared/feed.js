// The one door through which all that happens enters the page, live or recorded: widgets listen here, and can't tell.
// Says `seat`, `story`, `step`, `typing`, `opened` and `link`, with the payloads of docs/architecture.md as `detail`.

import { announce } from "./announce.js"

export class Feed extends EventTarget {
  #line = null
  #skew = 0
  lesson = ""

  // Opens a lesson. `line` is where news comes from: `follow(feed)` begins to `take` them, `ask(name, payload)` answers.
  open(lesson, line) {
    this.lesson = lesson
    this.#line = line
    line.follow(this)
  }

  // Answers what the lab says to a question: `{ok, …}`, or `{ok: false, say}`.
  async ask(name, payload) {
    return this.#line ? this.#line.ask(name, payload) : { ok: false, say: "This page is not open yet." }
  }

  // One piece of news, from wherever it comes.
  take(name, detail) {
    if (name === "story") this.#tune(detail)
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  // The engine's clock, as well as the page can tell: seconds since the epoch.
  now() {
    return Date.now() / 1000 + this.#skew
  }

  // Says aloud what has happened, to people who listen.
  announce(words) {
    announce(words)
  }

  // Private

  // An event can't be younger than now, so the youngest one seen bounds how far the two clocks are apart. A clock that
  // runs ahead of the engine's is only found out by a live event.
  #tune({ event, world, history }) {
    const ahead = Math.max(event?.at ?? 0, world?.at ?? 0) - Date.now() / 1000
    if (!history && event && Math.abs(ahead - this.#skew) > 1) this.#skew = ahead
    else this.#skew = Math.max(this.#skew, ahead)
  }
}

export const feed = new Feed()

// What comes of somebody else whom this page follows or watches (class/follow.js).
export const theirs = new Feed()

// The door that an element listens at: within a player or a still that one's, with `theirs` somebody else's, else the page's.
export const feedOf = (element) =>
  element.closest("lab-player, lab-still")?.feed ?? (element.hasAttribute("theirs") ? theirs : feed)
