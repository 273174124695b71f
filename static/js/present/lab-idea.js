// <lab-idea name="slug" number="1"> – one idea on the projector: its words part by part, its verdict, and what is
// revealed. A part ends with the command that it speaks of; what comes of it is the next part.

import { h, phrase, sentence } from "../shared/dom.js"
import { clock } from "../scenes/format.js"

const LEAST = 0.72 // of the usual size: a text that does not fit is made smaller down to here, then it scrolls

export default class LabIdea extends HTMLElement {
  #verdict = { verdict: "not-yet", evidence: [], why: "" }
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

  // How many things `reveal` can bring out now.
  get secrets() {
    return this.#secrets().length
  }

  set guide(guide) {
    this.#guide = guide
    this.#draw()
  }

  // Shows a verdict; answers whether the step has passed just now.
  judge(verdict) {
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

  // The whole text is measured, shown or not, so that its size does not change while it comes out.
  fit() {
    if (!this.clientHeight) return
    this.classList.add("whole")
    let size = 1
    do this.style.setProperty("--fit", size)
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
      ...this.#secrets()
        .slice(0, this.#revealed)
        .map((made) => made()),
    )
  }

  // Only a mistake that was made is said here; what is merely missing, the presenter is about to do.
  #why() {
    const { why } = this.#verdict
    const said = !this.passed && this.#guide?.mistakes?.includes(why) ? why : ""
    const place = this.querySelector(".idea-why")
    if (said !== this.#said) place.replaceChildren(...sentence(said))
    this.#said = said
    place.hidden = !said
  }

  #secrets() {
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

// Each command by itself, so that one which is too long for the place wraps without looking like the next.
function lines(root) {
  for (const code of root.querySelectorAll("figure.cmd code")) {
    const all = code.textContent.replace(/\n$/, "").split("\n")
    code.replaceChildren(
      ...all.map((line, at) => h("span", { class: "cmd-line" }, at < all.length - 1 ? `${line}\n` : line)),
    )
  }
}

// The server has rendered and sanitised this HTML, like the lesson's own text.
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
