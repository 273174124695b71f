// The terminal as the page has it, without a page: the same parser, the same widths of characters.
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

  // The lines in view, without what is right of the text and below it.
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

  // [column, row], from 1 as programs count.
  get cursor() {
    const { cursorX, cursorY } = this.terminal.buffer.active
    return [cursorX + 1, cursorY + 1]
  }

  get other() {
    return this.terminal.buffer.active.type === "alternate"
  }

  // A character's looks: [ink, ground, …what it is else], at [column, row].
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

  // How many columns the character takes.
  width(column, row) {
    const { active } = this.terminal.buffer
    return active
      .getLine(active.baseY + row - 1)
      .getCell(column - 1)
      .getWidth()
  }
}
