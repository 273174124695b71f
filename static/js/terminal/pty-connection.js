// One terminal's end of the `/pty` namespace: what came is counted, so that after any loss it goes on at the next byte.
// Says `output` {text, end}, `clear` {from, upto}, `move` (how much larger its numbers are now), `state` {state, say, and as the server tells it: cols, rows, used}. Knows no xterm.js.

import { session, socket } from "../shared/session.js"

const TAIL = 128
const PIECE = 4096
const encoder = new TextEncoder()

export default class Line extends EventTarget {
  #number
  #have
  #tail = ""
  #shell = ""
  #inStep = false
  #size
  #fresh
  #listeners

  constructor(number, fresh = false) {
    super()
    this.#number = number
    this.#fresh = fresh
    this.#listeners = {
      connect: () => this.attach(),
      disconnect: () => this.#lost(),
      "pty-output": (output) => output.terminal === number && this.#received(output),
      terminal: (news) => news.terminal === number && this.#told(news),
    }
    for (const [name, heard] of Object.entries(this.#listeners)) pty().on(name, heard)
    session.addEventListener("link", this.#link)
    if (pty().connected) this.attach()
    else this.#say("connecting", "Connecting…")
  }

  close() {
    for (const [name, heard] of Object.entries(this.#listeners)) pty().off(name, heard)
    session.removeEventListener("link", this.#link)
  }

  // Go on after the last byte we have; `fresh` asks for a new shell where the last one has ended.
  attach(fresh = this.#fresh) {
    this.#inStep = false
    const known = this.#have === undefined ? {} : { have: this.#have, tail: this.#tail, shell: this.#shell }
    pty().emit("attach", { terminal: this.#number, fresh, ...known })
    this.#fresh = fresh && kept()
    if (this.#size) this.resize(...this.#size)
  }

  // Whether the keys went out: what is typed while the connection is down is not kept, to run by surprise later.
  type(text) {
    if (!pty().connected) return false
    for (const piece of pieces(text)) pty().emit("pty-input", { input: piece, terminal: this.#number })
    return !kept()
  }

  resize(cols, rows) {
    this.#size = [cols, rows]
    if (pty().connected) pty().emit("resize", { cols, rows, terminal: this.#number })
  }

  // Somebody turned to this page: of several it is the one in use.
  use() {
    if (pty().connected) pty().emit("use", { terminal: this.#number })
  }

  // The shell is to end, and with it what runs in it.
  end() {
    if (pty().connected) pty().emit("end", { terminal: this.#number })
  }

  parsed(end) {
    if (pty().connected && this.#inStep) pty().emit("parsed", { terminal: this.#number, seq: end })
  }

  // Private

  #received({ output, seq, end }) {
    if (!this.#inStep || end <= this.#have) return
    if (seq > this.#have) return this.attach()
    const text = seq === this.#have ? output : new TextDecoder().decode(encoder.encode(output).slice(this.#have - seq))
    this.#have = end
    this.#tail = (this.#tail + text).slice(-TAIL).replace(/^[\uDC00-\uDFFF]/, "")
    this.dispatchEvent(new CustomEvent("output", { detail: { text, end } }))
  }

  #told({ state, say, shell, from, upto, clear, ...size }) {
    if (from !== undefined) {
      if (clear) {
        this.#tail = ""
        this.dispatchEvent(new CustomEvent("clear", { detail: { from, upto } }))
      } else if (from !== this.#have) {
        this.dispatchEvent(new CustomEvent("move", { detail: from - this.#have }))
      }
      this.#have = from
      this.#shell = shell
      this.#inStep = true
    }
    this.#say(state, say, size)
  }

  #lost() {
    this.#inStep = false
    this.#say("lost", "The connection to the lab is lost.")
  }

  #link = ({ detail }) => {
    if (detail.state === "down") this.#say("lost", "The connection to the lab is lost.", { retry: detail.retry })
    else if (detail.state === "refused") this.#say("lost", detail.say)
  }

  #say(state, say, more) {
    this.dispatchEvent(new CustomEvent("state", { detail: { state, say, ...more } }))
  }
}

const pty = () => socket("/pty")

// After a sleep the socket finds out only as it sends that nobody is there: it keeps that, and forgets it as it closes.
const kept = () => pty().sendBuffer.length > 0

function* pieces(text) {
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + PIECE)
    if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1])) end -= 1
    yield text.slice(start, end)
    start = end
  }
}
