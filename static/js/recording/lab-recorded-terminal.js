// <lab-recorded-terminal> – shows recorded terminal output and takes no input. Drawn by xterm.js at the recorded number
// of columns, with text as large as fits; below a minimum size it scrolls. `size(cols, rows)`, `reset()`,
// `write(text)`. The attribute `text` (pixels) limits the text size.

import "../terminal/csp-nonce.js"
import { FitAddon } from "@xterm/addon-fit"
import { Unicode11Addon } from "@xterm/addon-unicode11"
import { Terminal } from "@xterm/xterm"
import { h } from "../shared/dom.js"
import { loadSetting } from "../shared/storage.js"
import { onThemeChange, themeOf } from "../terminal/theme.js"

const LEAST = 10 // pixels: smaller text is unreadable
const USUAL = 15

export default class LabRecordedTerminal extends HTMLElement {
  /** @type {Terminal} */
  #terminal
  #fit = new FitAddon()
  /** @type {HTMLElement} */
  #place
  #cols = 100
  #rows = 24
  #ending = []

  connectedCallback() {
    this.#place = h("div", { class: "recorded-terminal-place" })
    this.append(this.#place)
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cols: this.#cols,
      rows: this.#rows,
      cursorBlink: false,
      disableStdin: true,
      fontFamily: getComputedStyle(this).getPropertyValue("--term-font") || "monospace",
      lineHeight: 1.15,
      minimumContrastRatio: 4.5,
      screenReaderMode: loadSetting("terminal-reader") === "on",
      scrollback: 2000,
      theme: themeOf(this),
    })
    this.#terminal.loadAddon(this.#fit)
    this.#terminal.loadAddon(new Unicode11Addon())
    this.#terminal.unicode.activeVersion = "11"
    this.#terminal.open(this.#place)
    this.#terminal.textarea?.setAttribute("aria-label", "Recorded terminal. It can't be typed into.")
    this.#terminal.attachCustomKeyEventHandler(() => false)
    const observer = new ResizeObserver(() => this.#settle())
    observer.observe(this)
    const stopThemeUpdates = onThemeChange(() => (this.#terminal.options.theme = themeOf(this)))
    this.#ending.push(stopThemeUpdates, () => observer.disconnect())
    this.#settle()
  }

  disconnectedCallback() {
    for (const end of this.#ending.splice(0)) end()
    this.#terminal.dispose()
    this.replaceChildren()
  }

  size(cols, rows) {
    this.#cols = cols
    this.#rows = rows
    this.#settle()
  }

  reset() {
    this.#terminal.reset()
  }

  write(text) {
    this.#terminal.write(text)
  }

  static observedAttributes = ["text"]

  attributeChangedCallback() {
    if (this.#terminal) this.#settle()
  }

  // Private

  // Uses all available rows: recorded programs only address their own last lines.
  #settle() {
    if (!this.clientWidth || !this.clientHeight) return
    const most = Number(this.getAttribute("text")) || USUAL
    const room = (this.clientWidth - 34) / (this.#cols * this.#letter())
    this.#terminal.options.fontSize = Math.max(Math.min(LEAST, most), Math.min(most, Math.floor(room * 4) / 4))
    const rows = this.#fit.proposeDimensions()?.rows
    this.#terminal.resize(this.#cols, Math.max(4, rows || this.#rows))
    this.#terminal.scrollToBottom()
  }

  // Returns a letter's width per pixel of font size.
  #letter() {
    const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"))
    pen.font = `100px ${this.#terminal.options.fontFamily}`
    return pen.measureText("W").width / 100
  }
}
