// <lab-remote-terminal> – another person's terminal, read only: their columns and rows, at a text size that fits here.
// With the property `typing`, input is sent to them, if they have agreed.

import "../terminal/csp-nonce.js"
import { Unicode11Addon } from "@xterm/addon-unicode11"
import { Terminal } from "@xterm/xterm"
import { h } from "../shared/dom.js"
import { followConnection } from "./follow.js"
import { remoteFeed } from "../shared/feed.js"
import { onThemeChange, themeOf } from "../terminal/theme.js"

const LINE = 1.15
const SIZES = { least: 10, easy: 13, most: 22 } // pixels

export default class LabRemoteTerminal extends HTMLElement {
  /** @type {Terminal} */
  #terminal
  /** @type {HTMLElement} */
  #box
  #disconnected = new AbortController()
  /** @type {ResizeObserver} */
  #observer

  connectedCallback() {
    this.#box = h("div", { class: "remote-terminal-box" })
    this.append(this.#box)
    this.#open()
    const on = (name, does) =>
      remoteFeed.addEventListener(name, ({ detail }) => does(detail), { signal: this.#disconnected.signal })
    on("sight", ({ cols, rows }) => this.#resize(cols, rows))
    on("screen", ({ output }) => this.#terminal.write(output, () => this.#scrollToCursor()))
    on("over", () => this.#terminal.write("\x1bc"))
    this.#observer = new ResizeObserver(() => this.fit())
    this.#observer.observe(this)
  }

  disconnectedCallback() {
    this.#disconnected.abort()
    this.#observer.disconnect()
    this.#stopThemeUpdates()
    this.#terminal.dispose()
    this.replaceChildren()
  }

  // Whether input here is sent to them.
  set typing(on) {
    this.#terminal.options.disableStdin = !on
    this.#terminal.options.cursorBlink = on && !matchMedia("(prefers-reduced-motion: reduce)").matches
    this.#textarea.tabIndex = on ? 0 : -1
    this.toggleAttribute("typing", on)
    if (!on) this.#terminal.blur()
  }

  focus() {
    this.#terminal.focus()
  }

  // Uses the largest text size at which everything fits. If that is hard to read, the width decides, and the lines
  // around the cursor are scrolled into view.
  fit() {
    const { clientWidth, clientHeight } = this
    if (!clientWidth || !clientHeight) return
    const { cols, rows } = this.#terminal
    const [wide, high] = cell(this.#terminal.options.fontFamily)
    const [across, down] = [(clientWidth - 22) / (cols * wide), (clientHeight - 12) / (rows * high * LINE)]
    const fits = Math.min(across, Math.max(down, Number(this.getAttribute("easy")) || SIZES.easy))
    const most = Number(this.getAttribute("most")) || SIZES.most
    const size = Math.min(most, Math.max(SIZES.least, Math.floor(fits * 2) / 2))
    if (size !== this.#terminal.options.fontSize) this.#terminal.options.fontSize = size
    requestAnimationFrame(() => this.#scrollToCursor())
  }

  // Private

  /** @type {() => void} */
  #stopThemeUpdates

  #open() {
    const terminal = (this.#terminal = new Terminal({
      allowProposedApi: true,
      disableStdin: true,
      cursorInactiveStyle: "block",
      fontFamily: getComputedStyle(this).getPropertyValue("--term-font") || "monospace",
      fontSize: 13,
      lineHeight: LINE,
      minimumContrastRatio: 4.5,
      scrollback: 1000,
      theme: themeOf(this),
    }))
    terminal.loadAddon(new Unicode11Addon())
    terminal.unicode.activeVersion = "11"
    terminal.open(this.#box)
    this.#textarea.tabIndex = -1
    this.#textarea.setAttribute("aria-label", this.getAttribute("aria-label") ?? "Terminal")
    terminal.onData((input) => this.#typed(input))
    this.#stopThemeUpdates = onThemeChange(() => (terminal.options.theme = themeOf(this)))
  }

  get #textarea() {
    return /** @type {HTMLTextAreaElement} */ (this.#terminal.textarea)
  }

  #resize(cols, rows) {
    this.#terminal.resize(cols, rows)
    this.fit()
  }

  // Keeps the cursor's line visible.
  #scrollToCursor() {
    const { rows, buffer } = this.#terminal
    const line = this.#box.querySelector(".xterm-screen").offsetHeight / rows
    this.#box.scrollTop = (buffer.active.cursorY + 1.5) * line - this.#box.clientHeight
  }

  async #typed(input) {
    if (!this.hasAttribute("typing") || input.startsWith("\x1b[?") || /^\x1b\[\d+;\d+R/.test(input)) return
    for (let at = 0; at < input.length; at += 2000) {
      const answer = await followConnection.request("keys", { input: input.slice(at, at + 2000) })
      if (!answer.ok)
        return this.dispatchEvent(new CustomEvent("slipway:refused", { bubbles: true, detail: answer.say }))
    }
  }
}

// Returns a character's width and height as fractions of the font size.
const cells = new Map()
function cell(family) {
  if (!cells.has(family)) {
    const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"))
    pen.font = `100px ${family}`
    const { width, fontBoundingBoxAscent, fontBoundingBoxDescent } = pen.measureText("W")
    cells.set(family, [width / 100, (fontBoundingBoxAscent + fontBoundingBoxDescent) / 100])
  }
  return cells.get(family)
}
