// <lab-scene scene="lifecycle"> – the living diagram of the learner's own engine, with its text equivalent.
// It draws the world as it arrives and counts only while something is pending; it never folds events itself.

import { announce } from "./announce.js"
import { h, svg } from "./dom.js"
import { feed } from "./feed.js"
import { SCENES } from "./scenes/scenes.js"

const EMPTY = { engine: "unknown", version: "", at: 0, containers: [], images: [], pending: [] }
const CALM = matchMedia("(prefers-reduced-motion: reduce)")

export default class LabScene extends HTMLElement {
  #scene
  #painter
  #world = EMPTY
  #known = null
  #canvas
  #text
  #timer

  connectedCallback() {
    this.#scene = SCENES[this.getAttribute("scene")] ?? SCENES.lifecycle
    const drawing = svg("svg", { "aria-hidden": "true", focusable: "false" })
    this.#canvas = h("div", { class: "scene-canvas" }, drawing)
    this.#text = h("ul", { class: "scene-text visually-hidden", "aria-label": this.#scene.title })
    this.append(this.#canvas, this.#text)
    this.#painter = new this.#scene.Painter(drawing)
    new ResizeObserver(() => this.#draw()).observe(this.#canvas)
    addEventListener("slipway:look", () => this.#draw())
    feed.addEventListener("story", ({ detail }) => this.#show(detail.world))
    this.#draw()
  }

  // Shows the same as sentences, for who would rather read.
  set inWords(yes) {
    this.#text.classList.toggle("visually-hidden", !yes)
    this.#canvas.hidden = yes
    this.#draw()
  }

  // Private

  #show(world) {
    for (const words of this.#scene.changes(this.#known, world)) announce(words)
    this.#known = this.#world = world
    this.#draw()
  }

  #draw() {
    clearTimeout(this.#timer)
    const now = feed.now()
    const picture = this.#scene.layout(this.#world, now, this.#size())
    if (!this.#canvas.hidden) this.#painter.paint(picture)
    this.#say(this.#scene.describe(this.#world, now))
    if (picture.restless) this.#timer = setTimeout(() => requestAnimationFrame(() => this.#draw()), CALM.matches ? 1000 : 80)
  }

  #say(sentences) {
    if (sentences.join() === [...this.#text.children].map((line) => line.textContent).join()) return
    this.#text.replaceChildren(...sentences.map((sentence) => h("li", {}, sentence)))
  }

  #size() {
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
    const { clientWidth, clientHeight } = this.#canvas
    return { width: Math.max(300, clientWidth / unit), height: Math.max(150, clientHeight / unit) }
  }
}
