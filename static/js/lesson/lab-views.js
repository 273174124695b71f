// <lab-views> – on a narrow page only one of lesson, picture and terminal is visible, chosen with these tabs. On a wide
// page the tabs are hidden and everything is visible.

import { loadSetting, saveSetting } from "../shared/storage.js"

const NARROW = matchMedia("(max-width: 799px)")

export default class LabViews extends HTMLElement {
  connectedCallback() {
    for (const button of this.#buttons) button.addEventListener("click", () => this.show(button.dataset.view))
    document.addEventListener("slipway:ran", () => NARROW.matches && this.show("terminal"))
    document.addEventListener("slipway:ticked", () => this.#ticked())
    document.addEventListener("slipway:show", ({ detail }) => this.show(detail))
    const kept = loadSetting("view")
    this.show(this.#buttons.some((button) => button.dataset.view === kept) ? kept : "lesson")
  }

  show(view) {
    document.body.dataset.view = view
    saveSetting("view", view)
    for (const button of this.#buttons) button.setAttribute("aria-pressed", button.dataset.view === view)
    if (view === "lesson") this.classList.remove("news")
    dispatchEvent(new Event("resize"))
  }

  // Private

  get #buttons() {
    return [...this.querySelectorAll("button[data-view]")]
  }

  #ticked() {
    if (document.body.dataset.view !== "lesson") this.classList.add("news")
  }
}
