// <lab-dashboard-person> – the learner whose dot was chosen: where, for how long, what they last did, what is wrong; the way to
// watch them, and a sentence for them alone.

import { sentence } from "../shared/dom.js"
import { classroom } from "../class/classroom.js"
import { lately, where, why } from "./model.js"
import { composer } from "./message-form.js"
import { lacks } from "./engine-failures.js"
import { did } from "./activity-text.js"

export default class LabDashboardPerson extends HTMLElement {
  #who = null
  #draft = null // for whom the form's text is
  #form

  connectedCallback() {
    this.#form = composer("What this learner should read", (text) => this.#send(text))
    this.#form.hidden = false
    this.querySelector(".person-form").append(this.#form)
    document.addEventListener("slipway:dashboard", () => this.#draw())
    document.addEventListener("slipway:person", ({ detail }) => this.#show(detail.who))
    this.querySelector(".person-close").addEventListener("click", () => this.#show(null))
    this.addEventListener("keydown", ({ key }) => key === "Escape" && this.#show(null))
  }

  // Private

  get #wall() {
    return document.querySelector("lab-dashboard")
  }

  #show(who) {
    const before = this.#who
    this.#who = who
    this.#put("done", [""])
    this.#address(who)
    this.querySelector(".person-watch").href = `/watch/${who ?? ""}`
    this.#draw()
    if (who) this.scrollIntoView({ block: "nearest" })
    else if (before) document.querySelector(`.dot[data-who="${CSS.escape(before)}"]`)?.focus()
  }

  // What was written for one learner is not for the next; closing the panel loses nothing.
  #address(who) {
    if (!who || who === this.#draft) return
    this.#draft = who
    this.#form.reset()
  }

  #draw() {
    const person = this.#wall.chart.people[this.#who]
    this.hidden = !person
    this.dataset.who = this.#who ?? ""
    if (!person) return
    this.#put("name", [this.#wall.names ? person.name : "Somebody"])
    this.#put("where", [where(person, this.#wall.lessons)])
    const more = [
      person.told && `has ${person.told} unread`,
      lacks(this.#wall.chart, this.#who) && "has no working engine",
    ].filter(Boolean)
    this.#put("why", [[why(person, this.#wall.now), ...more].join(" · ")])
    this.#put("mistake", sentence(person.mistake))
    this.#put("did", this.#wall.names ? did(lately(person, this.#wall.lessons, this.#wall.now)) : [])
  }

  #put(name, nodes) {
    this.querySelector(`.person-${name}`).replaceChildren(...nodes)
  }

  async #send(text) {
    const who = this.#who
    const { lesson, step } = this.#wall.chart.people[who]
    const answer = await classroom.ask("push", { learners: [who], lesson, step, text })
    if (who === this.#who) this.#put("done", [answer.ok ? "Sent." : answer.say])
    else if (!answer.ok) this.#put("done", [`What you wrote before was not sent. ${answer.say}`])
    return answer.ok
  }
}
