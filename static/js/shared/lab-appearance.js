// <lab-appearance> – theme (system, light or dark) and text size. Both are stored in this browser.

import { announce } from "./announce.js"
import { loadSetting, saveSetting } from "./storage.js"

const THEMES = { auto: ["◐", "as your system has it"], light: ["☀", "light"], dark: ["☾", "dark"] }
const SIZES = ["1", "1.125", "1.25", "1.5"]

export default class LabAppearance extends HTMLElement {
  connectedCallback() {
    this.querySelector(".appearance-theme").addEventListener("click", () =>
      this.#theme(next(Object.keys(THEMES), loadSetting("theme") || "auto"), true),
    )
    this.querySelector(".appearance-text").addEventListener("click", () =>
      this.#text(next(SIZES, loadSetting("text") || "1"), true),
    )
    this.#theme(loadSetting("theme") || "auto")
    this.#text(loadSetting("text") || "1")
  }

  // Private

  #theme(theme, chosen = false) {
    const [sign, words] = THEMES[theme] ?? THEMES.auto
    this.#apply("theme", theme, chosen, `Theme: ${words}`)
    this.querySelector(".appearance-theme span").textContent = sign
  }

  #text(size, chosen = false) {
    this.#apply("text", size, chosen, `Text size: ${Math.round(Number(size) * 100)} per cent`)
  }

  #apply(name, value, chosen, words) {
    document.documentElement.dataset[name] = value
    const button = this.querySelector(`.appearance-${name}`)
    button.setAttribute("aria-label", words)
    button.title = words
    if (!chosen) return
    saveSetting(name, value)
    announce(words)
    dispatchEvent(new Event("slipway:appearance"))
  }
}

const next = (list, at) => list[(list.indexOf(at) + 1) % list.length]
