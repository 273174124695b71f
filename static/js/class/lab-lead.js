// <lab-lead><button></lab-lead> – the instructor lets the class follow: their terminal in view, their picture, their
// page. Whoever leads says so again after a loss of the connection, for the server forgets it when it is restarted.

import { announce } from "../shared/announce.js"
import { room } from "./follow.js"

export default class LabLead extends HTMLElement {
  #leads = false

  connectedCallback() {
    this.#button.addEventListener("click", () => this.toggle())
    document.addEventListener("slipway:lead", () => this.toggle())
    room.addEventListener("came", () => this.#leads && room.ask("lead", { on: 1 }))
    room.addEventListener("consent", ({ detail }) => this.#told(detail))
  }

  async toggle() {
    this.#leads = !room.consent?.leading
    const answer = await room.ask("lead", { on: Number(this.#leads) })
    announce(answer.ok ? (this.#leads ? "Your class can follow you now." : "Nobody follows you any more.") : answer.say)
  }

  // Private

  get #button() {
    return this.querySelector("button")
  }

  #told({ class: open, instructor, leading, followers }) {
    this.hidden = !open || !instructor
    if (this.hidden) return
    this.#leads = leading
    this.#button.setAttribute("aria-pressed", String(leading))
    this.#button.textContent = leading ? `Leading ${followers}` : "Lead"
    this.#button.title = leading
      ? `${followers} follow your page and your terminal (F8 ends it)`
      : "Let your class follow your page and your terminal (F8)"
  }
}
