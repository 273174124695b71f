// A row of buttons that type keys which a touch screen lacks or the browser keeps for itself. In full screen, where the
// browser can give a page all keys, those reach the shell as well.

import { h } from "../shared/dom.js"

const ARROWS = { "←": "D", "↑": "A", "↓": "B", "→": "C" }
const BEFORE = { Esc: "\x1b", Tab: "\t" }
const AFTER = {
  "|": "|",
  "/": "/",
  "-": "-",
  "Ctrl-C": "\x03",
  "Ctrl-D": "\x04",
  "Ctrl-Z": "\x1a",
  "Ctrl-R": "\x12",
  "Ctrl-W": "\x17",
  "Ctrl-P Ctrl-Q": "\x10\x11",
}
const LABELS = {
  "←": "Left",
  "↑": "Up",
  "↓": "Down",
  "→": "Right",
  "|": "Pipe",
  "/": "Slash",
  "-": "Dash",
  "Ctrl-C": "Ctrl-C: interrupt",
  "Ctrl-D": "Ctrl-D: end of input",
  "Ctrl-Z": "Ctrl-Z: stop for now",
  "Ctrl-R": "Ctrl-R: search the history",
  "Ctrl-W": "Ctrl-W: rub out a word",
  "Ctrl-P Ctrl-Q": "Ctrl-P Ctrl-Q: detach from a container",
}
const FULL_SCREEN_LABEL = "Full screen: the keys that a browser keeps reach the shell. Hold Esc to leave"
// Keys that a browser acts on even while the page has the focus.
const LOCKED_KEYS = ["KeyW", "KeyT", "KeyN", "KeyR", "KeyQ", "KeyP", "Escape", "F1", "F5"]

export default class KeyBar {
  #terminal
  #element
  #ctrl

  constructor(terminal, parent) {
    this.#terminal = terminal
    const button = (text, does, label) =>
      h("button", { type: "button", "aria-label": label, title: label, onclick: does }, text)
    const key = (name) => button(name, () => this.#press(name), LABELS[name])
    this.#ctrl = button("Ctrl", () => this.#holdCtrl(!this.ctrlHeld))
    this.#holdCtrl(false)
    this.#element = h("div", { class: "terminal-keys", role: "toolbar", "aria-label": "Keys" }, this.#ctrl)
    this.#element.append(...Object.keys({ ...BEFORE, ...ARROWS, ...AFTER }).map(key))
    const whole = parent.closest("lab-tabs") ?? parent
    if (document.fullscreenEnabled && navigator.keyboard?.lock)
      this.#element.append(button("Full screen", () => this.#toggleFullScreen(whole), FULL_SCREEN_LABEL))
    // Keep the focus in the terminal, and with it the on-screen keyboard.
    this.#element.addEventListener("pointerdown", (event) => event.preventDefault())
    parent.append(this.#element)
  }

  get ctrlHeld() {
    return this.#ctrl.getAttribute("aria-pressed") === "true"
  }

  set shown(on) {
    this.#element.hidden = !on
    if (!on) this.#holdCtrl(false)
  }

  // Returns what typed text becomes while Ctrl is held.
  modify(text) {
    if (!this.ctrlHeld || text.length !== 1) return text
    this.#holdCtrl(false)
    return /[@-_a-z]/.test(text) ? String.fromCharCode(text.toUpperCase().charCodeAt(0) & 0x1f) : text
  }

  // Private

  #holdCtrl(on) {
    this.#ctrl.setAttribute("aria-pressed", String(on))
  }

  #press(name) {
    const arrow = this.#terminal.modes.applicationCursorKeysMode ? "\x1bO" : "\x1b["
    this.#terminal.input(name in ARROWS ? arrow + ARROWS[name] : (BEFORE[name] ?? AFTER[name]))
    this.#terminal.focus()
  }

  async #toggleFullScreen(element) {
    if (document.fullscreenElement) await document.exitFullscreen()
    else await element.requestFullscreen()
    this.#terminal.focus() // first, because locking the keys takes a moment
    if (document.fullscreenElement) await navigator.keyboard?.lock(LOCKED_KEYS)
  }
}
