// The page's terminal without a page: the same parser and the same character widths.
import headless from "@xterm/headless"
import unicode from "@xterm/addon-unicode11"

const { Terminal } = headless
const { Unicode11Addon } = unicode

export async function shown(bytes, { cols = 80, rows = 24 } = {}) {
  const terminal = new Terminal({ allowProposedApi: true, cols, rows, scrollback: 10000 })
  terminal.loadAddon(new Unicode11Addon())
  terminal.unicode.activeVersion = "11"
  const answers = []
  terminal.onData((data) => answers.push(data))
  for (const piece of [bytes].flat()) await new Promise((done) => terminal.write(piece, done))
  return new Screen(terminal, answers)
}

class Screen {
  constructor(terminal, answers) {
    this.terminal = terminal
    this.answer = answers.join("").replaceAll("\x1b", "ESC ")
  }

  // The visible lines, without trailing blanks.
  get lines() {
    const { active } = this.terminal.buffer
    const all = Array.from({ length: this.terminal.rows }, (_, at) =>
      active
        .getLine(active.baseY + at)
        .translateToString(true)
        .trimEnd(),
    )
    return all.slice(0, all.findLastIndex(Boolean) + 1)
  }

  get text() {
    return this.lines.join("\n")
  }

  // [column, row], counted from 1 as programs do.
  get cursor() {
    const { cursorX, cursorY } = this.terminal.buffer.active
    return [cursorX + 1, cursorY + 1]
  }

  get other() {
    return this.terminal.buffer.active.type === "alternate"
  }

  // A character's attributes at [column, row]: [foreground, background, …others].
  looks(column, row) {
    const { active } = this.terminal.buffer
    const cell = active.getLine(active.baseY + row - 1).getCell(column - 1)
    const colour = (kind) =>
      cell[`is${kind}Default`]()
        ? ""
        : cell[`is${kind}RGB`]()
          ? `#${cell[`get${kind}Color`]().toString(16).padStart(6, "0")}`
          : cell[`get${kind}Color`]()
    const else_ = ["Bold", "Dim", "Italic", "Underline", "Blink", "Inverse", "Invisible", "Strikethrough"].filter(
      (one) => cell[`is${one}`](),
    )
    return [colour("Fg"), colour("Bg"), ...else_]
  }

  // The number of columns of the character.
  width(column, row) {
    const { active } = this.terminal.buffer
    return active
      .getLine(active.baseY + row - 1)
      .getCell(column - 1)
      .getWidth()
  }
}
