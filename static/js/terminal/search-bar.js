// A search bar over the scrollback: Enter finds the next older match, Shift-Enter the next newer one, Escape closes it.

import { SearchAddon } from "@xterm/addon-search"
import { h } from "../shared/dom.js"

export default class SearchBar {
  #addon = new SearchAddon()
  #terminal
  #field
  #bar
  #count

  constructor(terminal, parent) {
    this.#terminal = terminal
    terminal.loadAddon(this.#addon)
    this.#field = h("input", {
      type: "search",
      "aria-label": "Find in the terminal",
      placeholder: "Find",
      spellcheck: "false",
      autocomplete: "off",
    })
    this.#count = h("span", { class: "terminal-count", role: "status" })
    const button = (label, text, does) => h("button", { type: "button", "aria-label": label, onclick: does }, text)
    this.#bar = h(
      "search",
      { class: "terminal-find", hidden: true },
      this.#field,
      this.#count,
      button("Older", "↑", () => this.#go(-1)),
      button("Newer", "↓", () => this.#go(1)),
      button("Close the search", "×", () => this.close()),
    )
    this.#field.addEventListener("input", () => this.#go(-1, true))
    this.#field.addEventListener("keydown", (event) => this.#key(event))
    this.#addon.onDidChangeResults(({ resultIndex, resultCount }) => this.#say(resultIndex, resultCount))
    parent.append(this.#bar)
  }

  open() {
    this.#bar.hidden = false
    this.#field.select()
    this.#field.focus()
  }

  close() {
    this.#bar.hidden = true
    this.#addon.clearDecorations()
    this.#terminal.focus()
  }

  // Private

  #key(event) {
    if (event.key === "Escape") this.close()
    else if (event.key === "Enter") this.#go(event.shiftKey ? 1 : -1)
    else return
    event.preventDefault()
  }

  #go(direction, incremental = false) {
    const { value } = this.#field
    if (!value) return this.#addon.clearDecorations()
    if (direction < 0) this.#addon.findPrevious(value, { incremental, decorations: FOUND })
    else this.#addon.findNext(value, { decorations: FOUND })
  }

  #say(index, count) {
    this.#count.textContent = count ? `${index + 1} of ${count}` : "none"
  }
}

const FOUND = {
  matchBackground: "#5a4a10",
  matchOverviewRuler: "#f0b55a",
  activeMatchBackground: "#8a5200",
  activeMatchColorOverviewRuler: "#ffffff",
}
