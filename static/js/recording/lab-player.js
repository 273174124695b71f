// <lab-player shelf="/recordings/" hidden> – plays the recorded proof of a step: the same scene as the lesson, fed by a
// door of its own, over a terminal to look at. It never speaks to the lab.
//
//   await player.load(lesson, step)     throws an Error with a sentence when there is no recording
//   player.play()  player.pause()  player.seek(seconds)  player.speed = 2
//   player.position  player.length  player.playing  player.marks: [{ shown, text, passed }]
//   player.feed says `story`, `step` and `seat` like the page's own; the element says `lab-player-moved`,
//   `lab-player-playing`, `lab-player-ended` and, when the viewer wants to leave, `lab-player-close`.
//
// With `standing` it can't be closed; `text` is the size of the terminal's letters in pixels; `bare` hides the scene.

import { announce } from "../shared/announce.js"
import { h, sentence } from "../shared/dom.js"
import Playback from "./playback.js"
import { castOf, recordingOf } from "./recordings.js"
import { clockWords, marksOf, neighbour } from "./timeline.js"

const SPEEDS = [1, 2, 4]
const STRIDE = 5 // seconds that an arrow key goes
const CALM = matchMedia("(prefers-reduced-motion: reduce)")
const NOTE =
  "Recorded on a real engine, at its measured times. Only the pauses between commands were added, for reading."

export default class LabPlayer extends HTMLElement {
  #playback = new Playback()
  #marks = []
  #parts = {}
  #scene = null
  #screen = null
  #wanted = ""
  #verdict = null

  connectedCallback() {
    if (this.#parts.play) return
    this.tabIndex = -1
    this.setAttribute("role", "region")
    this.#draw()
    this.#playback.addEventListener("moved", () => this.#moved())
    for (const name of ["playing", "ended"]) this.#playback.addEventListener(name, () => this.#turned(name))
    this.feed.addEventListener("step", ({ detail }) => this.#judged(detail))
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

  // Opens the recording of a step at its beginning, at rest.
  async load(lesson, step) {
    this.#wanted = `${lesson}/${step}`
    const [recording, { default: LabRecordedTerminal }] = await Promise.all([
      recordingOf(this.getAttribute("shelf"), lesson, step),
      import("./lab-recorded-terminal.js"),
    ])
    if (this.#wanted !== `${lesson}/${step}`) return
    if (!customElements.get("lab-recorded-terminal"))
      customElements.define("lab-recorded-terminal", LabRecordedTerminal)
    this.#stage(recording.scene)
    this.#screen.size(recording.cols, recording.rows)
    this.#verdict = null
    this.#marks = marksOf(recording)
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

  // For the viewer's own click: what moves by itself only starts by itself where that is welcome.
  begin() {
    if (CALM.matches) announce("The recording waits. Play starts it; the bracket keys go from verdict to verdict.")
    else this.play()
  }

  // Private

  #draw() {
    const button = (name, words, does, rest = {}) =>
      (this.#parts[name] = h(
        "button",
        { type: "button", class: `quiet small player-${name}`, onclick: does, ...rest },
        words,
      ))
    const part = (name, kind, rest = {}) => (this.#parts[name] = h(kind, { class: `player-${name}`, ...rest }))
    this.append(
      h(
        "header",
        { class: "player-head" },
        h("strong", { class: "player-badge" }, "Recording"),
        part("title", "h2"),
        h("span", { class: "grow" }),
        part("cast", "a", {
          class: "quiet small player-cast",
          download: "",
          title: "The terminal’s recording as a file for asciinema, or any player of asciicasts",
        }),
        button("close", "Back to your own", () => this.#close(), { title: "Close the recording (Esc)" }),
      ),
      part("stage", "div"),
      part("verdict", "p", { role: "status" }),
      h(
        "div",
        { class: "player-controls", role: "group", "aria-label": "Recording" },
        button("play", "Play", () => this.#toggle()),
        button("before", "◂", () => this.#leap(-1), {
          "aria-label": "The verdict before",
          title: "The verdict before ([)",
        }),
        button("after", "▸", () => this.#leap(1), { "aria-label": "The next verdict", title: "The next verdict (])" }),
        h(
          "div",
          { class: "player-track" },
          part("marks", "div"),
          part("range", "input", { type: "range", min: 0, step: 0.1, "aria-label": "Position in the recording" }),
        ),
        part("time", "span", { "aria-hidden": "true" }),
        part("speeds", "span", { role: "group", "aria-label": "Speed" }),
      ),
      part("note", "p"),
    )
    this.#parts.cast.textContent = "asciicast"
    this.#parts.note.textContent = NOTE
    this.#parts.close.hidden = this.hasAttribute("standing")
    this.#parts.range.addEventListener("input", () => this.seek(Number(this.#parts.range.value)))
    for (const times of SPEEDS)
      this.#parts.speeds.append(
        h(
          "button",
          {
            type: "button",
            class: "quiet small",
            value: times,
            "aria-label": `${times} times as fast`,
            onclick: () => (this.speed = times),
          },
          `${times}×`,
        ),
      )
    this.speed = 1
  }

  // The picture and the screen, made once: a page shows recordings of one lesson, and a lesson has one scene.
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
    this.#parts.cast.href = castOf(this.getAttribute("shelf"), lesson, step)
    this.#parts.cast.setAttribute("download", `${lesson}-${step}.cast`)
    this.#parts.range.max = this.length.toFixed(1)
    this.#parts.marks.replaceChildren(...this.#marks.map((mark) => this.#tick(mark)))
    this.#turned("playing")
    this.#moved()
  }

  #tick(mark) {
    const made = h("button", {
      type: "button",
      tabindex: "-1",
      class: `player-mark ${mark.passed ? "passed" : ""}`,
      title: `${clockWords(mark.shown)} ${mark.text}`,
      "aria-label": `Go to ${clockWords(mark.shown)}: ${mark.text}`,
      onclick: () => this.seek(mark.shown),
    })
    made.style.setProperty("--at", mark.shown / this.length)
    return made
  }

  #moved() {
    const { range, time } = this.#parts
    if (document.activeElement !== range || !this.playing || Math.abs(range.value - this.position) > 0.3)
      range.value = this.position
    range.style.setProperty("--gone", this.position / (this.length || 1))
    const at = this.#marks.findLast((mark) => mark.shown <= this.position + 0.05)
    range.setAttribute(
      "aria-valuetext",
      `${Math.floor(this.position)} of ${Math.round(this.length)} seconds${at ? `; ${at.text}` : ""}`,
    )
    time.textContent = `${clockWords(this.position)} / ${clockWords(this.length)}`
    this.dispatchEvent(new CustomEvent("lab-player-moved", { bubbles: true, detail: this.position }))
  }

  #turned(name) {
    const words = this.playing ? "Pause" : this.position >= this.length ? "Once more" : "Play"
    this.#parts.play.textContent = words
    this.toggleAttribute("playing", this.playing)
    this.dispatchEvent(new CustomEvent(`lab-player-${name}`, { bubbles: true }))
  }

  // What the lab said of the step then, in the recording's own line: the learner's card is another matter.
  #judged(detail) {
    if (`${detail.lesson}/${detail.step}` !== this.#wanted) return
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

  #leap(way) {
    const mark = neighbour(this.#marks, this.position, way)
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
    event.stopPropagation() // the page's letters are not meant while one watches
  }

  #keys = {
    " ": () => this.#toggle(),
    k: () => this.#toggle(),
    ArrowLeft: () => this.seek(this.position - STRIDE),
    ArrowRight: () => this.seek(this.position + STRIDE),
    Home: () => this.seek(0),
    End: () => this.seek(this.length),
    "[": () => this.#leap(-1),
    "]": () => this.#leap(1),
    1: () => (this.speed = 1),
    2: () => (this.speed = 2),
    4: () => (this.speed = 4),
    Escape: () => this.hasAttribute("standing") || this.#close(),
  }
}
