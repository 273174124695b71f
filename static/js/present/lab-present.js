// <lab-present lesson="slug"> – the projector's page: one idea at a time above the learner's picture and terminal. The
// position is shared with the notes window (present/position.js); the server judges and types, this only shows.

import { feed } from "../shared/feed.js"
import { followConnection } from "../class/follow.js"
import { presentation } from "./presentation.js"

const SHARE = { width: 0.015, height: 0.0267 } // of the page, for one line of text: 28.8 pixels at 1920 × 1080
const WIDE = { width: 1600, least: 28 } // on so wide a page the browser's bars do not make it smaller

export default class LabPresent extends HTMLElement {
  #recording = ""

  connectedCallback() {
    presentation.begin(
      this.getAttribute("lesson"),
      this.#ideas.map(({ name, parts, due, isStep }) => ({ name, parts, due, isStep })),
    )
    presentation.revealable = () => this.#shown.revealable
    presentation.addEventListener("change", () => this.#draw())
    presentation.addEventListener("guide", () => this.#guide())
    feed.addEventListener("step", ({ detail }) => this.#onVerdict(detail))
    feed.addEventListener("seat", ({ detail }) => this.#onSession(detail))
    this.#player.addEventListener("lab-player-close", () => presentation.live())
    addEventListener("resize", () => this.#size())
    followConnection.showTerminal(1)
    this.#draw()
  }

  // Private

  get #ideas() {
    return [...this.querySelectorAll("lab-idea")]
  }

  get #shown() {
    return this.#ideas.find((one) => one.name === presentation.position.idea) ?? this.#ideas[0]
  }

  get #player() {
    return this.querySelector("lab-player")
  }

  #play(recording) {
    if (recording === this.#recording) return
    this.#recording = recording
    if (recording) this.#record(recording)
    else if (!this.#player.hidden) this.#live()
  }

  // Shows the recorded proof of the step instead, marked as a recording, if the engine fails during a talk.
  async #record(step) {
    try {
      await this.#player.load(this.getAttribute("lesson"), step)
    } catch (error) {
      presentation.say(error.message)
      if (this.#recording === step) presentation.live()
    }
    if (this.#recording !== step) return
    this.#player.hidden = false
    for (const pane of this.querySelectorAll(":scope > section")) pane.inert = true
    this.#player.focus({ preventScroll: true })
    this.#player.begin()
  }

  #live() {
    this.#player.pause()
    this.#player.hidden = true
    for (const pane of this.querySelectorAll(":scope > section")) pane.inert = false
    document.getElementById("lesson").focus({ preventScroll: true })
  }

  #engineLost = false

  #onSession({ state }) {
    const lost = state === "lost" || state === "gone"
    if (lost && !this.#engineLost)
      presentation.say("The engine does not answer. Press m for the recording of this step.")
    this.#engineLost = lost
  }

  #draw() {
    const { position } = presentation
    this.#play(position.recording)
    this.#size()
    const shown = this.#shown
    for (const idea of this.#ideas) if (idea !== shown) idea.hidden = true
    this.dataset.view = position.view
    this.dataset.share = shown.getAttribute("share") ?? "even"
    this.toggleAttribute("words-only", !shown.isStep)
    shown.show(position)
    document.body.classList.toggle("blank", position.blank)
    document.documentElement.dataset.theme = presentation.theme
  }

  #guide() {
    for (const step of presentation.guide.steps) {
      const idea = this.#ideas.find((one) => one.name === step.slug)
      if (idea) idea.guide = step
    }
  }

  #onVerdict(verdict) {
    if (verdict.lesson !== this.getAttribute("lesson")) return
    const idea = this.#ideas.find((one) => one.name === verdict.step)
    if (idea?.setVerdict(verdict) && idea === this.#shown) presentation.hide()
  }

  #size() {
    const fits = Math.min(innerWidth * SHARE.width, innerHeight * SHARE.height)
    const usual = innerWidth < WIDE.width ? fits : Math.max(WIDE.least, fits)
    const line = usual * presentation.scale
    document.documentElement.style.fontSize = `${line.toFixed(1)}px`
    this.style.setProperty("--text-line", `${usual.toFixed(1)}px`)
    for (const one of this.querySelectorAll("lab-terminal")) one.setAttribute("size", Math.ceil(line))
    this.#player.setAttribute("text", Math.ceil(line))
    this.querySelector("lab-recorded-terminal")?.setAttribute("text", Math.ceil(line))
    dispatchEvent(new Event("slipway:appearance"))
  }
}
