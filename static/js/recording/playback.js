// Plays a recording through a feed and onto a screen, on one clock. Draws nothing itself.
// Says `moved` (the position), `playing` (on or off) and `ended`. Positions are seconds as a viewer sees them pass.

import { announce } from "../shared/announce.js"
import { Feed } from "../shared/feed.js"
import { between, lengthOf, recordedAt, standing } from "./timeline.js"

const TICK = 40 // milliseconds

// The door of a recording: what is asked of it is answered here, and reaches no one.
class RecordedFeed extends Feed {
  clock = () => 0
  hushed = false

  async ask() {
    return { ok: false, say: "This is a recording: nothing in it can be changed or run." }
  }

  now() {
    return this.clock()
  }

  announce(words) {
    if (!this.hushed) announce(`Recording: ${words}`)
  }
}

export default class Playback extends EventTarget {
  feed = new RecordedFeed()
  #screen = null
  #recording = null
  #position = 0
  #speed = 1
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
    this.#tell("playing")
  }

  pause() {
    if (!this.playing) return
    clearInterval(this.#timer)
    this.#timer = null
    this.#tell("playing")
  }

  // Anywhere, at once: the world, the verdicts and the screen stand as they stood then, and nothing is said aloud.
  seek(position) {
    if (!this.#recording) return
    this.#position = Math.min(this.length, Math.max(0, position))
    const { story, steps, text } = standing(this.#recording, this.#at)
    this.feed.hushed = true
    this.feed.take("seat", { state: "ready", say: "A recording", engine: story.world.version })
    this.feed.take("story", story)
    for (const step of steps) this.feed.take("step", step)
    this.feed.hushed = false
    this.#screen.reset()
    this.#screen.write(text)
    this.#tell("moved")
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
    const { told, text } = between(this.#recording, from, this.#at)
    for (const [, name, payload] of told) this.feed.take(name, payload)
    if (text) this.#screen.write(text)
    this.#tell("moved")
    if (this.#position < this.length) return
    this.pause()
    this.#tell("ended")
  }

  #tell(name) {
    this.dispatchEvent(new Event(name))
  }
}
