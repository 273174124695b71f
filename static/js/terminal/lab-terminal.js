// <lab-terminal terminal="1"> – a shell in the learner's sandbox, drawn by xterm.js.
// Methods: focus(), end(). Events: `lab-terminal-state` {state, say} and `lab-terminal-switch` (-1 or 1: to the
// neighbouring tab). The attribute `fresh` requests a new shell in place of an ended one. With the attribute `size`
// (pixels) the page decides on the text size, else the stored preference does. `data-state` is the last state,
// `data-renderer` how it is drawn.

import "./csp-nonce.js"
import { Unicode11Addon } from "@xterm/addon-unicode11"
import { WebLinksAddon } from "@xterm/addon-web-links"
import { Terminal } from "@xterm/xterm"
import { announce } from "../shared/announce.js"
import { copy } from "../shared/clipboard.js"
import { h } from "../shared/dom.js"
import Toolbar from "./toolbar.js"
import { shortcutFor, onMac } from "./shortcuts.js"
import OutputAck from "./ack.js"
import { exitMessage } from "./exit-message.js"
import SearchBar from "./search-bar.js"
import KeyBar from "./key-bar.js"
import PtyConnection from "./pty-connection.js"
import { confirmLink, openLink } from "./links.js"
import Paste from "./paste.js"
import ShellIntegration from "./shell-integration.js"
import { useWebgl } from "./renderer.js"
import Size from "./size.js"
import { onThemeChange, themeOf } from "./theme.js"
import { onTerminalPref, setTerminalPref, terminalPref } from "./terminal-prefs.js"

const MAC = onMac(navigator.platform)
// Replies of a terminal to a program's queries (cursor, device, mode). Never a key.
const REPORT = /^\x1b(\[[?>=]?[\d;]*[Rcn]|\[\?[\d;]+\$y|[P\]].*)/s
const SIZES = { least: 9, most: 40, usual: 14 }

export default class LabTerminal extends HTMLElement {
  /** @type {import("@xterm/xterm").Terminal} */
  #terminal
  /** @type {PtyConnection} */
  #connection
  /** @type {SearchBar} */
  #find
  /** @type {KeyBar} */
  #keys
  /** @type {Paste} */
  #paste
  /** @type {ShellIntegration} */
  #prompts
  /** @type {Size} */
  #fit
  /** @type {HTMLElement} */
  #screen
  /** @type {Toolbar} */
  #bar
  /** @type {OutputAck} */
  #output
  /** @type {string} */
  #lastAnnounced
  #cleanups = []

  // Connects first: the server answers while the terminal is drawn.
  connectedCallback() {
    this.#connection = new PtyConnection(Number(this.getAttribute("terminal") ?? 1), this.hasAttribute("fresh"))
    this.removeAttribute("fresh")
    this.#draw()
    this.#open()
    this.#listenToTerminal()
    this.#listenToConnection()
  }

  disconnectedCallback() {
    for (const end of this.#cleanups.splice(0)) end()
    this.#connection.close()
    this.#terminal.dispose()
    this.replaceChildren()
  }

  focus() {
    this.#terminal?.focus()
  }

  // Ends the shell and what runs in it.
  end() {
    this.#connection.end()
  }

  // Whether the shell has ended.
  get hasEnded() {
    return this.dataset.state === "ended"
  }

  // Drawing

  #draw() {
    this.#screen = h("div", { class: "terminal-screen" })
    this.#bar = new Toolbar(this.#acts, MAC)
    this.append(this.#bar.element, this.#screen)
  }

  #open() {
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: getComputedStyle(this).getPropertyValue("--term-font") || "monospace",
      fontSize: Number(this.getAttribute("size") || terminalPref("size")) || SIZES.usual,
      lineHeight: 1.15,
      linkHandler: {
        activate: (_event, address) => confirmLink(address, this, this.#terminal),
        allowNonHttpProtocols: false,
      },
      minimumContrastRatio: 4.5,
      rightClickSelectsWord: true,
      scrollback: 10000,
      theme: themeOf(this),
    })
    this.#terminal.loadAddon(new Unicode11Addon())
    this.#terminal.unicode.activeVersion = "11"
    this.#terminal.loadAddon(new WebLinksAddon((_event, address) => openLink(address)))
    this.#terminal.open(this.#screen)
    this.#fit = new Size(this.#terminal, this.#screen)
    useWebgl(this.#terminal, this)
    this.#output = new OutputAck(this.#terminal, (number) => this.#connection.parsed(number))
    this.#prompts = new ShellIntegration(this.#terminal, (status, took) => this.#onCommandEnd(status, took))
    this.#find = new SearchBar(this.#terminal, this)
    this.#keys = new KeyBar(this.#terminal, this)
    this.#paste = new Paste(this.#terminal, this)
    this.#setScreenReader(terminalPref("reader"))
    this.#setKeyBar(terminalPref("keys") ?? (matchMedia("(pointer: coarse)").matches ? "on" : "off"))
  }

  // Events

  #listenToTerminal() {
    const terminal = this.#terminal
    terminal.onData((text) => this.#onInput(this.#keys.modify(text)))
    terminal.onBinary((text) => this.#onInput(text))
    terminal.onBell(() => this.#flash())
    terminal.onResize(({ cols, rows }) => this.#fit.mirrors || this.#connection.resize(cols, rows))
    terminal.attachCustomKeyEventHandler((event) => this.#onKey(event))
    this.addEventListener("paste", (event) => this.#onPaste(event), true)
    for (const turned of ["focusin", "pointerdown"])
      this.addEventListener(turned, () => this.#fit.mirrors && this.#connection.use())
    const observer = new ResizeObserver(() => this.#fit.fit())
    observer.observe(this.#screen)
    const stopThemeUpdates = onThemeChange(() => (terminal.options.theme = themeOf(this)))
    const prefs = [
      onTerminalPref("size", (size) => this.#setTextSize(size)),
      onTerminalPref("reader", (on) => this.#setScreenReader(on)),
      onTerminalPref("keys", (on) => this.#setKeyBar(on)),
    ]
    this.#cleanups.push(
      stopThemeUpdates,
      ...prefs,
      () => observer.disconnect(),
      () => this.#bar.end(),
    )
  }

  #listenToConnection() {
    this.#connection.addEventListener("clear", ({ detail }) => this.#output.clear(detail))
    this.#connection.addEventListener("move", ({ detail }) => this.#output.move(detail))
    this.#connection.addEventListener("output", ({ detail }) => this.#output.write(detail))
    this.#connection.addEventListener("state", ({ detail }) => this.#onState(detail))
    this.#fit.fit()
    this.#connection.resize(this.#terminal.cols, this.#terminal.rows)
  }

  // Announces what others see as a cross.
  #onCommandEnd(status, took) {
    const words = exitMessage(status, took)
    if (!words || this.#output.isReplaying || !this.#terminal.options.screenReaderMode) return
    announce(this.hidden ? `Terminal ${this.getAttribute("terminal")}: ${words}` : words)
  }

  // Only the active page answers a program's queries, and only live ones.
  #onInput(text) {
    if ((this.#output.isReplaying || this.#fit.mirrors) && REPORT.test(text)) return
    if (!this.#connection.type(text)) this.#flash()
  }

  #onKey(event) {
    const act = shortcutFor(event, this.#terminal.hasSelection(), MAC)
    if (!act) return true
    if (act === "paste") return false // the browser's paste event follows
    event.preventDefault()
    this.#acts[act]()
    return false
  }

  #acts = {
    again: () => this.#connection.attach(true),
    clear: () => this.#terminal.clear(),
    copy: () => this.#copy(),
    find: () => this.#find.open(),
    keys: () => setTerminalPref("keys", this.hasAttribute("keys") ? "off" : "on"),
    reader: () => setTerminalPref("reader", this.#terminal.options.screenReaderMode ? "off" : "on"),
    larger: () => this.#changeTextSize(1),
    smaller: () => this.#changeTextSize(-1),
    usual: () => this.#changeTextSize(0),
    left: () => this.#switchTab(-1),
    right: () => this.#switchTab(1),
    up: () => this.#prompts.jump(-1),
    down: () => this.#prompts.jump(1),
  }

  #switchTab(step) {
    this.dispatchEvent(new CustomEvent("lab-terminal-switch", { bubbles: true, detail: step }))
  }

  #onPaste(event) {
    if (event.target.closest("dialog, search")) return
    event.preventDefault()
    event.stopPropagation()
    this.#paste.take(event.clipboardData?.getData("text/plain") ?? "")
  }

  async #copy() {
    const text = this.#terminal.getSelection()
    if (!text) return
    this.#terminal.clearSelection()
    await copy(text)
    this.#terminal.focus()
  }

  // State

  #onState(news) {
    const { state, say } = news
    this.dataset.state = state
    this.#bar.state(news)
    this.#applySize(news)
    this.toggleAttribute("mirror", this.#fit.mirrors)
    this.#announceState(state, say)
    this.dispatchEvent(new CustomEvent("lab-terminal-state", { bubbles: true, detail: { state, say } }))
  }

  // While this page mirrored another one, it did not report its own size, which may differ from the server's.
  #applySize(news) {
    const mirrored = this.#fit.mirrors
    if (news.state === "live") this.#fit.serverState(news)
    if (mirrored && !this.#fit.mirrors) this.#connection.resize(this.#terminal.cols, this.#terminal.rows)
  }

  // Every failed attempt repeats the message; announce it once.
  #announceState(state, say) {
    const news = `${state}: ${say}`
    if (say && state !== "live" && news !== this.#lastAnnounced && !this.hidden) announce(say)
    this.#lastAnnounced = news
  }

  static observedAttributes = ["size"]

  attributeChangedCallback() {
    const size = Number(this.getAttribute("size"))
    if (!this.#terminal || !size || size === this.#fit.preferred) return
    this.#fit.preferred = size
    this.#terminal.scrollToBottom()
  }

  #changeTextSize(step) {
    if (this.hasAttribute("size")) return
    setTerminalPref(
      "size",
      step ? Math.min(SIZES.most, Math.max(SIZES.least, this.#fit.preferred + step)) : SIZES.usual,
    )
  }

  #setTextSize(size) {
    if (!this.hasAttribute("size")) this.#fit.preferred = size
  }

  #setScreenReader(on) {
    this.#terminal.options.screenReaderMode = on === "on"
    this.#bar.turn("reader", on === "on")
  }

  // Never on the projector, whatever the preference.
  #setKeyBar(pref) {
    const on = pref === "on" && !this.hasAttribute("size")
    this.toggleAttribute("keys", on)
    this.#keys.shown = on
    this.#bar.turn("keys", on)
  }

  #flash() {
    this.classList.add("bell")
    setTimeout(() => this.classList.remove("bell"), 150)
  }
}
