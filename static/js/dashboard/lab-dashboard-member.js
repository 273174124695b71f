// <lab-dashboard-member> – what an instructor can do for the selected learner: look up the personal code, correct the
// name, remove them from the class. The code is requested only to be shown.

import { announce } from "../shared/announce.js"
import { classroom } from "../class/classroom.js"

export default class LabDashboardMember extends HTMLElement {
  /** @type {any} */
  #who = null
  #named = true

  connectedCallback() {
    document.addEventListener("slipway:person", ({ detail }) => this.#turn(detail.who))
    document.addEventListener("slipway:dashboard", () => this.#names())
    this.#details.addEventListener("toggle", () => this.#details.open && this.#open())
    this.#form.addEventListener("submit", (event) => this.#rename(event))
    this.#on("remove", () => this.#sure(true))
    this.#on("no", () => this.#sure(false))
    this.#on("yes", () => this.#remove())
  }

  // Private

  get #dashboard() {
    return document.querySelector("lab-dashboard")
  }

  get #details() {
    return this.querySelector("details")
  }

  get #form() {
    return this.querySelector("form")
  }

  get #name() {
    return this.querySelector("input")
  }

  #on(name, act) {
    this.querySelector(`.member-${name}`).addEventListener("click", act)
  }

  #turn(who) {
    if (who === this.#who) return
    this.#who = who
    this.#shut()
  }

  // Hiding names also closes this panel, which shows one.
  #names() {
    const { names } = this.#dashboard
    if (this.#named && !names) this.#shut()
    this.#named = names
  }

  #shut() {
    if (this.#details.contains(document.activeElement)) this.querySelector("summary").focus()
    this.#details.open = false
    this.#form.reset()
    this.#say("")
    this.querySelector(".member-code").textContent = "…"
    this.querySelector(".member-sure").hidden = true
  }

  async #open() {
    const who = this.#who
    this.#name.value = this.#dashboard.names ? (this.#dashboard.model.people[who]?.name ?? "") : ""
    this.#say("")
    const answer = await classroom.request("member", { learner: who })
    if (who === this.#who && this.#details.open)
      this.querySelector(".member-code").textContent = answer.ok ? answer.personal : answer.say
  }

  async #rename(event) {
    event.preventDefault()
    const who = this.#who
    const answer = await classroom.request("rename", { learner: who, name: this.#name.value })
    const done = this.#dashboard.names ? `The name is ${answer.name} now.` : "Renamed."
    if (who === this.#who) this.#say(answer.ok ? done : answer.say)
  }

  #sure(asks) {
    this.querySelector(".member-sure").hidden = !asks
    this.querySelector(asks ? ".member-no" : ".member-remove").focus()
  }

  async #remove() {
    const answer = await classroom.request("remove", { learner: this.#who })
    if (!answer.ok) return this.#say(answer.say)
    announce("Removed from the class.")
    document.dispatchEvent(new CustomEvent("slipway:person", { detail: { who: null } }))
  }

  #say(words) {
    this.querySelector(".member-say").textContent = words
  }
}
