// <lab-watch learner="id"> – the instructor's window on one learner: it asks, waits, and shows their picture and their
// terminal for as long as they agree; typing with them and the projector are asked for each on its own.

import { h } from "../shared/dom.js"
import { room, stream } from "./follow.js"

export default class LabWatch extends HTMLElement {
  #course
  #they = { name: "", asked: [], given: [], away: false }
  #had = new Set()
  #scene = ""
  #lost = false
  #refused = ""

  connectedCallback() {
    this.#course = JSON.parse(this.querySelector("script").textContent)
    room.addEventListener("came", () => this.#begin())
    room.addEventListener("consent", ({ detail }) => detail.learner && this.#told(detail.learner))
    stream.addEventListener("step", ({ detail }) => detail.current && this.#at(detail))
    stream.addEventListener("link", ({ detail }) => this.#linked(detail))
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

  // After a loss of the connection it is taken up again, but not asked again where it was ended.
  async #begin() {
    this.#lost = false
    if (this.#had.has("ended")) return this.#draw()
    const answer = await room.ask("watch", { learner: this.#learner })
    if (!answer.ok) this.#say(answer.say)
  }

  #told(they) {
    const ended = this.#they.given.includes("watch") && !they.given.includes("watch")
    const declined = this.#they.asked.filter((kind) => !they.asked.includes(kind) && !they.given.includes(kind))
    this.#refused = declined.length
      ? {
          watch: "would rather not be watched now",
          type: "would rather type alone",
          show: "would rather not be on the projector",
        }[declined[0]]
      : ""
    this.#they = they
    if (ended || declined.includes("watch")) this.#had.add("ended")
    if (they.given.includes("watch") || they.asked.includes("watch")) this.#had.delete("ended")
    if (!they.given.includes("watch")) stream.take("over", {})
    this.#draw()
  }

  #linked({ state }) {
    this.#lost = state === "down"
    this.#draw()
  }

  async #press(kind) {
    const on = this.#they.given.includes(kind) || this.#they.asked.includes(kind)
    const answer = on
      ? await room.ask("end", { learner: this.#learner, kind })
      : await room.ask(kind === "watch" ? "watch" : "ask", { learner: this.#learner, kind })
    if (!answer.ok) this.#say(answer.say)
    else if (kind === "type" && !on) this.querySelector("lab-remote-terminal").focus()
  }

  #at({ lesson, step }) {
    const place = this.#course[lesson] ?? { title: lesson, scene: "lifecycle", steps: {} }
    this.querySelector(".watch-where").textContent = `${place.title} · ${place.steps[step] ?? step}`
    if (this.#scene === place.scene) return
    this.#scene = place.scene
    this.querySelector(".watch-picture").replaceChildren(h("lab-scene", { scene: place.scene, theirs: true }))
  }

  #draw() {
    const { name, asked, given, away } = this.#they
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
            : this.#had.has("ended")
              ? "no"
              : "new"
    this.dataset.state = state
    this.toggleAttribute("seen", given.includes("watch"))
    this.querySelector(".watch-name").textContent = name || "A learner"
    document.title = `Watching ${name} · Slipway`
    this.#say(this.#refused ? `${name} ${this.#refused}.` : this.#words(state, name))
    this.querySelector("lab-remote-terminal").typing = given.includes("type") && !away && !this.#lost
    for (const button of this.#buttons) this.#dress(button, button.dataset.ask)
  }

  #words(state, name) {
    const { asked, given } = this.#they
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

  #dress(button, kind) {
    const { asked, given } = this.#they
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
