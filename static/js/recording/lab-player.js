// <lab-player recordings="/recordings/" hidden> – plays the recorded proof of a step: the lesson's scene on a feed of
// its own, and a read-only terminal. It never contacts the lab.
//
//   await player.load(lesson, step)     throws an Error with a readable message if there is no recording
//   player.play()  player.pause()  player.seek(seconds)  player.speed = 2
//   player.position  player.length  player.playing  player.marks: [{ shown, text, passed }]
//
// player.feed dispatches `story`, `step` and `seat` like the page's own. The element dispatches `lab-player-moved`,
// `lab-player-playing`, `lab-player-ended` and, when the viewer closes it, `lab-player-close`. Attributes: `pinned`
// (cannot be closed), `text` (font size of the terminal in pixels), `bare` (without the scene).

import { announce } from "../shared/announce.js"
import { h, sentence } from "../shared/dom.js"
import Playback from "./playback.js"
import { createParts } from "./player-parts.js"
import { castAddress, loadRecording } from "./recordings.js"
import { timeText, markersOf, adjacentMarker } from "./timeline.js"

const SKIP = 5 // seconds per arrow key
const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)")

export default class LabPlayer extends HTMLElement {
  #playback = new Playback()
  #marks = []
  #parts = {}
  /** @type {any} */
  #scene = null
  /** @type {any} */
  #screen = null
  #requested = ""
  /** @type {string | null} */
  #verdict = null

  connectedCallback() {
    if (this.#parts.play) return
    this.tabIndex = -1
    this.setAttribute("role", "region")
    this.#draw()
    this.#playback.addEventListener("moved", () => this.#onMove())
    for (const name of ["playing", "ended"]) this.#playback.addEventListener(name, () => this.#onPlayState(name))
    this.feed.addEventListener("step", ({ detail }) => this.#onVerdict(detail))
    this.addEventListener("keydown", (event) => this.#pressed(event))
  }

  get feed() {
    return this.#playback.feed
  }

  get position() {
    return this.#playback.position
  }

  get length() {
    return this.#playback.length
  }

  get playing() {
    return this.#playback.playing
  }

  get marks() {
    return this.#marks
  }

  get speed() {
    return this.#playback.speed
  }

  set speed(times) {
    this.#playback.speed = times
    for (const button of this.#parts.speeds.children)
      button.setAttribute("aria-pressed", String(Number(button.value) === times))
  }

  // Opens the recording of a step at its start, paused.
  async load(lesson, step) {
    this.#requested = `${lesson}/${step}`
    const [recording, { default: LabRecordedTerminal }] = await Promise.all([
      loadRecording(this.getAttribute("recordings"), lesson, step),
      import("./lab-recorded-terminal.js"),
    ])
    if (this.#requested !== `${lesson}/${step}`) return
    if (!customElements.get("lab-recorded-terminal"))
      customElements.define("lab-recorded-terminal", LabRecordedTerminal)
    this.#stage(recording.scene)
    this.#screen.size(recording.cols, recording.rows)
    this.#verdict = null
    this.#marks = markersOf(recording)
    this.#playback.open(recording, this.#screen)
    this.#label(recording)
  }

  play() {
    this.#playback.play()
  }

  pause() {
    this.#playback.pause()
  }

  seek(position) {
    this.#playback.seek(position)
  }

  // Starts after the viewer's own click, unless they prefer reduced motion.
  begin() {
    if (REDUCED_MOTION.matches)
      announce("The recording waits. Play starts it; the bracket keys go from verdict to verdict.")
    else this.play()
  }

  // Private

  #draw() {
    const parts = createParts({
      close: () => this.#close(),
      toggle: () => this.#toggle(),
      skip: (way) => this.#skip(way),
      seek: (position) => this.seek(position),
      setSpeed: (times) => (this.speed = times),
    })
    this.#parts = parts
    this.append(parts.head, parts.stage, parts.verdict, parts.controls, parts.note)
    parts.close.hidden = this.hasAttribute("pinned")
    this.speed = 1
  }

  // Creates picture and terminal once: a page shows recordings of one lesson, and a lesson has one scene.
  #stage(name) {
    if (this.#scene?.getAttribute("scene") !== name) {
      this.#scene = h("lab-scene", { scene: name, tabindex: "0", role: "group", "aria-label": "Recorded picture" })
      this.#screen = h("lab-recorded-terminal", { text: this.getAttribute("text") })
      this.#parts.stage.replaceChildren(...(this.hasAttribute("bare") ? [] : [this.#scene]), this.#screen)
    }
  }

  #label({ lesson, step, title, begins }) {
    const day = new Date(begins * 1000).toLocaleDateString(undefined, { dateStyle: "medium" })
    this.#parts.title.textContent = title
    this.#parts.title.title = `Recorded on ${day}`
    this.setAttribute("aria-label", `Recording: ${title}`)
    this.#parts.cast.href = castAddress(this.getAttribute("recordings"), lesson, step)
    this.#parts.cast.setAttribute("download", `${lesson}-${step}.cast`)
    this.#parts.range.max = this.length.toFixed(1)
    this.#parts.marks.replaceChildren(...this.#marks.map((mark) => this.#tick(mark)))
    this.#onPlayState("playing")
    this.#onMove()
  }

  #tick(mark) {
    const made = h("button", {
      type: "button",
      tabindex: "-1",
      class: `player-mark ${mark.passed ? "passed" : ""}`,
      title: `${timeText(mark.shown)} ${mark.text}`,
      "aria-label": `Go to ${timeText(mark.shown)}: ${mark.text}`,
      onclick: () => this.seek(mark.shown),
    })
    made.style.setProperty("--at", mark.shown / this.length)
    return made
  }

  #onMove() {
    const { range, time } = this.#parts
    if (document.activeElement !== range || !this.playing || Math.abs(range.value - this.position) > 0.3)
      range.value = this.position
    range.style.setProperty("--gone", this.position / (this.length || 1))
    const at = this.#marks.findLast((mark) => mark.shown <= this.position + 0.05)
    range.setAttribute(
      "aria-valuetext",
      `${Math.floor(this.position)} of ${Math.round(this.length)} seconds${at ? `; ${at.text}` : ""}`,
    )
    time.textContent = `${timeText(this.position)} / ${timeText(this.length)}`
    this.dispatchEvent(new CustomEvent("lab-player-moved", { bubbles: true, detail: this.position }))
  }

  #onPlayState(name) {
    const words = this.playing ? "Pause" : this.position >= this.length ? "Once more" : "Play"
    this.#parts.play.textContent = words
    this.toggleAttribute("playing", this.playing)
    this.dispatchEvent(new CustomEvent(`lab-player-${name}`, { bubbles: true }))
  }

  // Shows the recorded verdict in the player, not on the learner's card.
  #onVerdict(detail) {
    if (`${detail.lesson}/${detail.step}` !== this.#requested) return
    const passed = detail.verdict === "passed"
    const words = passed ? (detail.evidence.at(-1)?.text ?? "") : detail.why
    const said = `${passed ? "Passed" : "Not yet"}: ${words}`
    if (said === this.#verdict) return
    this.#verdict = said
    this.#parts.verdict.classList.toggle("passed", passed)
    this.#parts.verdict.replaceChildren(h("strong", {}, passed ? "✓ Passed: " : "Not yet: "), ...sentence(words))
  }

  #toggle() {
    if (this.playing) this.pause()
    else this.play()
  }

  #skip(way) {
    const mark = adjacentMarker(this.#marks, this.position, way)
    this.seek(mark ? mark.shown : way > 0 ? this.length : 0)
    announce(mark ? mark.text : way > 0 ? "The end of the recording." : "The beginning of the recording.")
  }

  #close() {
    this.pause()
    this.dispatchEvent(new CustomEvent("lab-player-close", { bubbles: true }))
  }

  #pressed(event) {
    if (
      event.ctrlKey ||
      event.altKey ||
      event.metaKey ||
      event.key === "Tab" ||
      event.key === "?" ||
      event.key === "F6"
    )
      return
    const field = event.target.matches("input[type=range]")
    const does =
      (event.target.matches("button, a") && [" ", "Enter"].includes(event.key)) ||
      (field && event.key.startsWith("Arrow"))
        ? null
        : this.#keys[event.key]
    if (does) {
      event.preventDefault()
      does()
    }
    event.stopPropagation() // the page's single-letter keys are off here
  }

  #keys = {
    " ": () => this.#toggle(),
    k: () => this.#toggle(),
    ArrowLeft: () => this.seek(this.position - SKIP),
    ArrowRight: () => this.seek(this.position + SKIP),
    Home: () => this.seek(0),
    End: () => this.seek(this.length),
    "[": () => this.#skip(-1),
    "]": () => this.#skip(1),
    1: () => (this.speed = 1),
    2: () => (this.speed = 2),
    4: () => (this.speed = 4),
    Escape: () => this.hasAttribute("pinned") || this.#close(),
  }
}
