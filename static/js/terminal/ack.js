// Acknowledges output that has been drawn, in the server's byte offsets. Only what xterm.js has parsed is acknowledged:
// flow control follows the eye, not the network. `send` delivers the acknowledgement.

const ACKNOWLEDGE = 32 * 1024
const DELAY = 100 // milliseconds

export default class OutputAck {
  #terminal
  #send
  #parsed = 0
  #liveFrom = 0
  #acknowledged = 0
  #timer

  constructor(terminal, send) {
    this.#terminal = terminal
    this.#send = send
  }

  write({ text, end }) {
    this.#terminal.write(text, () => {
      this.#parsed = end
      if (end - this.#acknowledged >= ACKNOWLEDGE) this.#acknowledge()
      else this.#timer ??= setTimeout(() => this.#acknowledge(), DELAY)
    })
  }

  // Restarts at byte `from` on a cleared screen; everything before byte `upto` is old.
  clear({ from, upto }) {
    this.#acknowledged = 0
    this.#terminal.write("\x1bc", () => ([this.#parsed, this.#liveFrom] = [from, upto]))
  }

  // A restarted app may count differently. Output already in xterm.js's queue still has the old offsets.
  move(by) {
    this.#terminal.write("", () => {
      this.#parsed += by
      this.#liveFrom += by
      this.#acknowledged += by
    })
  }

  // Whether the output being drawn is a replay. Its queries (cursor position, say) were answered long ago, and its exit
  // messages were announced.
  get isReplaying() {
    return this.#parsed < this.#liveFrom
  }

  // Private

  #acknowledge() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#acknowledged = this.#parsed
    this.#send(this.#parsed)
  }
}
