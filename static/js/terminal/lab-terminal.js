// <lab-terminal terminal="1"> – a shell in the learner's sandbox, drawn by xterm.js.
// Methods focus(), type(text) and end(); events `lab-terminal-state` {state, say} and `lab-terminal-turn` (-1 or 1: to
// its neighbour). The attribute `fresh` asks for a new shell in the place of an ended one. With a `size` attribute
// (pixels) the page decides on the size of the text and remembers it; else the terminal does. `data-state` is the
// state that `lab-terminal-state` told last, `data-renderer` how it is drawn.

import "./csp-nonce.js"
import { Unicode11Addon } from "@xterm/addon-unicode11"
import { WebLinksAddon } from "@xterm/addon-web-links"
import { Terminal } from "@xterm/xterm"
import { announce } from "../shared/announce.js"
import { copy } from "../shared/clipboard.js"
import { h } from "../shared/dom.js"
import Bar from "./toolbar.js"
import { chord, onMac } from "./shortcuts.js"
import Drawn from "./ack.js"
import { spoken } from "./exit-message.js"
import Find from "./search-bar.js"
import KeyBar from "./key-bar.js"
import Line from "./pty-connection.js"
import { askBeforeVisit, visit } from "./links.js"
import Paste from "./paste.js"
import Prompts from "./shell-integration.js"
import { accelerate } from "./renderer.js"
import Size from "./size.js"
import { onLook, themeOf } from "./theme.js"
import { onWish, wish, wished } from "./terminal-prefs.js"

const MAC = onMac(navigator.platform)
// What a terminal answers to a program that asks it: reports of cursor, device and mode, never a key.
const REPORT = /^\x1b(\[[?>=]?[\d;]*[Rcn]|\[\?[\d;]+\$y|[P\]].*)/s
const SIZES = { least: 9, most: 40, usual: 14 }

export default class LabTerminal extends HTMLElement {
  #terminal
  #line
  #find
  #keys
  #paste
  #prompts
  #room
  #screen
  #bar
  #drawn
  #heard
  #ending = []

  // The line comes first: the server answers while the terminal is drawn.
  connectedCallback() {
    this.#line = new Line(Number(this.getAttribute("terminal") ?? 1), this.hasAttribute("fresh"))
    this.removeAttribute("fresh")
    this.#draw()
    this.#open()
    this.#listen()
    this.#speak()
  }

  disconnectedCallback() {
    for (const end of this.#ending.splice(0)) end()
    this.#line.close()
    this.#terminal.dispose()
    this.replaceChildren()
  }

  focus() {
    this.#terminal?.focus()
  }

  // The shell and what runs in it come to their end.
  end() {
    this.#line.end()
  }

  // Whether the shell has ended already.
  get over() {
    return this.dataset.state === "ended"
  }

  // What is shown

  #draw() {
    this.#screen = h("div", { class: "terminal-screen" })
    this.#bar = new Bar(this.#acts, MAC)
    this.append(this.#bar.element, this.#screen)
  }

  #open() {
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: getComputedStyle(this).getPropertyValue("--term-font") || "monospace",
      fontSize: Number(this.getAttribute("size") || wished("size")) || SIZES.usual,
      lineHeight: 1.15,
      linkHandler: {
        activate: (_event, address) => askBeforeVisit(address, this, this.#terminal),
        allowNonHttpProtocols: false,
      },
      minimumContrastRatio: 4.5,
      rightClickSelectsWord: true,
      scrollback: 10000,
      theme: themeOf(this),
    })
    this.#terminal.loadAddon(new Unicode11Addon())
    this.#terminal.unicode.activeVersion = "11"
    this.#terminal.loadAddon(new WebLinksAddon((_event, address) => visit(address)))
    this.#terminal.open(this.#screen)
    this.#room = new Size(this.#terminal, this.#screen)
    accelerate(this.#terminal, this)
    this.#drawn = new Drawn(this.#terminal, (number) => this.#line.parsed(number))
    this.#prompts = new Prompts(this.#terminal, (status, took) => this.#ended(status, took))
    this.#find = new Find(this.#terminal, this)
    this.#keys = new KeyBar(this.#terminal, this)
    this.#paste = new Paste(this.#terminal, this)
    this.#turnReader(wished("reader"))
    this.#turnKeys(wished("keys") ?? (matchMedia("(pointer: coarse)").matches ? "on" : "off"))
  }

  // What is heard

  #listen() {
    const terminal = this.#terminal
    terminal.onData((text) => this.#typed(this.#keys.modify(text)))
    terminal.onBinary((text) => this.#typed(text))
    terminal.onBell(() => this.#flash())
    terminal.onResize(({ cols, rows }) => this.#room.mirrors || this.#line.resize(cols, rows))
    terminal.attachCustomKeyEventHandler((event) => this.#key(event))
    this.addEventListener("paste", (event) => this.#pasted(event), true)
    for (const turned of ["focusin", "pointerdown"])
      this.addEventListener(turned, () => this.#room.mirrors && this.#line.use())
    const observer = new ResizeObserver(() => this.#room.fit())
    observer.observe(this.#screen)
    const unlook = onLook(() => (terminal.options.theme = themeOf(this)))
    const wishes = [
      onWish("size", (size) => this.#resize(size)),
      onWish("reader", (on) => this.#turnReader(on)),
      onWish("keys", (on) => this.#turnKeys(on)),
    ]
    this.#ending.push(
      unlook,
      ...wishes,
      () => observer.disconnect(),
      () => this.#bar.end(),
    )
  }

  #speak() {
    this.#line.addEventListener("clear", ({ detail }) => this.#drawn.clear(detail))
    this.#line.addEventListener("move", ({ detail }) => this.#drawn.move(detail))
    this.#line.addEventListener("output", ({ detail }) => this.#drawn.write(detail))
    this.#line.addEventListener("state", ({ detail }) => this.#state(detail))
    this.#room.fit()
    this.#line.resize(this.#terminal.cols, this.#terminal.rows)
  }

  // What others see as a cross is said to those who listen.
  #ended(status, took) {
    const words = spoken(status, took)
    if (!words || this.#drawn.past || !this.#terminal.options.screenReaderMode) return
    announce(this.hidden ? `Terminal ${this.getAttribute("terminal")}: ${words}` : words)
  }

  // A mirror answers no program: the page in use does.
  #typed(text) {
    if ((this.#drawn.past || this.#room.mirrors) && REPORT.test(text)) return
    if (!this.#line.type(text)) this.#flash()
  }

  #key(event) {
    const act = chord(event, this.#terminal.hasSelection(), MAC)
    if (!act) return true
    if (act === "paste") return false // the browser's own paste follows, as an event
    event.preventDefault()
    this.#acts[act]()
    return false
  }

  #acts = {
    again: () => this.#line.attach(true),
    clear: () => this.#terminal.clear(),
    copy: () => this.#copy(),
    find: () => this.#find.open(),
    keys: () => wish("keys", this.hasAttribute("keys") ? "off" : "on"),
    reader: () => wish("reader", this.#terminal.options.screenReaderMode ? "off" : "on"),
    larger: () => this.#size(1),
    smaller: () => this.#size(-1),
    usual: () => this.#size(0),
    left: () => this.#turn(-1),
    right: () => this.#turn(1),
    up: () => this.#prompts.jump(-1),
    down: () => this.#prompts.jump(1),
  }

  #turn(step) {
    this.dispatchEvent(new CustomEvent("lab-terminal-turn", { bubbles: true, detail: step }))
  }

  #pasted(event) {
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

  // What changes

  #state(news) {
    const { state, say } = news
    this.dataset.state = state
    this.#bar.state(news)
    this.#sized(news)
    this.toggleAttribute("mirror", this.#room.mirrors)
    this.#announced(state, say)
    this.dispatchEvent(new CustomEvent("lab-terminal-state", { bubbles: true, detail: { state, say } }))
  }

  // While this page mirrored, its own size was told to nobody: in use, it may have another than the server remembers.
  #sized(news) {
    const mirrored = this.#room.mirrors
    if (news.state === "live") this.#room.told(news)
    if (mirrored && !this.#room.mirrors) this.#line.resize(this.#terminal.cols, this.#terminal.rows)
  }

  // Each try to connect again says anew that the connection is lost; those who listen heard it.
  #announced(state, say) {
    const news = `${state}: ${say}`
    if (say && state !== "live" && news !== this.#heard && !this.hidden) announce(say)
    this.#heard = news
  }

  static observedAttributes = ["size"]

  attributeChangedCallback() {
    const size = Number(this.getAttribute("size"))
    if (!this.#terminal || !size || size === this.#room.wished) return
    this.#room.wished = size
    this.#terminal.scrollToBottom()
  }

  #size(step) {
    if (this.hasAttribute("size")) return
    wish("size", step ? Math.min(SIZES.most, Math.max(SIZES.least, this.#room.wished + step)) : SIZES.usual)
  }

  #resize(size) {
    if (!this.hasAttribute("size")) this.#room.wished = size
  }

  #turnReader(on) {
    this.#terminal.options.screenReaderMode = on === "on"
    this.#bar.turn("reader", on === "on")
  }

  // Not on a projector, whatever is wished at the desk.
  #turnKeys(wish) {
    const on = wish === "on" && !this.hasAttribute("size")
    this.toggleAttribute("keys", on)
    this.#keys.shown = on
    this.#bar.turn("keys", on)
  }

  #flash() {
    this.classList.add("bell")
    setTimeout(() => this.classList.remove("bell"), 150)
  }
}
