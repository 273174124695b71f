// How many characters a terminal has, and how large they are. In the page in use, as many as there is room for, at the
// size that people wish; in a mirror of it, as many as there, drawn no larger than that, so that all of them fit.

import { FitAddon } from "@xterm/addon-fit"

const LEAST = 7

export default class Size {
  #terminal
  #place
  #fit = new FitAddon()
  #wished
  #theirs

  constructor(terminal, place) {
    this.#terminal = terminal
    this.#place = place
    this.#wished = terminal.options.fontSize
    terminal.loadAddon(this.#fit)
  }

  get wished() {
    return this.#wished
  }

  set wished(size) {
    this.#wished = size
    this.fit()
  }

  // Whether another page is the one in use.
  get mirrors() {
    return Boolean(this.#theirs)
  }

  // What the server told last: whether this page is the one in use, and how large the terminal is.
  told({ used, cols, rows }) {
    const theirs = used === false && cols && rows ? { cols, rows } : undefined
    if (!theirs && !this.#theirs) return
    this.#theirs = theirs
    this.fit()
  }

  fit() {
    if (!this.#place.clientWidth || !this.#place.clientHeight) return
    this.#terminal.options.fontSize = this.#wished
    if (!this.#theirs) return this.#fit.fit()
    const { cols, rows } = this.#theirs
    const room = this.#fit.proposeDimensions()
    const part = room ? Math.min(1, room.cols / cols, room.rows / rows) : 1
    this.#terminal.options.fontSize = Math.max(LEAST, Math.floor(this.#wished * part * 2) / 2)
    this.#terminal.resize(cols, rows)
  }
}
