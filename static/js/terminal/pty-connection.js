// One terminal's connection to the `/pty` namespace. Counts the bytes received, so that after a loss output continues
// at the next byte. Dispatches `output` {text, end}, `clear` {from, upto}, `move` (how much larger the server's offsets
// are now) and `state` {state, say, and what the server adds: cols, rows, used}. Knows nothing of xterm.js.

import { session, socket } from "../shared/session.js"

const MAX_TAIL = 128
const CHUNK = 4096
const encoder = new TextEncoder()

export default class PtyConnection extends EventTarget {
  #number
  /** @type {any} */
  #offset
  #tail = ""
  #shell = ""
  #attached = false
  /** @type {[number, number] | undefined} */
  #size
  #newShell
  #listeners

  constructor(number, fresh = false) {
    super()
    this.#number = number
    this.#newShell = fresh
    this.#listeners = {
      connect: () => this.attach(),
      disconnect: () => this.#onDisconnect(),
      "pty-output": (output) => output.terminal === number && this.#onOutput(output),
      terminal: (news) => news.terminal === number && this.#onTerminal(news),
    }
    for (const [name, handler] of Object.entries(this.#listeners)) pty().on(name, handler)
    session.addEventListener("link", this.#onConnection)
    if (pty().connected) this.attach()
    else this.#dispatchState("connecting", "Connecting…")
  }

  close() {
    for (const [name, handler] of Object.entries(this.#listeners)) pty().off(name, handler)
    session.removeEventListener("link", this.#onConnection)
  }

  // Resumes after the last byte received; `fresh` requests a new shell if the last one has ended.
  attach(fresh = this.#newShell) {
    this.#attached = false
    const known = this.#offset === undefined ? {} : { have: this.#offset, tail: this.#tail, shell: this.#shell }
    pty().emit("attach", { terminal: this.#number, fresh, ...known })
    this.#newShell = fresh && isBuffering()
    if (this.#size) this.resize(...this.#size)
  }

  // Sends input. Returns whether it was sent: while the connection is down nothing is buffered, or it would run by
  // surprise later.
  type(text) {
    if (!pty().connected) return false
    for (const chunk of chunks(text)) pty().emit("pty-input", { input: chunk, terminal: this.#number })
    return !isBuffering()
  }

  resize(cols, rows) {
    this.#size = [cols, rows]
    if (pty().connected) pty().emit("resize", { cols, rows, terminal: this.#number })
  }

  // Makes this page the active one of several.
  use() {
    if (pty().connected) pty().emit("use", { terminal: this.#number })
  }

  // Ends the shell and what runs in it.
  end() {
    if (pty().connected) pty().emit("end", { terminal: this.#number })
  }

  parsed(end) {
    if (pty().connected && this.#attached) pty().emit("parsed", { terminal: this.#number, seq: end })
  }

  // Private

  #onOutput({ output, seq, end }) {
    if (!this.#attached || end <= this.#offset) return
    if (seq > this.#offset) return this.attach()
    const text =
      seq === this.#offset ? output : new TextDecoder().decode(encoder.encode(output).slice(this.#offset - seq))
    this.#offset = end
    this.#tail = (this.#tail + text).slice(-MAX_TAIL).replace(/^[\uDC00-\uDFFF]/, "")
    this.dispatchEvent(new CustomEvent("output", { detail: { text, end } }))
  }

  #onTerminal({ state, say, shell, from, upto, clear, ...size }) {
    if (from !== undefined) {
      if (clear) {
        this.#tail = ""
        this.dispatchEvent(new CustomEvent("clear", { detail: { from, upto } }))
      } else if (from !== this.#offset) {
        this.dispatchEvent(new CustomEvent("move", { detail: from - this.#offset }))
      }
      this.#offset = from
      this.#shell = shell
      this.#attached = true
    }
    this.#dispatchState(state, say, size)
  }

  #onDisconnect() {
    this.#attached = false
    this.#dispatchState("lost", "The connection to the lab is lost.")
  }

  #onConnection = ({ detail }) => {
    if (detail.state === "down")
      this.#dispatchState("lost", "The connection to the lab is lost.", { retry: detail.retry })
    else if (detail.state === "refused") this.#dispatchState("lost", detail.say)
  }

  #dispatchState(state, say, more) {
    this.dispatchEvent(new CustomEvent("state", { detail: { state, say, ...more } }))
  }
}

const pty = () => socket("/pty")

// After a sleep the socket notices only on sending that the connection is gone; it buffers that data and drops it on
// close.
const isBuffering = () => pty().sendBuffer.length > 0

function* chunks(text) {
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + CHUNK)
    if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1])) end -= 1
    yield text.slice(start, end)
    start = end
  }
}
