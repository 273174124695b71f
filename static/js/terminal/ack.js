// How far a terminal has drawn what came, in the server's numbers of bytes. Knows no network: `tell` is given to it.
// Only what xterm.js has parsed is acknowledged: the shell waits for the eye, not for the network.

const ACKNOWLEDGE = 32 * 1024
const PAUSE = 100 // milliseconds

export default class Drawn {
  #terminal
  #tell
  #parsed = 0
  #upto = 0
  #told = 0
  #later

  constructor(terminal, tell) {
    this.#terminal = terminal
    this.#tell = tell
  }

  write({ text, end }) {
    this.#terminal.write(text, () => {
      this.#parsed = end
      if (end - this.#told >= ACKNOWLEDGE) this.#acknowledge()
      else this.#later ??= setTimeout(() => this.#acknowledge(), PAUSE)
    })
  }

  // Begin anew with byte `from`, on a clear screen; what comes before byte `upto` was written long ago.
  clear({ from, upto }) {
    this.#told = 0
    this.#terminal.write("\x1bc", () => ([this.#parsed, this.#upto] = [from, upto]))
  }

  // An app that was started again may count otherwise. What is in xterm.js's hands by then has its old numbers.
  move(by) {
    this.#terminal.write("", () => {
      this.#parsed += by
      this.#upto += by
      this.#told += by
    })
  }

  // Whether what is being drawn is old. It asks its questions anew (where is the cursor, say): whoever asked has long had
  // the answer. And what ended then was told then.
  get past() {
    return this.#parsed < this.#upto
  }

  // Private

  #acknowledge() {
    clearTimeout(this.#later)
    this.#later = undefined
    this.#told = this.#parsed
    this.#tell(this.#parsed)
  }
}
