// <lab-notes lesson="slug"> – the presenter's own window: where they are, what to say and type, what usually goes
// wrong, what comes next, and how long it has taken. It follows the projector through present/position.js.

import { h, sentence } from "../shared/dom.js"
import { presentation } from "./presentation.js"
import { elapsed } from "./position.js"

export default class LabNotes extends HTMLElement {
  connectedCallback() {
    const deck = JSON.parse(this.querySelector("script").textContent)
    presentation.begin(this.getAttribute("lesson"), deck, { isNotesWindow: true })
    presentation.revealable = () => this.#revealable
    for (const name of ["change", "guide", "typing"]) presentation.addEventListener(name, () => this.#draw())
    setInterval(() => this.#tick(), 1000)
    this.#draw()
  }

  // Private

  get #step() {
    return presentation.guide?.steps.find((one) => one.slug === presentation.idea.name) ?? null
  }

  get #revealable() {
    return this.#step ? this.#step.hints_html.length + 1 : 1
  }

  #draw() {
    const { idea, after, position } = presentation
    document.documentElement.dataset.theme = presentation.theme
    this.#put("here", idea.title)
    this.#put("after", after ? after.title : "That was the last one.")
    this.#put(
      "blank",
      position.blank ? "The screen is blank." : position.recording ? "The hall sees the recording." : "",
    )
    this.#list()
    this.#tick()
  }

  #list() {
    const step = this.#step
    const notes = step ? step.notes_html : presentation.idea.name === "intro" ? presentation.guide?.notes_html : ""
    const place = this.querySelector(".notes-words")
    if (place.dataset.shown !== (notes ?? "")) place.innerHTML = place.dataset.shown = notes ?? ""
    this.querySelector(".notes-none").hidden = Boolean(notes)
    this.#rows("commands", step?.commands.map((one, at) => command(one, this.#at(at))) ?? [])
    this.#rows("mistakes", step?.mistakes.map((one) => h("li", {}, ...sentence(one))) ?? [])
  }

  #at(index) {
    const { step, at = 0, of = 1 } = presentation.typing
    const next = step === presentation.idea.name ? at % Math.max(1, of) : 0
    const done = step === presentation.idea.name && (at === of || index < at)
    return done ? "typed" : index === next ? "next" : ""
  }

  #rows(name, rows) {
    this.querySelector(`.notes-${name}`).replaceChildren(...rows)
    this.querySelector(`.notes-${name}-title`).hidden = !rows.length
  }

  #tick() {
    this.#put("time", elapsed(presentation.position.since, Date.now() / 1000))
    this.#put("now", new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }))
  }

  #put(name, text) {
    const place = this.querySelector(`.notes-${name}`)
    if (place.textContent !== text) place.textContent = text
  }
}

const command = (text, state) =>
  h(
    "li",
    { class: state },
    h("code", {}, text),
    state ? h("span", { class: "notes-state" }, state === "next" ? "t types this" : "typed") : null,
  )
