// <lab-scene scene="lifecycle"> – the living diagram of the learner's own engine, with its text equivalent.
// It draws the world as it arrives and counts only while something is pending; the world is folded by the server, and
// what a scene remembers besides (calls, runs) by scenes/history.js.

import { h, svg } from "../shared/dom.js"
import { feedOf } from "../shared/feed.js"
import { SCENES } from "./scenes.js"
import { EMPTY_TALE, tell } from "./history.js"
import { clock } from "./format.js"

const EMPTY = { engine: "unknown", version: "", at: 0, containers: [], images: [], pending: [], tale: EMPTY_TALE }
const MARGIN = { x: 36, y: 8 } // pixels around the picture, as in lab-scene.css
const PAPER = { width: 800, height: 380 } // a still, and what is printed: no window tells how large
const PRINT = matchMedia("print")
const CALM = matchMedia("(prefers-reduced-motion: reduce)")

export default class LabScene extends HTMLElement {
  #feed
  #scene
  #painter
  #world = EMPTY
  #known = null
  #tale = EMPTY_TALE
  #canvas
  #text
  #asOf
  #timer
  #frame = null
  #linked = true
  #seated = true

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
    this.#feed.addEventListener("story", ({ detail }) => this.#show(this.#told(detail)))
    this.#feed.addEventListener("link", ({ detail }) => this.#heard({ linked: detail.state === "up" }))
    this.#feed.addEventListener("seat", ({ detail }) => this.#heard({ seated: detail.state === "ready" }))
    this.#draw()
  }

  get caption() {
    return this.#scene.title
  }

  // Shows the same as sentences, for who would rather read.
  set inWords(yes) {
    this.#text.classList.toggle("visually-hidden", !yes)
    this.toggleAttribute("words", yes)
  }

  // Private

  #heard({ linked = this.#linked, seated = this.#seated }) {
    this.#linked = linked
    this.#seated = seated
    this.#draw()
  }

  // What was last heard, marked as such while nothing can be heard.
  get #believed() {
    const silent = this.#world.engine === "up" && !(this.#linked && this.#seated)
    return silent ? { ...this.#world, engine: "unreached" } : this.#world
  }

  // The world with its tale: what the events have told besides. It begins anew where the page is given a history.
  #told({ event, world, before = [], history }) {
    if (history) this.#tale = [...before, ...history].reduce((tale, [, past]) => tell(tale, past, world), EMPTY_TALE)
    else this.#tale = tell(this.#tale, event, world)
    return { ...world, tale: this.#tale }
  }

  #show(world) {
    for (const words of this.#scene.changes(this.#known, world)) this.#feed.announce(words)
    this.#known = this.#world = world
    this.#soon()
  }

  // A flood of events is one picture for each frame, of the last world.
  #soon() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null
      this.#draw()
    })
  }

  #draw() {
    clearTimeout(this.#timer)
    const now = this.#feed.now()
    const { size, unit } = this.#size()
    const picture = this.#scene.layout(this.#believed, now, size)
    this.#canvas.style.minHeight = `${picture.height * unit}px`
    this.#painter.paint(picture)
    this.#asOf.hidden = !picture.stale || !this.#world.at
    this.#asOf.textContent = `as of ${clock(this.#world.at)}`
    this.#say(this.#scene.describe(this.#believed, now))
    if (picture.restless)
      this.#timer = setTimeout(
        () => requestAnimationFrame(() => this.#draw()),
        CALM.matches ? 1000 : picture.restless === true ? 80 : picture.restless,
      )
  }

  #say(sentences) {
    if (sentences.join() === [...this.#text.children].map((line) => line.textContent).join()) return
    this.#text.replaceChildren(...sentences.map((sentence) => h("li", {}, sentence)))
  }

  #size() {
    if (this.hasAttribute("still") || PRINT.matches) return { unit: 1, size: PAPER }
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
