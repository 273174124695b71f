// <lab-dashboard-class> – ends the class and starts another one. Confirmed twice, because nobody of this class is taken
// along.

import { announce } from "../shared/announce.js"
import { classroom } from "../class/classroom.js"
import { download } from "../shared/session.js"

export default class LabDashboardClass extends HTMLElement {
  connectedCallback() {
    this.querySelector(".class-open").addEventListener("click", () => this.#ask())
    this.#sure.addEventListener("change", () => (this.#yes.disabled = !this.#sure.checked))
    this.querySelector(".class-csv").addEventListener("click", () => this.#save())
    this.#yes.addEventListener("click", () => this.#begin())
  }

  // Private

  get #yes() {
    return /** @type {HTMLButtonElement} */ (this.querySelector(".class-yes"))
  }

  get #sure() {
    return this.querySelector("input")
  }

  #ask() {
    this.#sure.checked = false
    this.#yes.disabled = true
    this.#say("")
    this.querySelector("dialog").showModal()
  }

  async #save() {
    await download("/api/report.csv", "slipway-class.csv").catch((error) => this.#say(error.message))
  }

  async #begin() {
    const answer = await classroom.request("anew")
    if (!answer.ok) return this.#say(answer.say)
    this.querySelector("dialog").close()
    announce("Another class has begun. The invitation has its code.")
  }

  #say(words) {
    this.querySelector(".class-say").textContent = words
  }
}
