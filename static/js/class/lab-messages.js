// <lab-messages> – the instructor's messages to this learner: a note at the end of its step, below the buttons, so that
// nothing moves under the pointer. On other pages notes appear in a corner, with a link to their step. A note takes no
// focus and stays until it is dismissed. While it is out of sight, the header says so.

import { announce } from "../shared/announce.js"
import { h, sentence } from "../shared/dom.js"
import { classroom } from "./classroom.js"

export default class LabMessages extends HTMLElement {
  #cards = new Map()
  #dismissed = new Set()

  connectedCallback() {
    classroom.addEventListener("standing", ({ detail }) => detail.ok && this.#show(detail.told, false))
    classroom.addEventListener("pushed", ({ detail }) => this.#show(detail.told, true))
    this.#openButton?.addEventListener("click", () => this.#openOldest())
  }

  // Private

  get #lesson() {
    return this.closest("lab-lesson")
  }

  get #openButton() {
    return document.querySelector(".messages-open")
  }

  #show(told, announced) {
    const wanted = told.filter(({ id }) => !this.#dismissed.has(id))
    for (const [id, card] of this.#cards) if (!wanted.some((one) => one.id === id)) this.#drop(id, card)
    for (const one of wanted) if (!this.#cards.has(one.id)) this.#add(one, announced)
    this.#updateButton()
  }

  #add({ id, lesson, step, text }, announced) {
    const words = h("p", { class: "message-text" }, ...sentence(text))
    const read = h(
      "button",
      { type: "button", class: "quiet small message-read", onclick: () => this.#dismiss(id, card) },
      "Got it",
    )
    const card = h(
      "aside",
      { class: "message", tabindex: "-1", "aria-label": "From your instructor" },
      h("p", { class: "help-title" }, "From your instructor"),
      words,
      read,
    )
    if (this.#lesson) this.#place(card, lesson, step)
    else this.append(this.#withLink(card, lesson, step))
    this.#cards.set(id, card)
    if (announced) announce(`Your instructor says: ${words.textContent}`)
  }

  #place(card, lesson, step) {
    const there =
      lesson === this.#lesson.getAttribute("lesson") ? this.#lesson.steps.find((one) => one.slug === step) : null
    const place = there ?? this.#lesson.current
    if (place) place.querySelector(".step-body").append(card)
    else this.#lesson.querySelector(".lesson-go").before(card)
  }

  #withLink(card, lesson, step) {
    if (lesson)
      card.append(
        " ",
        h("a", { class: "message-link", href: `/lessons/${lesson}${step ? `#step-${step}` : ""}` }, "To the step"),
      )
    return card
  }

  async #dismiss(id, card) {
    const answer = await classroom.request("read", { id })
    if (!answer.ok) return announce(answer.say)
    const head = card.closest("lab-step")?.querySelector(".step-head") ?? document.querySelector("h1")
    const held = card.contains(document.activeElement)
    this.#dismissed.add(id)
    this.#drop(id, card)
    this.#updateButton()
    if (held && head.tabIndex < 0) head.tabIndex = -1
    if (held) head.focus({ preventScroll: true })
  }

  #drop(id, card) {
    this.#cards.delete(id)
    card.remove()
  }

  #updateButton() {
    const many = this.#cards.size
    this.#openButton.hidden = !many
    this.#openButton.textContent = many === 1 ? "A note for you" : `${many} notes for you`
  }

  // Opens the step of the oldest note and scrolls there.
  #openOldest() {
    const [card] = this.#cards.values()
    if (!card) return
    document.dispatchEvent(new CustomEvent("slipway:show", { detail: "lesson" }))
    const step = card.closest("lab-step")
    if (step) step.open = true
    card.scrollIntoView({ block: "nearest" })
    card.focus({ preventScroll: true })
  }
}
