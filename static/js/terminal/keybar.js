// Keys that a touch screen has not, and keys that the browser keeps for itself: a row of buttons that type them.

import { h } from "../dom.js"

const ARROWS = { "←": "D", "↑": "A", "↓": "B", "→": "C" }
const PLAIN = { Esc: "\x1b", Tab: "\t", "|": "|", "/": "/", "-": "-", "Ctrl-C": "\x03", "Ctrl-D": "\x04", "Ctrl-W": "\x17", "Ctrl-P Ctrl-Q": "\x10\x11" }
const SPOKEN = { "←": "Left", "↑": "Up", "↓": "Down", "→": "Right", "|": "Pipe", "/": "Slash", "-": "Dash", "Ctrl-P Ctrl-Q": "Ctrl-P Ctrl-Q: detach from a container" }

export default class KeyBar {
  #terminal
  #ctrl

  constructor(terminal, parent) {
    this.#terminal = terminal
    this.#ctrl = h("button", { type: "button", "aria-pressed": "false", onclick: () => this.#hold(!this.held) }, "Ctrl")
    const keys = ["Esc", "Tab", ...Object.keys(ARROWS), "|", "/", "-", "Ctrl-C", "Ctrl-D", "Ctrl-W", "Ctrl-P Ctrl-Q"]
    const buttons = keys.map((key) => h("button", { type: "button", "aria-label": SPOKEN[key], onclick: () => this.#press(key) }, key))
    const bar = h("div", { class: "terminal-keys", role: "toolbar", "aria-label": "Keys" }, this.#ctrl, ...buttons)
    // The terminal keeps the focus, and with it the screen's keyboard stays.
    bar.addEventListener("pointerdown", (event) => event.preventDefault())
    parent.append(bar)
  }

  get held() {
    return this.#ctrl.getAttribute("aria-pressed") === "true"
  }

  // What a typed text becomes while Ctrl is held down.
  modify(text) {
    if (!this.held || text.length !== 1) return text
    this.#hold(false)
    return /[@-_a-z]/.test(text) ? String.fromCharCode(text.toUpperCase().charCodeAt(0) & 0x1f) : text
  }

  // Private

  #hold(on) {
    this.#ctrl.setAttribute("aria-pressed", String(on))
  }

  #press(key) {
    const arrow = this.#terminal.modes.applicationCursorKeysMode ? "\x1bO" : "\x1b["
    this.#terminal.input(key in ARROWS ? arrow + ARROWS[key] : PLAIN[key])
    this.#terminal.focus()
  }
}
