// <lab-lesson lesson="slug"> – the lesson's steps together: which one is at hand, what is said when one is done, and
// how one goes on and back. Next is never locked. The dots in the header are drawn here, for they say the same.

import { announce } from "../shared/announce.js"
import { feed } from "../shared/feed.js"

export default class LabLesson extends HTMLElement {
  #opened = false

  connectedCallback() {
    feed.addEventListener("step", ({ detail }) => this.#judged(detail))
    feed.addEventListener("opened", ({ detail }) => detail.ok && this.#place(detail.current))
    for (const way of ["next", "previous"])
      this.querySelector(`.go-${way}`).addEventListener("click", () => this.go(way))
    // On the click and no sooner: a card that folds under a pressed button takes the button away from the pointer.
    this.addEventListener("click", ({ target }) => this.#settle(target))
    for (const dot of this.#dots) dot.addEventListener("click", (event) => this.#dotted(event, dot))
  }

  get steps() {
    return [...this.querySelectorAll("lab-step")]
  }

  get current() {
    return this.steps.find((step) => step.current) ?? null
  }

  // Turns to the next or the previous step; past the ends, to the end of the page or its top.
  async go(way) {
    const at = this.steps.indexOf(this.current ?? (way === "next" ? this.steps.at(-1) : null))
    const to = way === "next" ? this.steps[at + 1] : this.steps.at(at < 0 ? -1 : at - 1)
    if (to && !(way === "previous" && at === 0)) await this.turn(to, true)
    else this.querySelector(way === "next" ? ".lesson-end" : "h1").focus()
  }

  // Makes `step` the one at hand, here at once and on the server; `focus` also puts the keyboard there.
  async turn(step, focus) {
    this.#hand(step)
    if (focus) step.focusHead()
    const answer = await feed.ask("turn", { step: step.slug })
    if (!answer.ok) announce(answer.say)
  }

  // Private

  get #dots() {
    return [...document.querySelectorAll(".dots a")]
  }

  #judged(verdict) {
    if (verdict.lesson !== this.getAttribute("lesson")) return
    const step = this.steps.find((one) => one.slug === verdict.step)
    if (!step) return
    const ticked = step.judge(verdict) && this.#opened
    if (ticked) this.#celebrate(step, verdict)
    if (verdict.current) this.#hand(step)
    else this.#leave(step, ticked)
    this.#count()
  }

  #leave(step, ticked) {
    if (!step.current) return
    step.removeAttribute("current")
    step.open = ticked
  }

  // Only what passes before the learner's eyes is said aloud; what had passed before is simply shown as done.
  #celebrate(step, { evidence }) {
    step.classList.add("ticked")
    for (const other of this.steps) if (other.hasAttribute("lingers")) fold(other)
    step.toggleAttribute("lingers", step.open)
    const proof = evidence.length ? ` ${evidence.at(-1).text}` : ""
    announce(`Step ${step.getAttribute("number")} is done: ${step.title}.${proof}`)
    this.dispatchEvent(new CustomEvent("slipway:ticked", { bubbles: true }))
  }

  #hand(step) {
    if (step.current) return
    for (const other of this.steps) {
      if (other === step || !other.current) continue
      other.removeAttribute("current")
      other.open = other.hasAttribute("lingers")
    }
    step.setAttribute("current", "")
    step.open = true
    if (this.#opened) requestAnimationFrame(() => this.#reveal(step))
    this.#count()
  }

  // The tick should be seen, so what has just been done leads, and the next step follows below it.
  #reveal(step) {
    const done = this.querySelector("lab-step[lingers]")
    if (done) done.scrollIntoView({ block: "start", behavior: "smooth" })
    else step.scrollIntoView({ block: "nearest", behavior: "smooth" })
  }

  #place(slug) {
    const step = this.steps.find((one) => one.slug === slug)
    if (step) this.#hand(step)
    this.#opened = true
    if (step && step !== this.steps[0]) step.scrollIntoView({ block: "center" })
  }

  // A step that has just been done stays open, for its text may still be read, until the learner goes on: by a click
  // here, or by doing the next one.
  #settle(target) {
    const at = target.closest("lab-step")
    if (!at || at.hasAttribute("lingers")) return
    const before = target.getBoundingClientRect().top
    for (const step of this.steps) if (step.hasAttribute("lingers")) fold(step)
    this.closest("#lesson").scrollBy({ top: target.getBoundingClientRect().top - before, behavior: "instant" })
  }

  #dotted(event, dot) {
    event.preventDefault()
    const step = this.steps.find((one) => one.slug === dot.dataset.step)
    if (step.passed) {
      step.open = true
      step.focusHead()
    } else this.turn(step, true)
  }

  #count() {
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
