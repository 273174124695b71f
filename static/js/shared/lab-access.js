// <lab-access> – stands before the page while it has no key: asks, calmly, for the link that `./lab up` printed. With
// `joins` there is a class here, and whoever comes without anything is a learner who wants to join it.

import { exchange, session } from "./session.js"

export default class LabAccess extends HTMLElement {
  connectedCallback() {
    session.addEventListener("locked", ({ detail }) => this.#show(detail.why))
    session.addEventListener("entered", () => this.#dialog.close())
    this.querySelector("form").addEventListener("submit", (event) => this.#submit(event))
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault())
  }

  // Private

  get #dialog() {
    return this.querySelector("dialog")
  }

  #show(why) {
    if (this.hasAttribute("joins") && !why) return location.replace("/join")
    this.#say(why)
    if (!this.#dialog.open) this.#dialog.showModal()
  }

  async #submit(event) {
    event.preventDefault()
    const link = this.querySelector("input").value
    if (!link.trim()) return this.#say("Paste the whole link, or the part after token=.")
    this.#say(await exchange(link))
  }

  #say(text) {
    this.querySelector(".access-say").textContent = text
  }
}
