// The shell's marks (OSC 133 and 633): a tick or cross beside each command, and navigation between prompts.

const SHOW_DURATION = 2

export default class ShellIntegration {
  #terminal
  #onCommandEnd
  #prompts = []
  #ran = false
  #typedAt

  // `onCommandEnd(status, seconds)` is called after each command; seconds is NaN if unknown.
  constructor(terminal, onCommandEnd) {
    this.#terminal = terminal
    this.#onCommandEnd = onCommandEnd
    terminal.parser.registerOscHandler(133, (body) => this.#mark(body.split(";")))
    terminal.parser.registerOscHandler(633, (body) => this.#typed(body.split(";")))
    terminal.parser.registerEscHandler({ final: "c" }, () => this.#reset())
  }

  // Scrolls to the prompt before (-1) or after (1) the top of the view.
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
    else if (kind === "D" && this.#ran) this.#onEnd(Number(status) || 0, seconds(at))
    return true
  }

  #typed([kind, , at]) {
    if (kind === "E") this.#typedAt = seconds(at)
    return true
  }

  // On a reset xterm.js takes a new buffer and leaves the old markers, which would keep the old buffer alive.
  #reset() {
    for (const prompt of this.#prompts.splice(0)) prompt.dispose()
    return false // xterm.js does the reset itself
  }

  // A prompt redrawn after a resize is the same prompt.
  #prompt() {
    const last = this.#prompts.at(-1)
    if (last && last.line === this.#line) return
    const marker = this.#terminal.registerMarker(0)
    if (!marker) return
    this.#prompts = [...this.#prompts.filter((prompt) => !prompt.isDisposed), marker]
  }

  #onEnd(status, at) {
    this.#ran = false
    const marker = this.#prompts.at(-1)
    const took = at - this.#typedAt
    this.#onCommandEnd(status, took)
    if (!marker || marker.isDisposed) return
    const mark = status === 0 ? "✓" : `✗ ${status}`
    const text = took >= SHOW_DURATION ? `${mark} ${durationText(took)}` : mark
    const place = this.#freeLine(marker, text.length + 2)
    if (place) this.#draw(place, text.length + 1, text, status)
    else this.#draw(marker, 1, "", status)
  }

  // Draws beside the command or, if its line is full, as a stripe at the edge.
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

  // Returns a marker where the command's last wrapped line has room on the right, or undefined.
  #freeLine(marker, room) {
    const { cols, buffer } = this.#terminal
    let at = marker.line
    while (buffer.active.getLine(at + 1)?.isWrapped) at += 1
    const used = buffer.active.getLine(at)?.translateToString(true).length ?? 0
    if (used + room > cols) return undefined
    return at === marker.line ? marker : this.#terminal.registerMarker(at - this.#line)
  }

  // After a resize lines wrap differently, and text may have moved under the mark.
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

const durationText = (took) =>
  took < 60 ? `${took.toFixed(1)} s` : `${Math.floor(took / 60)} min ${Math.round(took % 60)} s`
