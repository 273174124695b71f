// <lab-stage> – the area above the terminal: the picture and the API calls, side by side if there is room, else one of
// them; and the picture in words.

import { loadSetting, saveSetting } from "../shared/storage.js"

export default class LabStage extends HTMLElement {
  connectedCallback() {
    for (const button of document.querySelectorAll("[data-toggle=api-calls]"))
      button.addEventListener("click", () => this.toggleCalls())
    this.querySelector("[data-toggle=words]").addEventListener("click", () => this.toggleWords())
    this.querySelector(".stage-picture").textContent = this.querySelector("lab-scene").caption
    this.#showCalls(loadSetting("wire") === "yes")
    this.#showWords(loadSetting("words") === "yes")
  }

  toggleCalls() {
    document.dispatchEvent(new CustomEvent("slipway:show", { detail: "picture" }))
    this.#showCalls(!this.hasAttribute("api-calls"))
  }

  toggleWords() {
    this.#showWords(!this.hasAttribute("words"))
  }

  // Private

  #showCalls(yes) {
    this.toggleAttribute("api-calls", yes)
    saveSetting("wire", yes ? "yes" : "no")
    for (const button of document.querySelectorAll("[data-toggle=api-calls]")) button.setAttribute("aria-pressed", yes)
  }

  #showWords(yes) {
    this.toggleAttribute("words", yes)
    saveSetting("words", yes ? "yes" : "no")
    this.querySelector("[data-toggle=words]").setAttribute("aria-pressed", yes)
    this.querySelector("lab-scene").inWords = yes
  }
}
