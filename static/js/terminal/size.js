// The size of a terminal in characters and the size of its text. The active page uses the space it has, at the
// preferred text size; a mirror shows the active page's columns and rows, reduced to fit.

import { FitAddon } from "@xterm/addon-fit"

const MIN_SIZE = 7

export default class Size {
  #terminal
  #place
  #fit = new FitAddon()
  #preferred
  /** @type {{ cols: number, rows: number } | undefined} */
  #activeSize

  constructor(terminal, place) {
    this.#terminal = terminal
    this.#place = place
    this.#preferred = terminal.options.fontSize
    terminal.loadAddon(this.#fit)
  }

  get preferred() {
    return this.#preferred
  }

  set preferred(size) {
    this.#preferred = size
    this.fit()
  }

  // Whether another page is the active one.
  get mirrors() {
    return Boolean(this.#activeSize)
  }

  // Takes the server's state: whether this page is the active one, and the terminal's size.
  serverState({ used, cols, rows }) {
    const activeSize = used === false && cols && rows ? { cols, rows } : undefined
    if (!activeSize && !this.#activeSize) return
    this.#activeSize = activeSize
    this.fit()
  }

  fit() {
    if (!this.#place.clientWidth || !this.#place.clientHeight) return
    this.#terminal.options.fontSize = this.#preferred
    if (!this.#activeSize) return this.#fit.fit()
    const { cols, rows } = this.#activeSize
    const available = this.#fit.proposeDimensions()
    const factor = available ? Math.min(1, available.cols / cols, available.rows / rows) : 1
    this.#terminal.options.fontSize = Math.max(MIN_SIZE, Math.floor(this.#preferred * factor * 2) / 2)
    this.#terminal.resize(cols, rows)
  }
}
