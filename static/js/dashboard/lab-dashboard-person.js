// <lab-dashboard-person> – the selected learner: position, time, last activity, problem; a link to watch them, and a
// message for them alone.

import { sentence } from "../shared/dom.js"
import { classroom } from "../class/classroom.js"
import { lastActivity, locationText, stateText } from "./model.js"
import { messageForm } from "./message-form.js"
import { hasNoEngine } from "./engine-failures.js"
import { activityText } from "./activity-text.js"

export default class LabDashboardPerson extends HTMLElement {
  /** @type {any} */
  #who = null
  #draft = null // whom the form's text is for
  #form

  connectedCallback() {
    this.#form = messageForm("What this learner should read", (text) => this.#send(text))
    this.#form.hidden = false
    this.querySelector(".person-form").append(this.#form)
    document.addEventListener("slipway:dashboard", () => this.#draw())
    document.addEventListener("slipway:person", ({ detail }) => this.#show(detail.who))
    this.querySelector(".person-close").addEventListener("click", () => this.#show(null))
    this.addEventListener("keydown", ({ key }) => key === "Escape" && this.#show(null))
  }

  // Private

  get #dashboard() {
    return document.querySelector("lab-dashboard")
  }

  #show(who) {
    const before = this.#who
    this.#who = who
    this.#put("done", [""])
    this.#address(who)
    this.querySelector("a.person-watch").href = `/watch/${who ?? ""}`
    this.#draw()
    if (who) this.scrollIntoView({ block: "nearest" })
    else if (before) document.querySelector(`.dot[data-who="${CSS.escape(before)}"]`)?.focus()
  }

  // Clears the form for another learner; closing the panel keeps the text.
  #address(who) {
    if (!who || who === this.#draft) return
    this.#draft = who
    this.#form.reset()
  }

  #draw() {
    const person = this.#dashboard.model.people[this.#who]
    this.hidden = !person
    this.dataset.who = this.#who ?? ""
    if (!person) return
    this.#put("name", [this.#dashboard.names ? person.name : "Somebody"])
    this.#put("where", [locationText(person, this.#dashboard.lessons)])
    const more = [
      person.told && `has ${person.told} unread`,
      hasNoEngine(this.#dashboard.model, this.#who) && "has no working engine",
    ].filter(Boolean)
    this.#put("why", [[stateText(person, this.#dashboard.now), ...more].join(" · ")])
    this.#put("mistake", sentence(person.mistake))
    this.#put(
      "did",
      this.#dashboard.names ? activityText(lastActivity(person, this.#dashboard.lessons, this.#dashboard.now)) : [],
    )
  }

  #put(name, nodes) {
    this.querySelector(`.person-${name}`).replaceChildren(...nodes)
  }

  async #send(text) {
    const who = this.#who
    const { lesson, step } = this.#dashboard.model.people[who]
    const answer = await classroom.request("push", { learners: [who], lesson, step, text })
    if (who === this.#who) this.#put("done", [answer.ok ? "Sent." : answer.say])
    else if (!answer.ok) this.#put("done", [`What you wrote before was not sent. ${answer.say}`])
    return answer.ok
  }
}
