// <lab-recorded-terminal> – a terminal to look at: what is written is shown, and no key goes anywhere. Drawn by xterm.js at the
// number of columns that was recorded, in letters as large as that leaves room for; below a least size it scrolls.
// `size(cols, rows)`, `reset()`, `write(text)`. With a `text` attribute (pixels) the letters are at most so large.

import "../terminal/csp-nonce.js"
import { FitAddon } from "@xterm/addon-fit"
import { Unicode11Addon } from "@xterm/addon-unicode11"
import { Terminal } from "@xterm/xterm"
import { h } from "../shared/dom.js"
import { recall } from "../shared/storage.js"
import { onLook, themeOf } from "../terminal/theme.js"

const LEAST = 10 // pixels: smaller letters can't be read
const USUAL = 15

export default class LabRecordedTerminal extends HTMLElement {
  #terminal
  #fit = new FitAddon()
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
      screenReaderMode: recall("terminal-reader") === "on",
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
    const unlook = onLook(() => (this.#terminal.options.theme = themeOf(this)))
    this.#ending.push(unlook, () => observer.disconnect())
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

  // As many rows as there is room for: the recorded programs move the cursor no further than their own last lines.
  #settle() {
    if (!this.clientWidth || !this.clientHeight) return
    const most = Number(this.getAttribute("text")) || USUAL
    const room = (this.clientWidth - 34) / (this.#cols * this.#letter())
    this.#terminal.options.fontSize = Math.max(Math.min(LEAST, most), Math.min(most, Math.floor(room * 4) / 4))
    const rows = this.#fit.proposeDimensions()?.rows
    this.#terminal.resize(this.#cols, Math.max(4, rows || this.#rows))
    this.#terminal.scrollToBottom()
  }

  // How wide a letter is, for one pixel of its size.
  #letter() {
    const pen = document.createElement("canvas").getContext("2d")
    pen.font = `100px ${this.#terminal.options.fontFamily}`
    return pen.measureText("W").width / 100
  }
}
