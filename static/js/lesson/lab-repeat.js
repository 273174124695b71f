// <lab-repeat lesson="slug"> – starts a lesson over: clears its ticks and leaves the learner's engine alone.

import { announce } from "../shared/announce.js"
import { feed } from "../shared/feed.js"

export default class LabRepeat extends HTMLElement {
  connectedCallback() {
    this.#on("ask", () => this.#show(true))
    this.#on("no", () => this.#show(false))
    this.#on("yes", () => this.#repeat())
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

  async #repeat() {
    const answer = await feed.request("again", { lesson: this.getAttribute("lesson") })
    this.#show(false)
    announce(answer.ok ? "The lesson starts over." : answer.say)
    if (answer.ok) document.querySelector("lab-lesson h1").focus()
  }
}
