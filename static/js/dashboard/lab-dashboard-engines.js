// <lab-dashboard-engines> – who has no working engine, and why, until engines can be started again. Changes are
// announced once they have settled: a class that fails at once is one sentence, not twenty.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { failureText } from "./engine-failures.js"

const SETTLED = 1500 // milliseconds

export default class LabDashboardEngines extends HTMLElement {
  #said = ""
  #timer

  connectedCallback() {
    document.addEventListener("slipway:dashboard", () => this.#draw())
  }

  // Private

  #draw() {
    const { model, names } = document.querySelector("lab-dashboard")
    this.hidden = !model.engines.length
    this.querySelector(".engines-list").replaceChildren(
      ...model.engines.map((row) => item(failureText(row, model, names))),
    )
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#say(model), SETTLED)
  }

  #say(model) {
    const said = model.engines.map((row) => Object.values(failureText(row, model, false)).join(" ")).join(" ")
    if (said !== this.#said) announce(said || "Engines can be started again.")
    this.#said = said
  }
}

const item = ({ who, why }) =>
  h("li", {}, h("span", { class: "engines-sign", "aria-hidden": "true" }, "!"), h("p", {}, h("b", {}, who), ` ${why}`))
