// <lab-dashboard-keys> – the help on `?`, and the keys that lead to other pages. The keys of the lists are in the
// lists.

import { isSingleKey } from "./letter-keys.js"

export default class LabDashboardKeys extends HTMLElement {
  /** @type {HTMLDialogElement} */
  #dialog

  connectedCallback() {
    this.#dialog = this.querySelector("dialog")
    this.querySelector(".keys-open").addEventListener("click", () => this.#dialog.showModal())
    this.querySelector(".keys-close").addEventListener("click", () => this.#dialog.close())
    addEventListener("keydown", (event) => this.#pressed(event))
  }

  // Private

  #pressed(event) {
    if (!isSingleKey(event)) return
    const acts = {
      "?": () => this.#dialog.showModal(),
      i: () => location.assign("/invite"),
      r: () => location.assign("/report"),
    }
    if (!acts[event.key]) return
    event.preventDefault()
    acts[event.key]()
  }
}
