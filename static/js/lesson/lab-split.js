// <lab-split name="page" axis="x" at="38" least="22" most="62" label="…"> first child, second child </lab-split> – two
// panes and a border that is dragged by mouse or finger or moved with the arrow keys. Its position is stored.

import { h } from "../shared/dom.js"
import { loadSetting, saveSetting } from "../shared/storage.js"

export default class LabSplit extends HTMLElement {
  /** @type {HTMLElement} */
  #bar
  /** @type {number} */
  #at

  connectedCallback() {
    this.#bar = h("div", {
      class: "split-bar",
      role: "separator",
      tabindex: "0",
      "aria-label": this.getAttribute("label"),
      "aria-orientation": this.#across ? "vertical" : "horizontal",
      "aria-valuemin": this.#least,
      "aria-valuemax": this.#most,
    })
    this.firstElementChild?.after(this.#bar)
    this.#bar.addEventListener("pointerdown", (event) => this.#grab(event))
    this.#bar.addEventListener("keydown", (event) => this.#press(event))
    this.#bar.addEventListener("dblclick", () => this.#move(Number(this.getAttribute("at"))))
    this.#set(Number(loadSetting(this.#key) || this.getAttribute("at")))
  }

  // Private

  get #across() {
    return this.getAttribute("axis") === "x"
  }

  get #least() {
    return Number(this.getAttribute("least"))
  }

  get #most() {
    return Number(this.getAttribute("most"))
  }

  get #key() {
    return `split.${this.getAttribute("name")}`
  }

  #set(percent) {
    this.#at = Math.min(this.#most, Math.max(this.#least, percent))
    this.style.setProperty("--at", `${this.#at}%`)
    this.#bar.setAttribute("aria-valuenow", Math.round(this.#at))
  }

  #move(percent) {
    this.#set(percent)
    saveSetting(this.#key, this.#at.toFixed(1))
  }

  #grab(event) {
    event.preventDefault()
    this.#bar.focus()
    this.#bar.setPointerCapture(event.pointerId)
    this.classList.add("dragging")
    const follow = (at) => this.#set(this.#percent(at))
    const drop = () => {
      this.#bar.removeEventListener("pointermove", follow)
      this.classList.remove("dragging")
      this.#move(this.#at)
    }
    this.#bar.addEventListener("pointermove", follow)
    this.#bar.addEventListener("lostpointercapture", drop, { once: true })
  }

  #percent({ clientX, clientY }) {
    const box = this.getBoundingClientRect()
    return this.#across ? ((clientX - box.left) / box.width) * 100 : ((clientY - box.top) / box.height) * 100
  }

  #press(event) {
    const step = event.shiftKey ? 10 : 2
    const to = {
      ArrowLeft: this.#at - step,
      ArrowUp: this.#at - step,
      ArrowRight: this.#at + step,
      ArrowDown: this.#at + step,
      Home: this.#least,
      End: this.#most,
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    this.#move(to)
  }
}
