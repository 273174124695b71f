// <lab-status> – the connection and the session, in words, and the button to start afresh.
// Three things can be wrong, from the outside in: the connection, the session (the learner's engine), nothing.

import { announce } from "./announce.js"
import { h } from "./dom.js"
import { feed } from "./feed.js"

const WORDS = {
  connecting: "Connecting to the lab…",
  starting: "Your engine is starting…",
  ready: "Your engine is ready",
  lost: "Your engine does not answer. Waiting for it…",
  gone: "Your engine is gone.",
  waiting: "No engine is free. You are in line for one.",
  idle: "Nobody has been here for a while. Press a key to keep your engine.",
  away: "Your engine was stopped because it was idle. Press a key or click to get a new one.",
}

export default class LabStatus extends HTMLElement {
  #link = { state: "connecting" }
  #seat = null
  #words
  #bar
  #afresh
  #confirm
  #timer

  connectedCallback() {
    this.#words = h("p", { class: "status-words" })
    this.#bar = h("progress", { class: "status-progress", "aria-label": "Please wait" })
    this.#afresh = h("button", { type: "button", class: "quiet small", onclick: () => this.#ask(true) }, "Start afresh")
    this.#confirm = this.#question()
    this.append(
      h("span", { class: "status-lamp", "aria-hidden": "true" }),
      this.#words,
      this.#bar,
      this.#afresh,
      this.#confirm,
    )
    feed.addEventListener("link", ({ detail }) => this.#linked(detail))
    feed.addEventListener("seat", ({ detail }) => this.#seated(detail))
    feed.addEventListener("opened", ({ detail }) => this.#opened(detail))
    this.#draw()
  }

  // Private

  #question() {
    return h(
      "div",
      { class: "status-confirm", role: "group", "aria-label": "Start afresh?", hidden: true },
      h("p", {}, "You get a new, empty engine; your containers and files there are lost. Your progress is kept."),
      h("button", { type: "button", class: "primary small", onclick: () => this.#start() }, "Yes, start afresh"),
      h("button", { type: "button", class: "quiet small", onclick: () => this.#ask(false) }, "Keep this one"),
    )
  }

  #ask(open) {
    this.#confirm.hidden = !open
    const next = open ? this.#confirm.querySelector("button") : this.#afresh
    this.#draw()
    next.focus()
  }

  async #start() {
    this.#ask(false)
    const answer = await feed.ask("afresh", {})
    if (!answer.ok) this.#link = { ...this.#link, say: answer.say }
    this.#draw()
  }

  #opened(answer) {
    this.#link = answer.ok ? { state: "up" } : { state: "refused", say: answer.say }
    this.#draw()
  }

  #linked(link) {
    clearInterval(this.#timer)
    const until = Date.now() + (link.retry ?? 0) * 1000
    this.#link = { ...link, until }
    if (link.state === "down") this.#timer = setInterval(() => this.#draw(), 500)
    this.#draw()
  }

  #seated(seat) {
    this.#seat = seat
    this.#draw()
  }

  #draw() {
    const { state, words } = this.#now()
    this.#bar.hidden = !["starting", "connecting", "waiting"].includes(state)
    this.#afresh.hidden = !this.#confirm.hidden || !["ready", "lost", "gone"].includes(state)
    this.#afresh.className = state === "gone" || state === "lost" ? "primary small" : "quiet small"
    if (this.dataset.state !== state) announce(words)
    this.dataset.state = state
    if (this.#words.textContent !== words) this.#words.textContent = words
  }

  #now() {
    if (this.#link.state === "down") return { state: "offline", words: `Connection lost. ${this.#again()}` }
    if (this.#link.state === "refused")
      return { state: "offline", words: this.#link.say || "The lab has no session for you yet. Trying again…" }
    if (!this.#seat) return { state: "connecting", words: WORDS.connecting }
    const { state, say, engine, note, warning } = this.#seat
    const version = state === "ready" && engine ? `\u00a0· Docker ${engine.split("+")[0]}` : ""
    const ready = WORDS.ready + version + (warning || note ? `. ${warning || note}` : "")
    return { state, words: this.#link.say || (state === "ready" ? ready : say || WORDS[state]) }
  }

  #again() {
    const left = Math.ceil((this.#link.until - Date.now()) / 1000)
    return left > 0 ? `Trying again in ${left} s.` : "Trying again…"
  }
}
