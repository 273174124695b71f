// The shell's own marks (OSC 133 and 633): a quiet tick or cross beside each command, and the way from one to the next.

const LONG = 2

export default class Prompts {
  #terminal
  #told
  #prompts = []
  #ran = false
  #typedAt

  // `told` is called with each command that ends: its exit status, and the seconds that it took (NaN if nobody knows).
  constructor(terminal, told) {
    this.#terminal = terminal
    this.#told = told
    terminal.parser.registerOscHandler(133, (body) => this.#mark(body.split(";")))
    terminal.parser.registerOscHandler(633, (body) => this.#typed(body.split(";")))
    terminal.parser.registerEscHandler({ final: "c" }, () => this.#reset())
  }

  // Scroll to the prompt before (-1) or after (1) the one at the top of the view.
  jump(direction) {
    const top = this.#terminal.buffer.active.viewportY
    const lines = this.#prompts.filter((prompt) => !prompt.isDisposed).map((prompt) => prompt.line)
    const found = direction < 0 ? lines.findLast((line) => line < top) : lines.find((line) => line > top)
    if (found === undefined) direction < 0 ? this.#terminal.scrollToTop() : this.#terminal.scrollToBottom()
    else this.#terminal.scrollToLine(found)
  }

  // Private

  #mark([kind, status, at]) {
    if (kind === "A") this.#prompt()
    else if (kind === "C") this.#ran = true
    else if (kind === "D" && this.#ran) this.#ended(Number(status) || 0, seconds(at))
    return true
  }

  #typed([kind, , at]) {
    if (kind === "E") this.#typedAt = seconds(at)
    return true
  }

  // At a reset of the screen xterm.js takes a new buffer and leaves the old one's markers as they were; held, they keep it.
  #reset() {
    for (const prompt of this.#prompts.splice(0)) prompt.dispose()
    return false // the reset itself is xterm.js's
  }

  // A prompt that is drawn again, after a change of size, is the same prompt.
  #prompt() {
    const last = this.#prompts.at(-1)
    if (last && last.line === this.#line) return
    const marker = this.#terminal.registerMarker(0)
    if (!marker) return
    this.#prompts = [...this.#prompts.filter((prompt) => !prompt.isDisposed), marker]
  }

  #ended(status, at) {
    this.#ran = false
    const marker = this.#prompts.at(-1)
    const took = at - this.#typedAt
    this.#told(status, took)
    if (!marker || marker.isDisposed) return
    const mark = status === 0 ? "✓" : `✗ ${status}`
    const text = took >= LONG ? `${mark} ${span(took)}` : mark
    const place = this.#free(marker, text.length + 2)
    if (place) this.#draw(place, text.length + 1, text, status)
    else this.#draw(marker, 1, "", status)
  }

  // Beside the command, or where its line is full, as a stripe at the edge.
  #draw(marker, width, text, status) {
    const decoration = this.#terminal.registerDecoration({ marker, anchor: "right", x: text ? 1 : 0, width })
    decoration?.onRender((element) => {
      element.classList.add("terminal-verdict", status === 0 ? "good" : "bad")
      const shown = this.#isBlank(decoration.marker.line, width + 1) ? text : ""
      element.classList.toggle("edge", !shown)
      element.textContent = shown
      element.title = status === 0 ? "Exit status 0: success" : `Exit status ${status}`
    })
  }

  // Where the command leaves so much room at the right: its line, or the last one that it wraps to; or nowhere.
  #free(marker, room) {
    const { cols, buffer } = this.#terminal
    let at = marker.line
    while (buffer.active.getLine(at + 1)?.isWrapped) at += 1
    const used = buffer.active.getLine(at)?.translateToString(true).length ?? 0
    if (used + room > cols) return undefined
    return at === marker.line ? marker : this.#terminal.registerMarker(at - this.#line)
  }

  // Lines wrap anew when the size changes, and then text may stand where the mark was.
  #isBlank(line, room) {
    const { cols, buffer } = this.#terminal
    return !buffer.active
      .getLine(line)
      ?.translateToString(false, cols - room, cols)
      .trim()
  }

  get #line() {
    const { baseY, cursorY } = this.#terminal.buffer.active
    return baseY + cursorY
  }
}

const seconds = (text) => Number((text ?? "").replace(",", "."))

const span = (took) => (took < 60 ? `${took.toFixed(1)} s` : `${Math.floor(took / 60)} min ${Math.round(took % 60)} s`)
