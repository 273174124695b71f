// <lab-access> – covers a page that has no secret and asks for the link that `./lab up` printed. With the attribute
// `joins` there is a class, and a visitor without a link is sent to the join page.

import { exchangeToken, session } from "./session.js"

export default class LabAccess extends HTMLElement {
  connectedCallback() {
    session.addEventListener("signed-out", ({ detail }) => this.#show(detail.why))
    session.addEventListener("signed-in", () => this.#dialog.close())
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
    this.#say(await exchangeToken(link))
  }

  #say(text) {
    this.querySelector(".access-say").textContent = text
  }
}
