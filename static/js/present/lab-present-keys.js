// <lab-present-keys> – the presenter's controls in both windows: keys, the help on `?`, and buttons that vanish while
// the mouse rests. While the lab types, any key only stops it; while the screen is blank, any key only wakes it.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { needsConfirmation, actionFor, isKey, keyNames, OUT, TABLE } from "./keys.js"
import { presentation } from "./presentation.js"

const IDLE = 2500 // milliseconds
const CONFIRM_WITHIN = 4000
const MESSAGE_SHOWN = 6000
const PLAYER_KEYS = [" ", "ArrowLeft", "ArrowRight", "[", "]"] // the player's own keys, while it has the focus

export default class LabPresentKeys extends HTMLElement {
  /** @type {HTMLDialogElement} */
  #dialog
  #resting
  #pending = { action: "", until: 0 }
  #silence

  connectedCallback() {
    this.#dialog = this.querySelector("dialog")
    this.#dialog
      .querySelector("dl")
      .append(
        ...TABLE.map(row),
        row({ action: OUT, keys: [OUT], words: "into the terminal, and the only way out of it by key" }),
      )
    this.querySelector(".keys-close").addEventListener("click", () => this.#dialog.close())
    for (const button of this.querySelectorAll("[data-action]"))
      button.addEventListener("click", () => this.#do(button.dataset.action))
    // In the capture phase: a terminal consumes every key that reaches it.
    addEventListener("keydown", (event) => this.#pressed(event), true)
    for (const name of ["pointermove", "pointerdown"]) addEventListener(name, () => this.#showControls())
    presentation.addEventListener("say", ({ detail }) => this.#say(detail))
    presentation.addEventListener("typing", () => (this.dataset.hand = presentation.typing.state))
    this.#showControls()
  }

  // Private

  #pressed(event) {
    if (this.#dialog.open) return event.key === "?" && this.#dialog.close()
    if (document.querySelector("dialog[open]")) return
    if (presentation.position.blank && isKey(event) && !document.body.classList.contains("notes-page"))
      return this.#consume(event, () => presentation.wake())
    if (presentation.isTyping && isKey(event)) return this.#consume(event, () => presentation.stopTyping())
    const at = focusOf(event)
    if (at === "player" && PLAYER_KEYS.includes(event.key)) return
    const action = actionFor(event, at)
    if (at === "terminal" && isTurn(action)) this.#leaveTerminal()
    if (action && !(event.repeat && action !== "larger" && action !== "smaller"))
      this.#consume(event, () => this.#do(action))
  }

  #consume(event, act) {
    event.preventDefault()
    event.stopImmediatePropagation()
    act()
  }

  #do(action) {
    if (needsConfirmation(action) && !this.#confirmed(action)) return
    if (action === "help") this.#dialog.showModal()
    else if (action === "terminal") document.querySelector("lab-terminal")?.focus()
    else if (action === "out") this.#leaveTerminal()
    else if (action === "blank" && presentation.position.blank) presentation.wake()
    else presentation[action]()
  }

  #leaveTerminal() {
    document.activeElement.blur()
    document.getElementById("lesson")?.focus({ preventScroll: true })
  }

  #confirmed(action) {
    const sure = this.#pending.action === action && performance.now() < this.#pending.until
    this.#pending = { action: sure ? "" : action, until: performance.now() + CONFIRM_WITHIN }
    const words = {
      afresh: "Press f once more for a new, empty engine.",
      timer: "Press z once more to count from zero.",
    }
    this.#say(sure ? "" : words[action])
    return sure
  }

  #say(words) {
    clearTimeout(this.#silence)
    const place = this.querySelector(".present-say")
    place.textContent = words
    place.hidden = !words
    if (words) announce(words)
    this.#silence = setTimeout(() => (place.hidden = true), MESSAGE_SHOWN)
  }

  #showControls() {
    document.body.classList.remove("idle")
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => document.body.classList.add("idle"), IDLE)
  }
}

const row = (one) =>
  h("div", {}, h("dt", {}, ...keyNames(one).flatMap((name) => [h("kbd", {}, name), " "])), h("dd", {}, one.words))

const isTurn = (action) => action === "onward" || action === "previous"

function focusOf(event) {
  const at = event.composedPath()[0]
  if (at.closest?.("lab-player")) return "player"
  if (at.closest?.("lab-terminal")) return "terminal"
  if (at.matches?.("input, textarea, select, [contenteditable]")) return "field"
  return at.closest?.("button, a[href], summary") ? "button" : "page"
}
