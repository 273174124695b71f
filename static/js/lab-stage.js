// <lab-stage> – what stands above the terminal: the picture and the wire, side by side where there is room, else one
// of them; and the picture in words.

import { recall, remember } from "./kept.js"

export default class LabStage extends HTMLElement {
  connectedCallback() {
    for (const button of document.querySelectorAll("[data-toggle=wire]")) button.addEventListener("click", () => this.toggleWire())
    this.querySelector("[data-toggle=words]").addEventListener("click", () => this.toggleWords())
    this.querySelector(".stage-picture").textContent = this.querySelector("lab-scene").caption
    this.#wire(recall("wire") === "yes")
    this.#words(recall("words") === "yes")
  }

  toggleWire() {
    document.dispatchEvent(new CustomEvent("slipway:show", { detail: "picture" }))
    this.#wire(!this.hasAttribute("wire"))
  }

  toggleWords() {
    this.#words(!this.hasAttribute("words"))
  }

  // Private

  #wire(yes) {
    this.toggleAttribute("wire", yes)
    remember("wire", yes ? "yes" : "no")
    for (const button of document.querySelectorAll("[data-toggle=wire]")) button.setAttribute("aria-pressed", yes)
  }

  #words(yes) {
    this.toggleAttribute("words", yes)
    remember("words", yes ? "yes" : "no")
    this.querySelector("[data-toggle=words]").setAttribute("aria-pressed", yes)
    this.querySelector("lab-scene").inWords = yes
  }
}
