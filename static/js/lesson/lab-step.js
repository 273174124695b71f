// <lab-step step="create" number="1" hints="2"> – one step: its text, its verdict as text and symbol, its evidence, and
// help on request. The server judges; this only shows.

import { announce } from "../shared/announce.js"
import { h, phrase, sentence } from "../shared/dom.js"
import { feed } from "../shared/feed.js"
import { addCommandButtons } from "./lab-command.js"
import { showRecording } from "../recording/show-step.js"
import { clock } from "../scenes/format.js"

const SIGNS = { passed: "✓", "not-yet": "", "cannot-tell": "?", skipped: "»" }
const STATES = { passed: "Done", "not-yet": "", "cannot-tell": "Cannot tell", skipped: "Skipped" }

export default class LabStep extends HTMLElement {
  #verdict = { verdict: "not-yet", evidence: [], why: "" }
  #hints = 0
  #solved = false
  #said = null

  connectedCallback() {
    this.#hints = Number(this.getAttribute("hints"))
    this.#part("head").addEventListener("click", () => this.#clicked())
    this.#part("hint").addEventListener("click", () => this.hint())
    this.#part("take").addEventListener("click", () => this.hint())
    this.#part("solution")?.addEventListener("click", () => this.solution())
    this.#part("show")?.addEventListener("click", () => this.show())
    this.#part("work").addEventListener("click", () => this.makeCurrent(true))
    addCommandButtons(this)
    this.#draw()
  }

  get slug() {
    return this.getAttribute("step")
  }

  get title() {
    return this.#part("name").textContent
  }

  get current() {
    return this.hasAttribute("current")
  }

  get passed() {
    return this.#verdict.verdict === "passed"
  }

  get open() {
    return this.hasAttribute("open")
  }

  set open(yes) {
    this.toggleAttribute("open", yes)
    this.#part("head").setAttribute("aria-expanded", yes)
  }

  // Shows a verdict. Returns whether the step has just passed.
  setVerdict(verdict) {
    const before = this.#verdict.verdict
    this.#verdict = verdict
    this.#draw()
    return before !== "passed" && verdict.verdict === "passed"
  }

  focusHead() {
    this.#part("head").focus({ preventScroll: true })
    this.scrollIntoView({ block: "nearest", behavior: "smooth" })
  }

  async makeCurrent(focus = false) {
    if (!this.current) await this.closest("lab-lesson").setCurrent(this, focus)
  }

  async hint() {
    if (!this.#hints) return
    const answer = await feed.request("hint", { step: this.slug })
    if (!answer.ok) return this.#help("p", answer.say)
    this.#hints = answer.left
    this.#help("hint", answer.html)
    this.#draw()
  }

  async solution() {
    const button = this.#part("solution")
    if (!button || button.hidden) return
    const answer = await feed.request("solution", { step: this.slug })
    this.#help(answer.ok ? "solution" : "p", answer.ok ? answer.html : answer.say)
    this.#solved = answer.ok
    this.#draw()
  }

  // Plays the recording of this step, which does not count as help.
  async show() {
    const button = this.#part("show")
    if (!button) return
    try {
      await showRecording(this.closest("lab-lesson").getAttribute("lesson"), this.slug, button)
    } catch (error) {
      this.#help("p", error.message)
    }
  }

  // Private

  #part(name) {
    return this.querySelector(`.step-${name}`)
  }

  #clicked() {
    if (this.passed || this.current) this.open = !this.open
    else if (this.open) this.open = false
    else this.makeCurrent()
  }

  // The server has rendered and sanitised the HTML of hints and solutions, like the lesson's text.
  #help(kind, content) {
    const titles = { hint: "Hint", solution: "One way to do it" }
    const box = h("div", { class: `help ${kind}`, tabindex: "-1" })
    if (titles[kind]) box.append(h("p", { class: "help-title" }, titles[kind]))
    const text = h("div")
    if (titles[kind]) text.innerHTML = content
    else text.textContent = content
    box.append(text)
    this.#part("given").append(box)
    addCommandButtons(box)
    box.focus({ preventScroll: true })
    box.scrollIntoView({ block: "nearest", behavior: "smooth" })
  }

  #draw() {
    const { verdict, why } = this.#verdict
    this.dataset.verdict = verdict
    const now = this.current && (verdict === "not-yet" || verdict === "skipped")
    this.#part("sign").textContent = (!now && SIGNS[verdict]) || this.getAttribute("number")
    this.#part("state").textContent = now ? "Now" : STATES[verdict]
    this.#part("why").hidden = !why || !this.current || verdict === "passed" || verdict === "skipped"
    this.#part("why-sign").textContent = verdict === "cannot-tell" ? "Cannot tell" : "Not yet"
    this.#say(why)
    this.#offer()
    this.#drawHelp()
    this.#drawEvidence()
  }

  // What is missing at first is shown quietly; once something else was done, the card stands out.
  #say(why) {
    if (why === this.#said) return
    const seen = this.#said !== null && this.current
    this.#part("why").classList.toggle("seen", seen)
    this.#said = why
    this.#part("why-words").replaceChildren(...sentence(why))
    if (seen && !this.#part("why").hidden)
      announce(`${this.#part("why-sign").textContent}: ${this.#part("why-words").textContent}`)
  }

  // After a while the first hint is offered: one line in the card, announced once.
  #offer() {
    const line = this.#part("offer")
    const given = this.#part("given").childElementCount > 0
    const due = Boolean(this.#verdict.offer) && this.current && !this.passed && this.#hints > 0 && !given
    if (due && line.hidden) announce("There is a hint for this step, if you want it: press h.")
    line.hidden = !due
  }

  #drawHelp() {
    const hint = this.#part("hint")
    hint.hidden = !this.#hints || this.passed
    const given = this.#part("given").querySelector(".hint")
    hint.childNodes[0].textContent = `${given ? "Next hint" : "Hint"} (${this.#hints} left) `
    this.#part("solution")?.toggleAttribute("hidden", this.passed || this.#solved)
    this.#part("work").hidden = this.current || this.passed
  }

  #drawEvidence() {
    const box = this.#part("evidence")
    const { evidence, verdict } = this.#verdict
    box.hidden = verdict !== "passed" || !evidence.length
    if (box.hidden) return
    box.querySelector(".evidence-last").replaceChildren(...phrase(evidence.map(({ text }) => text).join(" · ")))
    box.querySelector("ol").replaceChildren(...evidence.map(evidenceItem))
  }

  static observedAttributes = ["current"]

  attributeChangedCallback() {
    if (this.querySelector(".step-state")) this.#draw()
  }
}

function evidenceItem({ at, text }) {
  return h(
    "li",
    {},
    h("time", { datetime: new Date(at * 1000).toISOString() }, clock(at)),
    " ",
    h("span", {}, ...phrase(text)),
  )
}
