// <lab-repeat lesson="slug"> – does a lesson once more: its ticks are cleared, the learner's engine is left alone.

import { announce } from "../shared/announce.js"
import { feed } from "../shared/feed.js"

export default class LabRepeat extends HTMLElement {
  connectedCallback() {
    this.#on("ask", () => this.#show(true))
    this.#on("no", () => this.#show(false))
    this.#on("yes", () => this.#again())
  }

  // Private

  #part(name) {
    return this.querySelector(`.repeat-${name}`)
  }

  #on(name, does) {
    this.#part(name).addEventListener("click", does)
  }

  #show(asking) {
    this.#part("sure").hidden = !asking
    this.#part("ask").hidden = asking
    this.#part(asking ? "yes" : "ask").focus()
  }

  async #again() {
    const answer = await feed.ask("again", { lesson: this.getAttribute("lesson") })
    this.#show(false)
    announce(answer.ok ? "The lesson starts over." : answer.say)
    if (answer.ok) document.querySelector("lab-lesson h1").focus()
  }
}
