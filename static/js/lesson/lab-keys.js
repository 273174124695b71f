// <lab-keys> – the page's keys: one table, which is also the help that `?` opens. Letters have no effect while one
// types or in the terminal; F6 works everywhere, so that nobody is trapped there.

import { loadSetting, saveSetting } from "../shared/storage.js"

const watching = () => document.querySelector("lab-player:not([hidden])")
const panes = () => (watching() ? ["lesson", "player"] : ["lesson", "stage", "terminal"])

export default class LabKeys extends HTMLElement {
  /** @type {HTMLDialogElement} */
  #dialog
  /** @type {HTMLInputElement} */
  #switch

  connectedCallback() {
    this.#dialog = this.querySelector("dialog")
    this.#switch = this.querySelector("input")
    this.#switch.checked = loadSetting("letters") !== "no"
    this.#switch.addEventListener("change", () => saveSetting("letters", this.#switch.checked ? "yes" : "no"))
    this.querySelector(".keys-open").addEventListener("click", () => this.#dialog.showModal())
    this.querySelector(".keys-close").addEventListener("click", () => this.#dialog.close())
    // In the capture phase: a terminal consumes every key that reaches it.
    addEventListener("keydown", (event) => this.#pane(event), true)
    addEventListener("keydown", (event) => this.#letter(event))
  }

  // Private

  #pane(event) {
    if (event.key !== "F6" || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    event.stopImmediatePropagation()
    const names = panes()
    const at = names.findIndex((name) => pane(name)?.contains(document.activeElement))
    this.#enter(names.at((at + (event.shiftKey ? -1 : 1)) % names.length))
  }

  #enter(name) {
    if (name !== "player")
      document.dispatchEvent(new CustomEvent("slipway:show", { detail: name === "stage" ? "picture" : name }))
    const place = pane(name)
    const field = name === "terminal" ? place.querySelector("lab-terminal:not([hidden]) textarea") : null
    ;(field ?? place)?.focus()
  }

  #letter(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || this.#dialog.open || typing(event))
      return
    if (event.key === "?") return this.#dialog.showModal()
    const act = this.#switch.checked && this.#acts[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }

  get #acts() {
    const lesson = document.querySelector("lab-lesson")
    const stage = document.querySelector("lab-stage")
    if (!lesson) return {}
    return {
      n: () => lesson.go("next"),
      b: () => lesson.go("previous"),
      p: () => document.querySelector(".present-open")?.click(),
      h: () => lesson.current?.hint(),
      s: () => lesson.current?.solution(),
      m: () => lesson.current?.show(),
      r: () => lesson.current?.querySelector("lab-command")?.run(),
      w: () => stage.toggleCalls(),
      d: () => stage.toggleWords(),
      a: () => document.querySelector(".ask-button:not([hidden])")?.click(),
      t: () => this.#enter(watching() ? "player" : "terminal"),
    }
  }
}

const pane = (name) => document.getElementById(name)

function typing(event) {
  const at = event.composedPath()[0]
  return (
    at.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]") ||
    Boolean(at.closest?.("lab-terminal"))
  )
}
