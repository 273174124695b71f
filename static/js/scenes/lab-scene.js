// <lab-scene scene="lifecycle"> – a living diagram of the learner's engine, with an equivalent text. It draws each
// world that arrives, and counts time only while something is pending. The server folds the world; scenes/history.js
// folds what a scene needs besides (calls, runs).

import { h, svg } from "../shared/dom.js"
import { feedOf } from "../shared/feed.js"
import { SCENES } from "./scenes.js"
import { EMPTY_HISTORY, foldHistory } from "./history.js"
import { clock } from "./format.js"

const EMPTY = { engine: "unknown", version: "", at: 0, containers: [], images: [], pending: [], history: EMPTY_HISTORY }
const MARGIN = { x: 36, y: 8 } // pixels around the picture, as in lab-scene.css
const PRINT_SIZE = { width: 800, height: 380 } // size of a still and of a printed picture, which have no window
const PRINT = matchMedia("print")
const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)")

export default class LabScene extends HTMLElement {
  /** @type {import("../shared/feed.js").Feed} */
  #feed
  /** @type {any} */
  #scene
  /** @type {any} */
  #painter
  #world = EMPTY
  #known = null
  #history = EMPTY_HISTORY
  /** @type {HTMLElement} */
  #canvas
  /** @type {HTMLElement} */
  #text
  /** @type {HTMLElement} */
  #asOf
  #timer
  /** @type {number | null} */
  #frame = null
  #connected = true
  #ready = true

  connectedCallback() {
    this.#feed = feedOf(this)
    this.#scene = SCENES[this.getAttribute("scene")] ?? SCENES.lifecycle
    const drawing = svg("svg", { "aria-hidden": "true", focusable: "false" })
    this.#canvas = h("div", { class: "scene-canvas" }, drawing)
    this.#text = h("ul", { class: "scene-text visually-hidden", "aria-label": this.#scene.title })
    this.#asOf = h("p", { class: "scene-as-of", "aria-hidden": "true", hidden: true })
    this.append(this.#canvas, this.#text, this.#asOf)
    this.#painter = new this.#scene.Painter(drawing)
    new ResizeObserver(() => this.#draw()).observe(this)
    PRINT.addEventListener("change", () => this.#draw())
    addEventListener("slipway:appearance", () => this.#draw())
    this.#feed.addEventListener("story", ({ detail }) => this.#show(this.#withHistory(detail)))
    this.#feed.addEventListener("link", ({ detail }) => this.#setReachable({ connected: detail.state === "up" }))
    this.#feed.addEventListener("seat", ({ detail }) => this.#setReachable({ ready: detail.state === "ready" }))
    this.#draw()
  }

  get caption() {
    return this.#scene.title
  }

  // Shows the text instead of the picture.
  set inWords(yes) {
    this.#text.classList.toggle("visually-hidden", !yes)
    this.toggleAttribute("words", yes)
  }

  // Private

  #setReachable({ connected = this.#connected, ready = this.#ready }) {
    this.#connected = connected
    this.#ready = ready
    this.#draw()
  }

  // The last known world, marked as stale while there is no news.
  get #shownWorld() {
    const silent = this.#world.engine === "up" && !(this.#connected && this.#ready)
    return silent ? { ...this.#world, engine: "unreached" } : this.#world
  }

  // Returns the world with its history, which is folded anew when the page receives the past events.
  #withHistory({ event, world, before = [], history }) {
    if (history)
      this.#history = [...before, ...history].reduce(
        (result, [, one]) => foldHistory(result, one, world),
        EMPTY_HISTORY,
      )
    else this.#history = foldHistory(this.#history, event, world)
    return { ...world, history: this.#history }
  }

  #show(world) {
    for (const words of this.#scene.changes(this.#known, world)) this.#feed.announce(words)
    this.#known = this.#world = world
    this.#drawSoon()
  }

  // Many events are drawn once per frame.
  #drawSoon() {
    if (this.#frame !== null) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = null
      this.#draw()
    })
  }

  #draw() {
    clearTimeout(this.#timer)
    const now = this.#feed.now()
    const { size, unit } = this.#size()
    const picture = this.#scene.layout(this.#shownWorld, now, size)
    this.#canvas.style.minHeight = `${picture.height * unit}px`
    this.#painter.paint(picture)
    this.#asOf.hidden = !picture.stale || !this.#world.at
    this.#asOf.textContent = `as of ${clock(this.#world.at)}`
    this.#writeText(this.#scene.describe(this.#shownWorld, now))
    if (picture.restless)
      this.#timer = setTimeout(
        () => requestAnimationFrame(() => this.#draw()),
        REDUCED_MOTION.matches ? 1000 : picture.restless === true ? 80 : picture.restless,
      )
  }

  #writeText(sentences) {
    if (sentences.join() === [...this.#text.children].map((line) => line.textContent).join()) return
    this.#text.replaceChildren(...sentences.map((sentence) => h("li", {}, sentence)))
  }

  #size() {
    if (this.hasAttribute("still") || PRINT.matches) return { unit: 1, size: PRINT_SIZE }
    const unit = parseFloat(getComputedStyle(this).fontSize) / 16
    const { clientWidth, clientHeight } = this
    return {
      unit,
      size: {
        width: Math.max(300, (clientWidth - MARGIN.x) / unit),
        height: Math.max(100, (clientHeight - MARGIN.y) / unit),
      },
    }
  }
}
