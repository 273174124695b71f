// <lab-status> – the state of the connection and of the session as text, and the button that starts afresh. A lost
// connection is reported before a problem of the session (the learner's engine).

import { announce } from "./announce.js"
import { h } from "./dom.js"
import { feed } from "./feed.js"

const TEXTS = {
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
  /** @type {any} */
  #session = null
  /** @type {HTMLElement} */
  #words
  /** @type {HTMLElement} */
  #bar
  /** @type {HTMLElement} */
  #restart
  /** @type {HTMLElement} */
  #confirm
  #timer

  connectedCallback() {
    this.#words = h("p", { class: "status-words" })
    this.#bar = h("progress", { class: "status-progress", "aria-label": "Please wait" })
    this.#restart = h(
      "button",
      { type: "button", class: "quiet small", onclick: () => this.#ask(true) },
      "Start afresh",
    )
    this.#confirm = this.#confirmation()
    this.append(
      h("span", { class: "status-lamp", "aria-hidden": "true" }),
      this.#words,
      this.#bar,
      this.#restart,
      this.#confirm,
    )
    feed.addEventListener("link", ({ detail }) => this.#isConnected(detail))
    feed.addEventListener("seat", ({ detail }) => this.#onSession(detail))
    feed.addEventListener("opened", ({ detail }) => this.#onOpened(detail))
    this.#draw()
  }

  // Private

  #confirmation() {
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
    const next = open ? this.#confirm.querySelector("button") : this.#restart
    this.#draw()
    next.focus()
  }

  async #start() {
    this.#ask(false)
    const answer = await feed.request("afresh", {})
    if (!answer.ok) this.#link = { ...this.#link, say: answer.say }
    this.#draw()
  }

  #onOpened(answer) {
    this.#link = answer.ok ? { state: "up" } : { state: "refused", say: answer.say }
    this.#draw()
  }

  #isConnected(link) {
    clearInterval(this.#timer)
    const until = Date.now() + (link.retry ?? 0) * 1000
    this.#link = { ...link, until }
    if (link.state === "down") this.#timer = setInterval(() => this.#draw(), 500)
    this.#draw()
  }

  #onSession(session) {
    this.#session = session
    this.#draw()
  }

  #draw() {
    const { state, words } = this.#now()
    this.#bar.hidden = !["starting", "connecting", "waiting"].includes(state)
    this.#restart.hidden = !this.#confirm.hidden || !["ready", "lost", "gone"].includes(state)
    this.#restart.className = state === "gone" || state === "lost" ? "primary small" : "quiet small"
    if (this.dataset.state !== state) announce(words)
    this.dataset.state = state
    if (this.#words.textContent !== words) this.#words.textContent = words
  }

  #now() {
    if (this.#link.state === "down") return { state: "offline", words: `Connection lost. ${this.#retryText()}` }
    if (this.#link.state === "refused")
      return { state: "offline", words: this.#link.say || "The lab has no session for you yet. Trying again…" }
    if (!this.#session) return { state: "connecting", words: TEXTS.connecting }
    const { state, say, engine, note, warning } = this.#session
    const version = state === "ready" && engine ? `\u00a0· Docker ${engine.split("+")[0]}` : ""
    const ready = TEXTS.ready + version + (warning || note ? `. ${warning || note}` : "")
    return { state, words: this.#link.say || (state === "ready" ? ready : say || TEXTS[state]) }
  }

  #retryText() {
    const left = Math.ceil((this.#link.until - Date.now()) / 1000)
    return left > 0 ? `Trying again in ${left} s.` : "Trying again…"
  }
}
