// <lab-present-keys> – the presenter's hands, in both windows: keys, the help on `?`, and controls for a mouse that
// vanish when it rests. While the lab types any key only stops it; while the screen is blank any key only wakes it.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { asksFirst, deedOf, isKey, namesOf, OUT, TABLE } from "./keys.js"
import { presentation } from "./presentation.js"

const IDLE = 2500 // milliseconds
const SURE = 4000
const SAID = 6000
const PLAYS = [" ", "ArrowLeft", "ArrowRight", "[", "]"] // the recording's own keys, while it has the focus

export default class LabPresentKeys extends HTMLElement {
  #dialog
  #resting
  #asked = { deed: "", until: 0 }
  #silence

  connectedCallback() {
    this.#dialog = this.querySelector("dialog")
    this.#dialog
      .querySelector("dl")
      .append(
        ...TABLE.map(row),
        row({ deed: OUT, keys: [OUT], words: "into the terminal, and the only way out of it by key" }),
      )
    this.querySelector(".keys-close").addEventListener("click", () => this.#dialog.close())
    for (const button of this.querySelectorAll("[data-deed]"))
      button.addEventListener("click", () => this.#do(button.dataset.deed))
    // In the capture phase: a terminal takes every key that reaches it.
    addEventListener("keydown", (event) => this.#pressed(event), true)
    for (const name of ["pointermove", "pointerdown"]) addEventListener(name, () => this.#stir())
    presentation.addEventListener("say", ({ detail }) => this.#say(detail))
    presentation.addEventListener("typing", () => (this.dataset.hand = presentation.typing.state))
    this.#stir()
  }

  // Private

  #pressed(event) {
    if (this.#dialog.open) return event.key === "?" && this.#dialog.close()
    if (document.querySelector("dialog[open]")) return
    if (presentation.place.blank && isKey(event) && !document.body.classList.contains("notes-page"))
      return this.#take(event, () => presentation.wake())
    if (presentation.busy && isKey(event)) return this.#take(event, () => presentation.still())
    const at = placeOf(event)
    if (at === "player" && PLAYS.includes(event.key)) return
    const deed = deedOf(event, at)
    if (at === "terminal" && isTurn(deed)) this.#out()
    if (deed && !(event.repeat && deed !== "larger" && deed !== "smaller")) this.#take(event, () => this.#do(deed))
  }

  #take(event, act) {
    event.preventDefault()
    event.stopImmediatePropagation()
    act()
  }

  #do(deed) {
    if (asksFirst(deed) && !this.#sure(deed)) return
    if (deed === "help") this.#dialog.showModal()
    else if (deed === "terminal") document.querySelector("lab-terminal")?.focus()
    else if (deed === "out") this.#out()
    else if (deed === "blank" && presentation.place.blank) presentation.wake()
    else presentation[deed]()
  }

  #out() {
    document.activeElement.blur()
    document.getElementById("lesson")?.focus({ preventScroll: true })
  }

  #sure(deed) {
    const sure = this.#asked.deed === deed && performance.now() < this.#asked.until
    this.#asked = { deed: sure ? "" : deed, until: performance.now() + SURE }
    const words = {
      afresh: "Press f once more for a new, empty engine.",
      timer: "Press z once more to count from zero.",
    }
    this.#say(sure ? "" : words[deed])
    return sure
  }

  #say(words) {
    clearTimeout(this.#silence)
    const place = this.querySelector(".present-say")
    place.textContent = words
    place.hidden = !words
    if (words) announce(words)
    this.#silence = setTimeout(() => (place.hidden = true), SAID)
  }

  #stir() {
    document.body.classList.remove("idle")
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => document.body.classList.add("idle"), IDLE)
  }
}

const row = (one) =>
  h("div", {}, h("dt", {}, ...namesOf(one).flatMap((name) => [h("kbd", {}, name), " "])), h("dd", {}, one.words))

const isTurn = (deed) => deed === "onward" || deed === "previous"

function placeOf(event) {
  const at = event.composedPath()[0]
  if (at.closest?.("lab-player")) return "player"
  if (at.closest?.("lab-terminal")) return "terminal"
  if (at.matches?.("input, textarea, select, [contenteditable]")) return "field"
  return at.closest?.("button, a[href], summary") ? "button" : "page"
}
