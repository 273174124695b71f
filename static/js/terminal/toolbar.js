// The bar above a terminal: its state, and its tools.

import { h } from "../shared/dom.js"
import { shortcutLabel } from "./shortcuts.js"

export default class Toolbar {
  element
  #say = h("span", { class: "terminal-say", role: "status" })
  #retry = h("span", { class: "terminal-retry", "aria-hidden": "true" })
  #act
  #switches
  #counting

  // `does`: the actions {again, reader, keys, smaller, larger, find}. `mac`: whether this is a Mac.
  constructor(does, mac) {
    const button = (label, text, act) =>
      h("button", { type: "button", "aria-label": label, title: label, onclick: act }, text)
    const key = (name, shift = false) => shortcutLabel(name, shift, mac)
    this.#act = h(
      "button",
      { type: "button", class: "terminal-act", hidden: true, onclick: does.again },
      "Open a new one",
    )
    this.#switches = {
      reader: button("Screen reader mode: what the terminal prints is read out", "Screen reader", does.reader),
      keys: button("A row of keys, for those that the browser keeps", "Keys", does.keys),
    }
    const tools = h(
      "div",
      { class: "terminal-tools", role: "toolbar", "aria-label": "Terminal" },
      ...Object.values(this.#switches),
      button(`Smaller text (${key("−")})`, "A−", does.smaller),
      button(`Larger text (${key("+")})`, "A+", does.larger),
      button(`Find (${key("F", true)})`, "Find", does.find),
    )
    this.element = h(
      "div",
      { class: "terminal-bar" },
      this.#say,
      this.#retry,
      this.#act,
      h("span", { class: "grow" }),
      tools,
    )
  }

  // Shows `say`. With `retry` it counts the seconds down, for the eye only: read aloud, each second would be one more
  // sentence.
  state({ state, say, retry }) {
    this.end()
    if (this.#say.textContent !== say) this.#say.textContent = say
    if (retry) this.#countDown(retry)
    this.#act.hidden = state !== "ended"
  }

  end() {
    clearInterval(this.#counting)
    this.#retry.textContent = ""
  }

  turn(name, on) {
    this.#switches[name].setAttribute("aria-pressed", String(on))
  }

  // Private

  #countDown(seconds) {
    const until = Date.now() + seconds * 1000
    const show = () => {
      const left = Math.max(0, Math.ceil((until - Date.now()) / 1000))
      this.#retry.textContent = left ? `Trying again in ${left} s.` : "Trying again…"
    }
    show()
    this.#counting = setInterval(show, 500)
  }
}
