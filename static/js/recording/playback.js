// Plays a recording into a feed and a screen, on one clock. Draws nothing itself. Dispatches `moved` (the position),
// `playing` (on or off) and `ended`. Positions are seconds of viewing.

import { announce } from "../shared/announce.js"
import { Feed } from "../shared/feed.js"
import { changesBetween, lengthOf, recordedAt, stateAt } from "./timeline.js"

const TICK = 40 // milliseconds

// The feed of a recording: requests are refused here and never reach the lab.
class RecordedFeed extends Feed {
  clock = () => 0
  muted = false

  async request() {
    return { ok: false, say: "This is a recording: nothing in it can be changed or run." }
  }

  now() {
    return this.clock()
  }

  announce(words) {
    if (!this.muted) announce(`Recording: ${words}`)
  }
}

export default class Playback extends EventTarget {
  feed = new RecordedFeed()
  /** @type {any} */
  #screen = null
  /** @type {any} */
  #recording = null
  #position = 0
  #speed = 1
  /** @type {any} */
  #timer = null
  #ticked = 0

  constructor() {
    super()
    this.feed.clock = () => (this.#recording ? this.#recording.begins + this.#at : 0)
  }

  // `screen` has reset() and write(text).
  open(recording, screen) {
    this.pause()
    this.#recording = recording
    this.#screen = screen
    this.feed.lesson = recording.lesson
    this.seek(0)
  }

  get recording() {
    return this.#recording
  }

  get length() {
    return this.#recording ? lengthOf(this.#recording) : 0
  }

  get position() {
    return this.#position
  }

  get playing() {
    return this.#timer !== null
  }

  get speed() {
    return this.#speed
  }

  set speed(times) {
    this.#advance()
    this.#speed = times
  }

  play() {
    if (this.playing || !this.#recording) return
    if (this.#position >= this.length) this.seek(0)
    this.#ticked = performance.now()
    this.#timer = setInterval(() => this.#advance(), TICK)
    this.#dispatch("playing")
  }

  pause() {
    if (!this.playing) return
    clearInterval(this.#timer)
    this.#timer = null
    this.#dispatch("playing")
  }

  // Jumps to a position: world, verdicts and screen are as they were then, and nothing is announced.
  seek(position) {
    if (!this.#recording) return
    this.#position = Math.min(this.length, Math.max(0, position))
    const { story, steps, text } = stateAt(this.#recording, this.#at)
    this.feed.muted = true
    this.feed.receive("seat", { state: "ready", say: "A recording", engine: story.world.version })
    this.feed.receive("story", story)
    for (const step of steps) this.feed.receive("step", step)
    this.feed.muted = false
    this.#screen.reset()
    this.#screen.write(text)
    this.#dispatch("moved")
  }

  // Private

  get #at() {
    return recordedAt(this.#recording, this.#position)
  }

  #advance() {
    if (!this.playing) return
    const now = performance.now()
    const from = this.#at
    this.#position = Math.min(this.length, this.#position + ((now - this.#ticked) / 1000) * this.#speed)
    this.#ticked = now
    const { told, text } = changesBetween(this.#recording, from, this.#at)
    for (const [, name, payload] of told) this.feed.receive(name, payload)
    if (text) this.#screen.write(text)
    this.#dispatch("moved")
    if (this.#position < this.length) return
    this.pause()
    this.#dispatch("ended")
  }

  #dispatch(name) {
    this.dispatchEvent(new Event(name))
  }
}
