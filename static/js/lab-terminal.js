// <lab-terminal terminal="1"> – a shell in the learner's sandbox, drawn by xterm.js.
// Methods focus(), type(text) and end(); events `lab-terminal-state` {state, say} and `lab-terminal-turn` (-1 or 1: to
// its neighbour). The attribute `fresh` asks for a new shell in the place of an ended one. With a `size` attribute
// (pixels) the page decides on the size of the text and remembers it; else the terminal does.

import "./terminal/nonce.js"
import { FitAddon } from "@xterm/addon-fit"
import { Unicode11Addon } from "@xterm/addon-unicode11"
import { WebLinksAddon } from "@xterm/addon-web-links"
import { WebglAddon } from "@xterm/addon-webgl"
import { Terminal } from "@xterm/xterm"
import { announce } from "./announce.js"
import { h } from "./dom.js"
import { recall, remember } from "./kept.js"
import { clean, clipKeys } from "./terminal/clip.js"
import Find from "./terminal/find.js"
import KeyBar from "./terminal/keybar.js"
import Line from "./terminal/line.js"
import Prompts from "./terminal/prompts.js"
import { onLook, themeOf } from "./terminal/theme.js"

const ACKNOWLEDGE = 32 * 1024
// What a terminal answers to a program that asks it: reports of cursor, device and mode, never a key.
const REPORT = /^\x1b(\[[?>=]?[\d;]*[Rcn]|\[\?[\d;]+\$y|[P\]].*)/s
const SIZES = { least: 9, most: 40, usual: 14 }

export default class LabTerminal extends HTMLElement {
  #terminal
  #fit = new FitAddon()
  #line
  #find
  #keys
  #prompts
  #screen
  #bar
  #parsed = 0
  #told = 0
  #ending = []

  connectedCallback() {
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

  // Types for the learner. Several lines go in as one paste where the shell takes that, so that none runs by itself.
  type(text) {
    this.#terminal.paste(clean(text))
  }

  // What is shown

  #draw() {
    const button = (label, text, does) => h("button", { type: "button", "aria-label": label, title: label, onclick: does }, text)
    this.#screen = h("div", { class: "terminal-screen" })
    this.#bar = {
      say: h("span", { class: "terminal-say", role: "status" }),
      act: h("button", { type: "button", class: "terminal-act", hidden: true, onclick: () => this.#line.attach(true) }, "Open a new one"),
      reader: button("Screen reader mode", "Screen reader", () => this.#readAloud(!this.#terminal.options.screenReaderMode)),
    }
    const tools = h(
      "div", { class: "terminal-tools", role: "toolbar", "aria-label": "Terminal" },
      this.#bar.reader,
      button("Smaller text (Ctrl −)", "A−", () => this.#size(-1)), button("Larger text (Ctrl +)", "A+", () => this.#size(1)),
      button("Find (Ctrl Shift F)", "Find", () => this.#find.open()),
    )
    this.append(h("div", { class: "terminal-bar" }, this.#bar.say, this.#bar.act, h("span", { class: "grow" }), tools), this.#screen)
  }

  #open() {
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: getComputedStyle(this).getPropertyValue("--term-font") || "monospace",
      fontSize: Number(this.getAttribute("size") || recall("terminal-size")) || SIZES.usual,
      lineHeight: 1.15,
      linkHandler: { activate: (_event, address) => visit(address), allowNonHttpProtocols: false },
      minimumContrastRatio: 4.5,
      rightClickSelectsWord: true,
      scrollback: 10000,
      theme: themeOf(this),
    })
    this.#terminal.loadAddon(this.#fit)
    this.#terminal.loadAddon(new Unicode11Addon())
    this.#terminal.unicode.activeVersion = "11"
    this.#terminal.loadAddon(new WebLinksAddon((_event, address) => visit(address)))
    this.#terminal.open(this.#screen)
    this.#accelerate()
    this.#prompts = new Prompts(this.#terminal)
    this.#find = new Find(this.#terminal, this)
    this.#keys = new KeyBar(this.#terminal, this)
    this.#readAloud(recall("terminal-reader") === "on")
  }

  // Draw with the graphics card; where there is none, or it goes away, xterm.js draws with elements.
  #accelerate() {
    try {
      const webgl = new WebglAddon()
      webgl.onContextLoss(() => webgl.dispose())
      this.#terminal.loadAddon(webgl)
    } catch {
      this.dataset.renderer = "dom"
    }
  }

  // What is heard

  #listen() {
    const terminal = this.#terminal
    terminal.onData((text) => this.#typed(this.#keys.modify(text)))
    terminal.onBinary((text) => this.#typed(text))
    terminal.onBell(() => this.#flash())
    terminal.onResize(({ cols, rows }) => this.#line.resize(cols, rows))
    terminal.attachCustomKeyEventHandler((event) => this.#key(event))
    this.addEventListener("paste", (event) => this.#paste(event), true)
    const observer = new ResizeObserver(() => this.#refit())
    observer.observe(this.#screen)
    const unlook = onLook(() => (terminal.options.theme = themeOf(this)))
    this.#ending.push(unlook, () => observer.disconnect())
  }

  #speak() {
    this.#line = new Line(Number(this.getAttribute("terminal") ?? 1), this.hasAttribute("fresh"))
    this.removeAttribute("fresh")
    this.#line.addEventListener("clear", () => this.#cleared())
    this.#line.addEventListener("output", ({ detail }) => this.#write(detail))
    this.#line.addEventListener("state", ({ detail }) => this.#state(detail))
    this.#refit()
    this.#line.resize(this.#terminal.cols, this.#terminal.rows)
  }

  // Only what xterm.js has parsed is acknowledged: the shell waits for the eye, not for the network.
  #write({ text, end }) {
    this.#terminal.write(text, () => {
      this.#parsed = end
      if (this.#past) this.#present()
      if (end - this.#told >= ACKNOWLEDGE) this.#acknowledge()
      else this.#later ??= setTimeout(() => this.#acknowledge(), 100)
    })
  }

  #later

  #acknowledge() {
    clearTimeout(this.#later)
    this.#later = undefined
    this.#told = this.#parsed
    this.#line.parsed(this.#parsed)
  }

  #cleared() {
    this.#terminal.write("\x1bc")
    this.#told = 0
    this.#present()
  }

  #past

  // What is drawn anew asks its questions anew (where is the cursor, say); whoever asked has long had its answer.
  #present() {
    clearTimeout(this.#past)
    this.#past = setTimeout(() => (this.#past = undefined), 300)
  }

  #typed(text) {
    if (this.#past && REPORT.test(text)) return
    if (!this.#line.type(text)) this.#flash()
  }

  #key(event) {
    if (!clipKeys(this.#terminal)(event)) return false
    const name = event.type === "keydown" && event.ctrlKey && !event.altKey && !event.metaKey ? chord(event) : ""
    const does = this.#chords[name]
    if (!does) return true
    event.preventDefault()
    does()
    return false
  }

  #chords = {
    "+": () => this.#size(1),
    "-": () => this.#size(-1),
    0: () => this.#size(0),
    "shift f": () => this.#find.open(),
    "shift arrowleft": () => this.#turn(-1),
    "shift arrowright": () => this.#turn(1),
    "shift arrowup": () => this.#prompts.jump(-1),
    "shift arrowdown": () => this.#prompts.jump(1),
  }

  #turn(step) {
    this.dispatchEvent(new CustomEvent("lab-terminal-turn", { bubbles: true, detail: step }))
  }

  // A paste of several lines where the shell would run each at once is shown and asked about first.
  #paste(event) {
    event.preventDefault()
    event.stopPropagation()
    const text = clean(event.clipboardData?.getData("text/plain") ?? "")
    const lines = text.trimEnd().split("\n").length
    const careful = lines > 1 && !this.#terminal.modes.bracketedPasteMode
    if (text && (!careful || confirm(`Paste ${lines} lines? Each one runs as it arrives:\n\n${text.slice(0, 600)}`))) this.#terminal.paste(text)
  }

  // What changes

  #state({ state, say, retry }) {
    this.dataset.state = state
    clearInterval(this.#counting)
    if (retry) this.#countDown(say, retry)
    else this.#bar.say.textContent = say
    this.#bar.act.hidden = state !== "ended"
    if (say && state !== "live") announce(say)
    this.dispatchEvent(new CustomEvent("lab-terminal-state", { bubbles: true, detail: { state, say } }))
  }

  #counting

  #countDown(say, seconds) {
    const until = Date.now() + seconds * 1000
    const show = () => {
      const left = Math.max(0, Math.ceil((until - Date.now()) / 1000))
      this.#bar.say.textContent = left ? `${say} Trying again in ${left} s.` : `${say} Trying again…`
    }
    show()
    this.#counting = setInterval(show, 500)
  }

  static observedAttributes = ["size"]

  attributeChangedCallback() {
    const size = Number(this.getAttribute("size"))
    if (!this.#terminal || !size || size === this.#terminal.options.fontSize) return
    this.#terminal.options.fontSize = size
    this.#refit()
    this.#terminal.scrollToBottom()
  }

  #size(step) {
    if (this.hasAttribute("size")) return
    const now = this.#terminal.options.fontSize
    this.#terminal.options.fontSize = step ? Math.min(SIZES.most, Math.max(SIZES.least, now + step)) : SIZES.usual
    remember("terminal-size", this.#terminal.options.fontSize)
    this.#refit()
  }

  #refit() {
    if (this.#screen.clientWidth > 0 && this.#screen.clientHeight > 0) this.#fit.fit()
  }

  #readAloud(on) {
    this.#terminal.options.screenReaderMode = on
    this.#bar.reader.setAttribute("aria-pressed", String(on))
    remember("terminal-reader", on ? "on" : "off")
  }

  #flash() {
    this.classList.add("bell")
    setTimeout(() => this.classList.remove("bell"), 150)
  }
}

const chord = ({ shiftKey, key }) => {
  const name = key.toLowerCase()
  if (name === "=" || name === "+") return "+"
  if (name === "_" || name === "-") return "-"
  return shiftKey ? `shift ${name}` : name
}

function visit(address) {
  if (/^https?:\/\//i.test(address)) open(address, "_blank", "noopener,noreferrer")
}
