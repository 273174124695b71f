// <lab-dashboard-class> – the end of a class, and the beginning of another one: asked twice, for nobody of this one comes along.

import { announce } from "../shared/announce.js"
import { classroom } from "../class/classroom.js"
import { download } from "../shared/session.js"

export default class LabDashboardClass extends HTMLElement {
  connectedCallback() {
    this.querySelector(".class-open").addEventListener("click", () => this.#ask())
    this.querySelector("input").addEventListener("change", ({ target }) => (this.#yes.disabled = !target.checked))
    this.querySelector(".class-csv").addEventListener("click", () => this.#save())
    this.#yes.addEventListener("click", () => this.#begin())
  }

  // Private

  get #yes() {
    return this.querySelector(".class-yes")
  }

  #ask() {
    this.querySelector("input").checked = false
    this.#yes.disabled = true
    this.#say("")
    this.querySelector("dialog").showModal()
  }

  async #save() {
    await download("/api/report.csv", "slipway-class.csv").catch((error) => this.#say(error.message))
  }

  async #begin() {
    const answer = await classroom.ask("anew")
    if (!answer.ok) return this.#say(answer.say)
    this.querySelector("dialog").close()
    announce("Another class has begun. The invitation has its code.")
  }

  #say(words) {
    this.querySelector(".class-say").textContent = words
  }
}
