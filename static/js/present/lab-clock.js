// <lab-clock> – the stop clock, readable from the last row: appears when a container is asked to stop, lies over the
// text so that nothing moves, and goes when its end has been seen. present/clock.js says what it shows.

import { h, svg } from "../shared/dom.js"
import { feed } from "../shared/feed.js"
import { stopClock } from "./clock.js"
import { presentation } from "./presentation.js"

const ROUND = 2 * Math.PI * 90
const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)")

export default class LabClock extends HTMLElement {
  /** @type {any} */
  #world = null
  #timer
  #left
  #big
  #parts
  #place = ""
  #shown = ""
  #seen = ""

  connectedCallback() {
    this.#left = svg("circle", { class: "clock-left", r: 90, transform: "rotate(-90)" })
    this.#big = svg("text", { class: "clock-big", y: 6, "text-anchor": "middle", "dominant-baseline": "middle" })
    const face = svg(
      "svg",
      { viewBox: "-100 -100 200 200", "aria-hidden": "true" },
      svg("circle", { class: "clock-track", r: 90 }),
      this.#left,
      this.#big,
    )
    this.#parts = { name: h("p", { class: "clock-name" }), small: h("p", { class: "clock-small" }) }
    this.append(...Object.values(this.#parts), face)
    this.hidden = true
    presentation.addEventListener("change", () => this.#withNextView())
    presentation.addEventListener("typing", () => this.#draw())
    feed.addEventListener("story", ({ detail }) => {
      this.#world = detail.world
      this.#draw()
    })
  }

  // Private

  // A presenter who moves on or reveals something is done with this clock.
  #withNextView() {
    const { idea, part, revealed } = presentation.position
    const place = [idea, part, revealed].join()
    if (this.#place && this.#place !== place) this.#seen = this.#shown
    this.#place = place
    this.#draw()
  }

  #draw() {
    clearTimeout(this.#timer)
    const shown = this.#world && stopClock(this.#world, feed.now())
    this.#shown = shown?.key ?? ""
    // setting the stage is no part of the lesson
    if (presentation.typing.stage && presentation.isTyping) this.#seen = this.#shown
    this.hidden = !shown || shown.key === this.#seen
    if (!shown) return
    this.classList.toggle("ended", !shown.counting)
    this.dataset.tone = shown.tone
    this.#big.textContent = shown.big
    this.#left.setAttribute("stroke-dasharray", `${ROUND * shown.share} ${ROUND}`)
    for (const [name, place] of Object.entries(this.#parts)) place.textContent = shown[name] ?? ""
    this.#timer = setTimeout(() => this.#draw(), shown.counting && !REDUCED_MOTION.matches ? 100 : 1000)
  }
}
