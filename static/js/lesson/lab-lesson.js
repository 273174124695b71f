// <lab-lesson lesson="slug"> – the steps of a lesson together: which one is current, what is announced when one is
// done, and how to move between them. Next is never locked. It also draws the dots in the header.

import { announce } from "../shared/announce.js"
import { feed } from "../shared/feed.js"

export default class LabLesson extends HTMLElement {
  #opened = false

  connectedCallback() {
    feed.addEventListener("step", ({ detail }) => this.#onVerdict(detail))
    feed.addEventListener("opened", ({ detail }) => detail.ok && this.#openAt(detail.current))
    for (const way of ["next", "previous"])
      this.querySelector(`.go-${way}`).addEventListener("click", () => this.go(way))
    // On click, not earlier: a card that folds under a pressed button moves the button away from the pointer.
    this.addEventListener("click", ({ target }) => this.#foldDone(target))
    for (const dot of this.#dots) dot.addEventListener("click", (event) => this.#onDotClick(event, dot))
  }

  get steps() {
    return [...this.querySelectorAll("lab-step")]
  }

  get current() {
    return this.steps.find((step) => step.current) ?? null
  }

  // Moves to the next or previous step; past the ends, to the end of the page or its top.
  async go(way) {
    const at = this.steps.findIndex((one) => one === (this.current ?? (way === "next" ? this.steps.at(-1) : null)))
    const to = way === "next" ? this.steps[at + 1] : this.steps.at(at < 0 ? -1 : at - 1)
    if (to && !(way === "previous" && at === 0)) await this.setCurrent(to, true)
    else this.querySelector(way === "next" ? ".lesson-end" : "h1").focus()
  }

  // Makes `step` the current one, here at once and on the server; `focus` also moves the keyboard focus there.
  async setCurrent(step, focus) {
    this.#makeCurrent(step)
    if (focus) step.focusHead()
    const answer = await feed.request("turn", { step: step.slug })
    if (!answer.ok) announce(answer.say)
  }

  // Private

  get #dots() {
    return [...document.querySelectorAll(".dots a")]
  }

  #onVerdict(verdict) {
    if (verdict.lesson !== this.getAttribute("lesson")) return
    const step = this.steps.find((one) => one.slug === verdict.step)
    if (!step) return
    const ticked = step.setVerdict(verdict) && this.#opened
    if (ticked) this.#announceDone(step, verdict)
    if (verdict.current) this.#makeCurrent(step)
    else this.#clearCurrent(step, ticked)
    this.#updateProgress()
  }

  #clearCurrent(step, ticked) {
    if (!step.current) return
    step.removeAttribute("current")
    step.open = ticked
  }

  // Announces only what passes while the page is open; steps passed before are simply shown as done.
  #announceDone(step, { evidence }) {
    step.classList.add("ticked")
    for (const other of this.steps) if (other.hasAttribute("lingers")) fold(other)
    step.toggleAttribute("lingers", step.open)
    const proof = evidence.length ? ` ${evidence.at(-1).text}` : ""
    announce(`Step ${step.getAttribute("number")} is done: ${step.title}.${proof}`)
    this.dispatchEvent(new CustomEvent("slipway:ticked", { bubbles: true }))
  }

  #makeCurrent(step) {
    if (step.current) return
    for (const other of this.steps) {
      if (other === step || !other.current) continue
      other.removeAttribute("current")
      other.open = other.hasAttribute("lingers")
    }
    step.setAttribute("current", "")
    step.open = true
    if (this.#opened) requestAnimationFrame(() => this.#reveal(step))
    this.#updateProgress()
  }

  // Scrolls the step that was just done to the top, so that its tick is seen, with the next step below.
  #reveal(step) {
    const done = this.querySelector("lab-step[lingers]")
    if (done) done.scrollIntoView({ block: "start", behavior: "smooth" })
    else step.scrollIntoView({ block: "nearest", behavior: "smooth" })
  }

  #openAt(slug) {
    const step = this.steps.find((one) => one.slug === slug)
    if (step) this.#makeCurrent(step)
    this.#opened = true
    if (step && step !== this.steps[0]) step.scrollIntoView({ block: "center" })
  }

  // A step that was just done stays open, to be read, until the learner moves on: by a click, or by doing the next
  // step.
  #foldDone(target) {
    const at = target.closest("lab-step")
    if (!at || at.hasAttribute("lingers")) return
    const before = target.getBoundingClientRect().top
    for (const step of this.steps) if (step.hasAttribute("lingers")) fold(step)
    this.closest("#lesson").scrollBy({ top: target.getBoundingClientRect().top - before, behavior: "instant" })
  }

  #onDotClick(event, dot) {
    event.preventDefault()
    const step = this.steps.find((one) => one.slug === dot.dataset.step)
    if (!step) return
    if (step.passed) {
      step.open = true
      step.focusHead()
    } else this.setCurrent(step, true)
  }

  #updateProgress() {
    const steps = this.steps
    for (const dot of this.#dots)
      mark(
        dot,
        steps.find((one) => one.slug === dot.dataset.step),
      )
    const done = steps.filter((one) => one.passed).length
    document.querySelector(".dots-done").textContent = `${done} of ${steps.length}`
    this.toggleAttribute("finished", done === steps.length)
    this.querySelector(".lesson-done").hidden = done !== steps.length
  }
}

function fold(step) {
  step.removeAttribute("lingers")
  step.open = false
}

function mark(dot, step) {
  const words = { passed: "done", skipped: "skipped", "cannot-tell": "cannot tell", "not-yet": "not done yet" }
  dot.dataset.verdict = step.dataset.verdict
  const said = document.body.classList.contains("watching") ? "" : `, ${words[step.dataset.verdict]}`
  dot.setAttribute("aria-label", `Step ${step.getAttribute("number")}: ${step.title}${said}`)
  if (step.current) dot.setAttribute("aria-current", "step")
  else dot.removeAttribute("aria-current")
}
