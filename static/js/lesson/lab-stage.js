// <lab-stage> – what stands above the terminal: the picture and the wire, side by side where there is room, else one
// of them; and the picture in words.

import { recall, remember } from "../shared/storage.js"

export default class LabStage extends HTMLElement {
  connectedCallback() {
    for (const button of document.querySelectorAll("[data-toggle=api-calls]"))
      button.addEventListener("click", () => this.toggleCalls())
    this.querySelector("[data-toggle=words]").addEventListener("click", () => this.toggleWords())
    this.querySelector(".stage-picture").textContent = this.querySelector("lab-scene").caption
    this.#calls(recall("wire") === "yes")
    this.#words(recall("words") === "yes")
  }

  toggleCalls() {
    document.dispatchEvent(new CustomEvent("slipway:show", { detail: "picture" }))
    this.#calls(!this.hasAttribute("api-calls"))
  }

  toggleWords() {
    this.#words(!this.hasAttribute("words"))
  }

  // Private

  #calls(yes) {
    this.toggleAttribute("api-calls", yes)
    remember("wire", yes ? "yes" : "no")
    for (const button of document.querySelectorAll("[data-toggle=api-calls]")) button.setAttribute("aria-pressed", yes)
  }

  #words(yes) {
    this.toggleAttribute("words", yes)
    remember("words", yes ? "yes" : "no")
    this.querySelector("[data-toggle=words]").setAttribute("aria-pressed", yes)
    this.querySelector("lab-scene").inWords = yes
  }
}
