// <lab-watch learner="id"> – the instructor's window on one learner: it asks, waits, and shows the learner's picture
// and terminal for as long as they agree. Typing together and the projector are asked for separately.

import { h } from "../shared/dom.js"
import { followConnection } from "./follow.js"
import { remoteFeed } from "../shared/feed.js"

export default class LabWatch extends HTMLElement {
  #course
  /** @type {{name: string, asked: string[], given: string[], away: boolean}} */
  #learnerState = { name: "", asked: [], given: [], away: false }
  #ended = false
  #scene = ""
  #lost = false
  #refused = ""

  connectedCallback() {
    this.#course = JSON.parse(this.querySelector("script").textContent)
    followConnection.addEventListener("connected", () => this.#begin())
    followConnection.addEventListener("consent", ({ detail }) => detail.learner && this.#onConsent(detail.learner))
    remoteFeed.addEventListener("step", ({ detail }) => detail.current && this.#showPosition(detail))
    remoteFeed.addEventListener("link", ({ detail }) => this.#onConnection(detail))
    this.addEventListener("slipway:refused", ({ detail }) => this.#say(detail))
    for (const button of this.#buttons) button.addEventListener("click", () => this.#press(button.dataset.ask))
    this.#draw()
  }

  // Private

  get #buttons() {
    return [...this.querySelectorAll("[data-ask]")]
  }

  get #learner() {
    return this.getAttribute("learner")
  }

  // After a loss of the connection watching resumes, but is not requested again if it was ended.
  async #begin() {
    this.#lost = false
    if (this.#ended) return this.#draw()
    const answer = await followConnection.request("watch", { learner: this.#learner })
    if (!answer.ok) this.#say(answer.say)
  }

  #onConsent(learner) {
    const ended = this.#learnerState.given.includes("watch") && !learner.given.includes("watch")
    const declined = this.#learnerState.asked.filter(
      (kind) => !learner.asked.includes(kind) && !learner.given.includes(kind),
    )
    this.#refused = declined.length
      ? {
          watch: "would rather not be watched now",
          type: "would rather type alone",
          show: "would rather not be on the projector",
        }[declined[0]]
      : ""
    this.#learnerState = learner
    if (ended || declined.includes("watch")) this.#ended = true
    if (learner.given.includes("watch") || learner.asked.includes("watch")) this.#ended = false
    if (!learner.given.includes("watch")) remoteFeed.receive("over", {})
    this.#draw()
  }

  #onConnection({ state }) {
    this.#lost = state === "down"
    this.#draw()
  }

  async #press(kind) {
    const on = this.#learnerState.given.includes(kind) || this.#learnerState.asked.includes(kind)
    const answer = on
      ? await followConnection.request("end", { learner: this.#learner, kind })
      : await followConnection.request(kind === "watch" ? "watch" : "ask", { learner: this.#learner, kind })
    if (!answer.ok) this.#say(answer.say)
    else if (kind === "type" && !on) this.querySelector("lab-remote-terminal").focus()
  }

  #showPosition({ lesson, step }) {
    const place = this.#course[lesson] ?? { title: lesson, scene: "lifecycle", steps: {} }
    this.querySelector(".watch-where").textContent = `${place.title} · ${place.steps[step] ?? step}`
    if (this.#scene === place.scene) return
    this.#scene = place.scene
    this.querySelector(".watch-picture").replaceChildren(h("lab-scene", { scene: place.scene, remote: true }))
  }

  #draw() {
    const { name, asked, given, away } = this.#learnerState
    const state = this.#lost
      ? "lost"
      : given.includes("type")
        ? "typing"
        : given.includes("watch")
          ? away
            ? "away"
            : "watching"
          : asked.includes("watch")
            ? "asked"
            : this.#ended
              ? "no"
              : "new"
    this.dataset.state = state
    this.toggleAttribute("seen", given.includes("watch"))
    this.querySelector(".watch-name").textContent = name || "A learner"
    document.title = `Watching ${name} · Slipway`
    this.#say(this.#refused ? `${name} ${this.#refused}.` : this.#stateText(state, name))
    this.querySelector("lab-remote-terminal").typing = given.includes("type") && !away && !this.#lost
    for (const button of this.#buttons) this.#drawButton(button, button.dataset.ask)
  }

  #stateText(state, name) {
    const { asked, given } = this.#learnerState
    const more = asked.includes("type")
      ? " Asked to type together…"
      : asked.includes("show")
        ? " Asked for the projector…"
        : given.includes("show")
          ? " Everybody sees this on the projector."
          : ""
    return {
      lost: "The connection to the lab is lost. Trying again…",
      typing: `You type together: what you press here goes to ${name}’s terminal.${more}`,
      watching: `${name} sees that you are watching.${more}`,
      away: `${name}’s page is closed or has lost its connection. You see them again when they are back.`,
      asked: `Asked. Waiting for ${name} to agree…`,
      no: `${name} is not watched any more.`,
      new: "Connecting…",
    }[state]
  }

  #drawButton(button, kind) {
    const { asked, given } = this.#learnerState
    const words = {
      watch: ["Ask to watch", "Take it back", "Stop watching"],
      type: ["Ask to type together", "Take it back", "Stop typing together"],
      show: ["Ask for the projector", "Take it back", "Off the projector"],
    }[kind]
    button.textContent = words[given.includes(kind) ? 2 : asked.includes(kind) ? 1 : 0]
    button.setAttribute("aria-pressed", String(given.includes(kind)))
    button.hidden = kind !== "watch" && !given.includes("watch")
  }

  #say(words) {
    const place = this.querySelector(".watch-say")
    if (place.textContent !== words) place.textContent = words
  }
}
