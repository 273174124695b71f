// Checks a paste before it is typed: invisible characters are left out, and text that would run on arrival is shown in
// full for confirmation.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { filterPaste, runsOnArrival } from "./paste-filter.js"

export default class Paste {
  #terminal
  #place

  constructor(terminal, place) {
    this.#terminal = terminal
    this.#place = place
  }

  async take(given) {
    const { text, left } = filterPaste(given)
    if (!text) return
    if (runsOnArrival(text, this.#terminal.modes.bracketedPasteMode) && !(await this.#confirmed(text, left))) return
    this.#terminal.paste(text)
    if (left) announce(leftOutText(left))
  }

  // Private

  #confirmed(text, left) {
    const lines = text.replace(/\n$/, "").split("\n").length
    const title = lines > 1 ? `Paste ${lines} lines?` : "Paste a line and Enter?"
    const shown = h("pre", { tabindex: 0, role: "region", "aria-label": "What would be typed" }, text)
    const dialog = h(
      "dialog",
      { class: "terminal-paste", "aria-label": title },
      h("h2", {}, title),
      h("p", {}, `The program in the terminal runs ${lines > 1 ? "each line" : "it"} as it arrives.`),
      shown,
      left ? h("p", { class: "terminal-unseen" }, leftOutText(left)) : null,
      h(
        "form",
        { method: "dialog" },
        h("button", { class: "quiet", autofocus: true }, "Cancel"),
        h("button", { class: "primary", value: "paste" }, "Paste"),
      ),
    )
    this.#place.append(dialog)
    dialog.showModal()
    return new Promise((answer) => dialog.addEventListener("close", () => answer(this.#closed(dialog))))
  }

  #closed(dialog) {
    dialog.remove()
    this.#terminal.focus()
    return dialog.returnValue === "paste"
  }
}

const leftOutText = (left) =>
  left === 1 ? "One character that can't be seen is left out." : `${left} characters that can't be seen are left out.`
