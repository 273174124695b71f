// <lab-command> – a code block that can be run in the terminal, and copied. The browser names the block; the server
// owns its text and types it once for each id, so a question that is asked twice is still one command.

import { announce } from "../shared/announce.js"
import { copy } from "../shared/clipboard.js"
import { h } from "../shared/dom.js"
import { feed } from "../shared/feed.js"

// Milliseconds in which a second click is the rest of a double click, and no second command.
const PAUSE = 800

export default class LabCommand extends HTMLElement {
  #run
  #copy
  #say
  #id = null
  #rest = 0

  connectedCallback() {
    if (this.#run) return
    this.#run = h("button", { type: "button", class: "run", onclick: () => this.run() }, "Run")
    this.#copy = h("button", { type: "button", class: "copy", onclick: () => this.#take() }, "Copy")
    this.#say = h("p", { class: "cmd-say", role: "status" })
    this.#run.setAttribute("aria-label", `Run: ${this.#text}`)
    this.#copy.setAttribute("aria-label", `Copy: ${this.#text}`)
    this.#lines()
    this.querySelector("figure").append(h("div", { class: "cmd-buttons" }, this.#run, this.#copy))
    this.append(this.#say)
  }

  async run() {
    if (this.#run.disabled || performance.now() < this.#rest) return
    this.#busy(true)
    await this.closest("lab-step")?.takeTurn()
    const block = this.querySelector("figure").dataset.block
    this.#id ??= unique()
    const answer = await feed.ask("run", { block, id: this.#id, terminal: terminalAtHand() })
    if (!answer.unsure) this.#id = null
    if (answer.ok) this.#rest = performance.now() + PAUSE
    this.#busy(false)
    this.#said(answer.ok ? "" : answer.say)
    if (answer.ok) this.dispatchEvent(new CustomEvent("slipway:ran", { bubbles: true }))
  }

  // Private

  // Each line by itself, so that one which is too long for the card wraps without looking like the next command.
  #lines() {
    const code = this.querySelector("code")
    const lines = this.#text.split("\n")
    code.replaceChildren(
      ...lines.map((line, at) => h("span", { class: "cmd-line" }, at < lines.length - 1 ? `${line}\n` : line)),
    )
  }

  get #text() {
    return this.querySelector("code").textContent.replace(/\n$/, "")
  }

  #busy(yes) {
    this.#run.disabled = yes
    this.#run.textContent = yes ? "Sending…" : "Run"
    if (!yes) this.#flash(this.#run, "Sent", "Run")
  }

  #said(text) {
    this.#say.textContent = text
    if (text) this.#run.textContent = "Run"
    else announce("Sent to the terminal.")
  }

  async #take() {
    try {
      await copy(this.#text)
      this.#flash(this.#copy, "Copied", "Copy")
      announce("Copied.")
    } catch (error) {
      this.#said(error.message)
    }
  }

  #flash(button, now, then) {
    button.textContent = now
    setTimeout(() => (button.textContent = then), 1600)
  }
}

// Gives each runnable block below `root` its buttons.
export function enliven(root) {
  for (const figure of root.querySelectorAll("figure.cmd[data-block]")) {
    if (figure.closest("lab-command")) continue
    const [command, after, parent] = [document.createElement("lab-command"), figure.nextSibling, figure.parentNode]
    command.append(figure)
    parent.insertBefore(command, after)
  }
}

const terminalAtHand = () => Number(document.querySelector("lab-terminal:not([hidden])")?.getAttribute("terminal") ?? 1)

// crypto.randomUUID is there only on https and localhost; a class on a local network has neither.
function unique() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}
