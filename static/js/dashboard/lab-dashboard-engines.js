// <lab-dashboard-engines> – who has no working engine, and why, until engines can be started again. What changes is also said
// to those who listen, when it has settled: a class that fails at once is one sentence, not twenty.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { trouble } from "./engine-failures.js"

const SETTLED = 1500 // milliseconds

export default class LabDashboardEngines extends HTMLElement {
  #said = ""
  #timer

  connectedCallback() {
    document.addEventListener("slipway:dashboard", () => this.#draw())
  }

  // Private

  #draw() {
    const { chart, names } = document.querySelector("lab-dashboard")
    this.hidden = !chart.engines.length
    this.querySelector(".engines-list").replaceChildren(...chart.engines.map((row) => item(trouble(row, chart, names))))
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#say(chart), SETTLED)
  }

  #say(chart) {
    const said = chart.engines.map((row) => Object.values(trouble(row, chart, false)).join(" ")).join(" ")
    if (said !== this.#said) announce(said || "Engines can be started again.")
    this.#said = said
  }
}

const item = ({ who, why }) =>
  h("li", {}, h("span", { class: "engines-sign", "aria-hidden": "true" }, "!"), h("p", {}, h("b", {}, who), ` ${why}`))
