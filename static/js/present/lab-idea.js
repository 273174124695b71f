// <lab-idea name="slug" number="1"> – one idea on the projector: its text part by part, its verdict, and what is
// revealed. A part ends with the command that it discusses; the result is the next part.

import { h, phrase, sentence } from "../shared/dom.js"
import { clock } from "../scenes/format.js"

const LEAST = 0.72 // of the usual size: a text that does not fit shrinks to this, then it scrolls

export default class LabIdea extends HTMLElement {
  #verdict = { verdict: "not-yet", evidence: [], why: "" }
  /** @type {any} */
  #guide = null
  #parts = []
  #part = 0
  #revealed = 0
  #said = ""

  connectedCallback() {
    this.#parts = [...this.querySelectorAll(".idea-part")]
    lines(this)
    this.append(h("p", { class: "idea-why", role: "status", hidden: true }), h("div", { class: "idea-given" }))
    new ResizeObserver(() => this.fit()).observe(this)
  }

  get name() {
    return this.getAttribute("name")
  }

  get isStep() {
    return this.hasAttribute("number")
  }

  get parts() {
    return Math.max(1, this.#parts.length)
  }

  // How many commands have been shown after each part that ends with some.
  get due() {
    return (this.getAttribute("due") ?? "").split(" ").filter(Boolean).map(Number)
  }

  get passed() {
    return this.#verdict.verdict === "passed"
  }

  // How many items `reveal` can show now.
  get revealable() {
    return this.#revealable().length
  }

  set guide(guide) {
    this.#guide = guide
    this.#draw()
  }

  // Shows a verdict. Returns whether the step has just passed.
  setVerdict(verdict) {
    const before = this.passed
    this.#verdict = verdict
    this.#draw()
    return !before && this.passed
  }

  show({ part, revealed }) {
    this.#part = part
    this.#revealed = revealed
    this.hidden = false
    this.#draw()
    this.fit()
    this.scrollTo({ top: part || revealed ? this.scrollHeight : 0, behavior: "smooth" })
  }

  // Measures the whole text, shown or not, so that its size stays the same while parts appear.
  fit() {
    if (!this.clientHeight) return
    this.classList.add("whole")
    let size = 1
    do this.style.setProperty("--fit", String(size))
    while (this.scrollHeight > this.clientHeight && (size = Math.round((size - 0.04) * 100) / 100) >= LEAST)
    this.classList.remove("whole")
  }

  // Private

  #draw() {
    this.dataset.verdict = this.#verdict.verdict
    for (const [at, part] of this.#parts.entries()) part.classList.toggle("to-come", at > this.#part)
    const sign = this.querySelector(".idea-sign")
    if (sign) sign.textContent = this.passed ? "✓" : this.getAttribute("number")
    this.#why()
    this.querySelector(".idea-given").replaceChildren(
      ...this.#revealable()
        .slice(0, this.#revealed)
        .map((made) => made()),
    )
  }

  // Shows only a mistake that was made; what is merely missing, the presenter is about to do.
  #why() {
    const { why } = this.#verdict
    const said = !this.passed && this.#guide?.mistakes?.includes(why) ? why : ""
    const place = this.querySelector(".idea-why")
    if (said !== this.#said) place.replaceChildren(...sentence(said))
    this.#said = said
    place.hidden = !said
  }

  #revealable() {
    if (!this.isStep)
      return [...this.querySelectorAll("template")].map(
        (one) => () => h("div", { class: "help" }, one.content.cloneNode(true)),
      )
    if (this.passed) return [() => evidence(this.#verdict.evidence)]
    const { hints_html: hints = [], solution_html: solution = "" } = this.#guide ?? {}
    return [
      ...hints.map((html) => () => help("Hint", html)),
      ...(solution ? [() => help("One way to do it", solution)] : []),
    ]
  }
}

// Puts each command on its own line, so that a long one wraps without looking like the next.
function lines(root) {
  for (const code of root.querySelectorAll("figure.cmd code")) {
    const all = code.textContent.replace(/\n$/, "").split("\n")
    code.replaceChildren(
      ...all.map((line, at) => h("span", { class: "cmd-line" }, at < all.length - 1 ? `${line}\n` : line)),
    )
  }
}

// The server has rendered and sanitised this HTML, like the lesson's text.
function help(title, html) {
  const words = h("div")
  words.innerHTML = html
  lines(words)
  return h("div", { class: "help" }, h("p", { class: "help-title" }, title), words)
}

function evidence(all) {
  const rows = all.map(({ at, text }) => h("li", {}, h("time", {}, clock(at)), " ", h("span", {}, ...phrase(text))))
  return h("div", { class: "help done" }, h("p", { class: "help-title" }, "How the lab knows"), h("ol", {}, ...rows))
}
