// <lab-dashboard-hands> – who asked for help, the longest wait first: who, where, and their last activity. `h` moves
// the focus there.

import { h, sentence } from "../shared/dom.js"
import { classroom } from "../class/classroom.js"
import { isSingleKey } from "./letter-keys.js"
import { hands, lastActivity, span, locationText } from "./model.js"
import { activityText } from "./activity-text.js"

export default class LabDashboardHands extends HTMLElement {
  #rows = new Map()

  connectedCallback() {
    document.addEventListener("slipway:dashboard", () => this.#draw())
    setInterval(() => this.#draw(), 10_000)
    addEventListener("keydown", (event) => this.#pressed(event))
  }

  // Private

  get #dashboard() {
    return document.querySelector("lab-dashboard")
  }

  #draw() {
    const { model } = this.#dashboard
    const up = hands(model)
    for (const [who, row] of this.#rows) if (!up.includes(who)) this.#drop(who, row)
    const list = this.querySelector(".hands-list")
    up.forEach((who, at) => {
      const row = this.#rows.get(who) ?? this.#row(who)
      this.#fill(row, model.people[who])
      if (list.children[at] !== row && !row.contains(document.activeElement))
        list.insertBefore(row, list.children[at] ?? null)
    })
    this.querySelector(".hands-none").hidden = up.length > 0
  }

  #row(who) {
    const button = (name, words, does) => h("button", { type: "button", class: `small ${name}`, onclick: does }, words)
    const row = h(
      "li",
      { class: "hand-row", "data-who": who },
      h(
        "p",
        {},
        h("span", { class: "hand", "aria-hidden": "true" }, "?"),
        " ",
        h("button", { type: "button", class: "hand-who", onclick: () => this.#dashboard.choose(who) }),
        " ",
        h("span", { class: "hand-wait" }),
      ),
      h("p", { class: "hand-where" }),
      h("p", { class: "hand-did" }),
      h("p", { class: "hand-mistake" }),
      h(
        "div",
        { class: "group-buttons" },
        button("primary hand-see", "I am coming", () => classroom.request("seen", { learner: who })),
        h(
          "a",
          { class: "quiet small hand-watch", href: `/watch/${who}`, target: "_blank" },
          "Watch ",
          h("kbd", { "aria-hidden": "true" }, "w"),
        ),
        button("quiet", "Settled", () => classroom.request("settled", { learner: who })),
      ),
    )
    this.#rows.set(who, row)
    return row
  }

  #fill(row, person) {
    const named = this.#dashboard.names
    put(row, ".hand-who", named ? person.name : "Somebody")
    put(row, ".hand-wait", `${person.seen ? "seen, waits" : "waits"} ${span(this.#dashboard.now - person.hand)}`)
    put(row, ".hand-where", locationText(person, this.#dashboard.lessons))
    fill(
      row,
      ".hand-did",
      named ? activityText(lastActivity(person, this.#dashboard.lessons, this.#dashboard.now)) : [],
    )
    fill(row, ".hand-mistake", sentence(person.mistake))
    row.classList.toggle("seen", person.seen)
    row.querySelector(".hand-see").hidden = person.seen
  }

  #drop(who, row) {
    this.#rows.delete(who)
    row.remove()
  }

  #pressed(event) {
    if (event.key !== "h" || !isSingleKey(event)) return
    const all = [...this.querySelectorAll(".hand-who")]
    const next =
      all[
        (all.findIndex((one) => one.closest(".hand-row").contains(document.activeElement)) + 1) %
          Math.max(1, all.length)
      ]
    if (!next) return
    event.preventDefault()
    next.focus()
  }
}

function fill(row, selector, nodes) {
  const made = h("p", {}, ...nodes)
  const place = row.querySelector(selector)
  if (place.innerHTML !== made.innerHTML) place.replaceChildren(...made.childNodes)
}

function put(row, selector, text) {
  const place = row.querySelector(selector)
  if (place.textContent !== text) place.textContent = text
}
