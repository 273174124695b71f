// <lab-lead><button></lab-lead> – lets the class follow the instructor: terminal, picture and page. Leading is
// announced again after a loss of the connection, because a restarted server forgets it.

import { announce } from "../shared/announce.js"
import { followConnection } from "./follow.js"

export default class LabLead extends HTMLElement {
  #isLeading = false

  connectedCallback() {
    this.#button.addEventListener("click", () => this.toggle())
    document.addEventListener("slipway:lead", () => this.toggle())
    followConnection.addEventListener("connected", () => this.#isLeading && followConnection.request("lead", { on: 1 }))
    followConnection.addEventListener("consent", ({ detail }) => this.#onConsent(detail))
  }

  async toggle() {
    this.#isLeading = !followConnection.consent?.leading
    const answer = await followConnection.request("lead", { on: Number(this.#isLeading) })
    announce(
      answer.ok ? (this.#isLeading ? "Your class can follow you now." : "Nobody follows you any more.") : answer.say,
    )
  }

  // Private

  get #button() {
    return this.querySelector("button")
  }

  #onConsent({ class: open, instructor, leading, followers }) {
    this.hidden = !open || !instructor
    if (this.hidden) return
    this.#isLeading = leading
    this.#button.setAttribute("aria-pressed", String(leading))
    this.#button.textContent = leading ? `Leading ${followers}` : "Lead"
    this.#button.title = leading
      ? `${followers} follow your page and your terminal (F8 ends it)`
      : "Let your class follow your page and your terminal (F8)"
  }
}
