// <lab-class> – the class in a page's header: a learner asks for help, withdraws it, and sees that it was noticed; an
// instructor gets a link to the dashboard. The button changes its text, never its position or width.

import { announce } from "../shared/announce.js"
import { classroom } from "./classroom.js"

const LABELS = { none: "Ask for help", asked: "You asked · take back", seen: "Seen, wait · take back" }
const TITLES = {
  none: "Your instructor sees who asks, where, and what you last typed (a)",
  asked: "Your instructor sees that you ask. Click to take it back (a)",
  seen: "Your instructor has seen that you ask. Click when you need nothing any more (a)",
}
const ANNOUNCEMENTS = {
  none: "You no longer ask for help.",
  asked: "Your instructor can see that you ask for help.",
  seen: "Your instructor has seen that you ask for help.",
}

export default class LabClass extends HTMLElement {
  #help = null

  connectedCallback() {
    classroom.addEventListener("standing", ({ detail }) => detail.ok && this.#onStanding(detail))
    classroom.addEventListener("help", ({ detail }) => this.#show(detail.help))
    this.#button.addEventListener("click", () => this.#ask())
  }

  // Private

  get #button() {
    return this.querySelector(".ask-button")
  }

  #onStanding({ instructor, help }) {
    this.querySelector(".dashboard-open").hidden = !instructor
    this.#button.hidden = instructor
    if (!instructor) this.#show(help)
  }

  async #ask() {
    const answer = await classroom.request("help", { ask: this.#help === "none" })
    if (answer.ok) this.#show(answer.help)
    else announce((this.#button.title = answer.say))
  }

  #show(help) {
    if (help === this.#help) return
    if (this.#help !== null) announce(ANNOUNCEMENTS[help])
    this.#help = help
    this.#button.dataset.help = help
    this.#button.setAttribute("aria-pressed", help !== "none")
    this.#button.title = TITLES[help]
    this.querySelector(".ask-words").textContent = LABELS[help]
  }
}
