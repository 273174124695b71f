// <lab-command> – a code block that can be run in the terminal, or copied. The browser names the block; the server owns
// its text and types it once per id, so a repeated request is still one command.

import { announce } from "../shared/announce.js"
import { copy } from "../shared/clipboard.js"
import { h } from "../shared/dom.js"
import { feed } from "../shared/feed.js"

// Milliseconds in which a second click belongs to a double click.
const DOUBLE_CLICK = 800

export default class LabCommand extends HTMLElement {
  /** @type {HTMLButtonElement} */
  #run
  /** @type {HTMLButtonElement} */
  #copy
  /** @type {HTMLElement} */
  #message
  /** @type {string | null} */
  #id = null
  #blockedUntil = 0

  connectedCallback() {
    if (this.#run) return
    this.#run = h("button", { type: "button", class: "run", onclick: () => this.run() }, "Run")
    this.#copy = h("button", { type: "button", class: "copy", onclick: () => this.#copyText() }, "Copy")
    this.#message = h("p", { class: "cmd-say", role: "status" })
    this.#run.setAttribute("aria-label", `Run: ${this.#text}`)
    this.#copy.setAttribute("aria-label", `Copy: ${this.#text}`)
    this.#splitLines()
    this.querySelector("figure").append(h("div", { class: "cmd-buttons" }, this.#run, this.#copy))
    this.append(this.#message)
  }

  async run() {
    if (this.#run.disabled || performance.now() < this.#blockedUntil) return
    this.#busy(true)
    await this.closest("lab-step")?.makeCurrent()
    const block = this.querySelector("figure").dataset.block
    this.#id ??= uniqueId()
    const answer = await feed.request("run", { block, id: this.#id, terminal: visibleTerminal() })
    if (!answer.unsure) this.#id = null
    if (answer.ok) this.#blockedUntil = performance.now() + DOUBLE_CLICK
    this.#busy(false)
    this.#setMessage(answer.ok ? "" : answer.say)
    if (answer.ok) this.dispatchEvent(new CustomEvent("slipway:ran", { bubbles: true }))
  }

  // Private

  // Puts each line in its own element, so that a long one wraps without looking like the next command.
  #splitLines() {
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

  #setMessage(text) {
    this.#message.textContent = text
    if (text) this.#run.textContent = "Run"
    else announce("Sent to the terminal.")
  }

  async #copyText() {
    try {
      await copy(this.#text)
      this.#flash(this.#copy, "Copied", "Copy")
      announce("Copied.")
    } catch (error) {
      this.#setMessage(error.message)
    }
  }

  #flash(button, now, then) {
    button.textContent = now
    setTimeout(() => (button.textContent = then), 1600)
  }
}

// Adds buttons to each runnable block below `root`.
export function addCommandButtons(root) {
  for (const figure of root.querySelectorAll("figure.cmd[data-block]")) {
    if (figure.closest("lab-command")) continue
    const [command, after, parent] = [document.createElement("lab-command"), figure.nextSibling, figure.parentNode]
    command.append(figure)
    parent.insertBefore(command, after)
  }
}

const visibleTerminal = () =>
  Number(document.querySelector("lab-terminal:not([hidden])")?.getAttribute("terminal") ?? 1)

// crypto.randomUUID exists only on https and localhost, which a class on a local network has not.
function uniqueId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}
