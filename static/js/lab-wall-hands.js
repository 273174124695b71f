// <lab-wall-hands> – who asked for help, the longest wait first: who, where, and what they last did. `h` goes there.

import { h } from "./dom.js"
import { classroom } from "./classroom.js"
import { hands, span, where } from "./wall/chart.js"

export default class LabWallHands extends HTMLElement {
  #rows = new Map()

  connectedCallback() {
    document.addEventListener("slipway:wall", () => this.#draw())
    setInterval(() => this.#draw(), 10_000)
    addEventListener("keydown", (event) => this.#pressed(event))
  }

  // Private

  get #wall() {
    return document.querySelector("lab-wall")
  }

  #draw() {
    const { chart } = this.#wall
    const up = hands(chart)
    for (const [who, row] of this.#rows) if (!up.includes(who)) this.#drop(who, row)
    const list = this.querySelector(".hands-list")
    up.forEach((who, at) => {
      const row = this.#rows.get(who) ?? this.#row(who)
      this.#fill(row, chart.people[who])
      if (list.children[at] !== row && !row.contains(document.activeElement)) list.insertBefore(row, list.children[at] ?? null)
    })
    this.querySelector(".hands-none").hidden = up.length > 0
  }

  #row(who) {
    const button = (name, words, does) => h("button", { type: "button", class: `small ${name}`, onclick: does }, words)
    const row = h("li", { class: "hand-row" },
      h("p", {}, h("span", { class: "hand", "aria-hidden": "true" }, "?"), " ", h("button", { type: "button", class: "hand-who", onclick: () => this.#wall.choose(who) }), " ", h("span", { class: "hand-wait" })),
      h("p", { class: "hand-where" }),
      h("p", { class: "hand-did" }),
      h("div", { class: "group-buttons" },
        button("primary hand-see", "I am coming", () => classroom.ask("seen", { learner: who })),
        button("quiet", "Settled", () => classroom.ask("settled", { learner: who }))))
    this.#rows.set(who, row)
    return row
  }

  #fill(row, person) {
    const named = this.#wall.names
    put(row, ".hand-who", named ? person.name : "Somebody")
    put(row, ".hand-wait", `${person.seen ? "knows that you saw it" : "waits"} · ${span(this.#wall.now - person.hand)}`)
    put(row, ".hand-where", where(person, this.#wall.lessons))
    put(row, ".hand-did", named && person.command ? `Last typed: ${person.command}` : "")
    row.classList.toggle("seen", person.seen)
    row.querySelector(".hand-see").hidden = person.seen
  }

  #drop(who, row) {
    this.#rows.delete(who)
    row.remove()
  }

  #pressed(event) {
    if (event.key !== "h" || event.ctrlKey || event.altKey || event.metaKey || event.target.matches?.("input, textarea, select")) return
    const first = this.querySelector(".hand-row .hand-who")
    if (!first) return
    event.preventDefault()
    first.focus()
  }
}

function put(row, selector, text) {
  const place = row.querySelector(selector)
  if (place.textContent !== text) place.textContent = text
}
