// <lab-dashboard> – the instructor's dashboard: one dot per learner by lesson and step, shaped and marked by state. It
// holds the server's data and passes it to the lists beside it (`slipway:dashboard`). Arrow keys move between dots; `n`
// shows or hides names, for a projector.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { loadSetting, saveSetting } from "../shared/storage.js"
import { classroom } from "../class/classroom.js"
import { api } from "../shared/session.js"
import { hasNoEngine } from "./engine-failures.js"
import { isSingleKey } from "./letter-keys.js"
import {
  counts,
  EMPTY,
  initials,
  merge,
  neighbourDot,
  rows,
  markSent,
  STATES,
  locationText,
  stateText,
  width,
} from "./model.js"

export default class LabDashboard extends HTMLElement {
  #model = EMPTY
  #lessons = []
  #skew = 0
  #dots = new Map()
  #at = null
  #hands = 0

  connectedCallback() {
    classroom.addEventListener("wall", ({ detail }) => this.#onUpdate(detail))
    classroom.addEventListener("lost", () =>
      this.#say("The connection to the lab is lost. What you see is how it was."),
    )
    addEventListener("keydown", (event) => this.#pressed(event))
    this.querySelector(".dashboard-names").addEventListener("click", () => (this.names = !this.names))
    this.board.addEventListener("focusin", (event) => {
      const { who } = /** @type {HTMLElement} */ (event.target).dataset
      if (who) this.#select(who)
    })
    this.names = loadSetting("wall-names") !== "no"
  }

  // Loads the course first: without it no step has a name.
  async open() {
    this.#lessons = (await api("/api/lessons")).lessons
    classroom.connect("wall")
  }

  get board() {
    return this.querySelector(".dashboard-board")
  }

  get model() {
    return this.#model
  }

  get lessons() {
    return this.#lessons
  }

  // The server's time.
  get now() {
    return Date.now() / 1000 + this.#skew
  }

  get names() {
    return !this.hasAttribute("nameless")
  }

  set names(yes) {
    this.toggleAttribute("nameless", !yes)
    document.body.classList.toggle("nameless", !yes)
    this.querySelector(".dashboard-names").setAttribute("aria-pressed", yes)
    saveSetting("wall-names", yes ? "yes" : "no")
    this.#show()
  }

  // Highlights these learners' dots, for a list to point at them.
  light(learners) {
    for (const [who, dot] of this.#dots) dot.classList.toggle("lit", learners.includes(who))
  }

  // Records a message before the server confirms it, so that it is not sent twice.
  markSent(said) {
    this.#model = markSent(this.#model, said)
    this.#show()
  }

  choose(who) {
    this.#select(who)
    this.dispatchEvent(new CustomEvent("slipway:person", { detail: { who }, bubbles: true }))
  }

  // Private

  #onUpdate(detail) {
    if (detail.ok === false) return this.#say(detail.say)
    this.#say("")
    this.#skew = detail.at - Date.now() / 1000
    this.#model = detail.whole ? merge(EMPTY, { ...EMPTY, ...detail }) : merge(this.#model, detail)
    this.#show()
    const { hands } = counts(this.#model)
    if (hands > this.#hands) announce(`${hands} ${hands === 1 ? "learner asks" : "learners ask"} for help.`)
    this.#hands = hands
  }

  // Draws here and in the lists beside, none of which may show a name a moment longer.
  #show() {
    this.#draw()
    this.dispatchEvent(new CustomEvent("slipway:dashboard", { bubbles: true }))
  }

  #say(words) {
    const place = this.querySelector(".dashboard-say")
    place.textContent = words
    place.hidden = !words
  }

  #draw() {
    const { states, all, hands } = counts(this.#model)
    this.querySelector(".dashboard-counts").replaceChildren(
      h("li", { class: "count-all" }, h("b", {}, String(all)), all === 1 ? " learner" : " learners"),
      ...states.map(({ state, many }) =>
        h(
          "li",
          { "data-state": state, class: many ? "" : "none" },
          mark(state),
          h("b", {}, String(many)),
          ` ${STATES[state].words}`,
        ),
      ),
      h(
        "li",
        { class: hands ? "count-hands" : "count-hands none" },
        h("span", { class: "hand", "aria-hidden": "true" }, "?"),
        h("b", {}, String(hands)),
        " ask for help",
      ),
    )
    this.querySelector(".dashboard-empty").hidden = all > 0
    this.#board()
  }

  #board() {
    const focused = document.activeElement?.dataset?.who
    for (const [who, dot] of this.#dots) if (!this.#model.people[who]) this.#drop(who, dot)
    const made = rows(this.#model, this.#lessons)
    const known = new Map([...this.board.querySelectorAll(":scope > *")].map((row) => [row.dataset.key, row]))
    for (const [key, row] of known) if (!made.some((one) => one.key === key)) row.remove()
    for (const [at, one] of made.entries()) {
      const row = known.get(one.key) ?? this.#row(one)
      if (this.board.children[at] !== row) this.board.insertBefore(row, this.board.children[at] ?? null)
      one.cells.forEach((cell, index) =>
        this.#cell(row.querySelectorAll(".dashboard-cell")[index], cell, all(this.#model)),
      )
    }
    if (!this.#dots.has(this.#at)) this.#at = null
    for (const [who, dot] of this.#dots) dot.tabIndex = who === (this.#at ?? this.#model.order[0]) ? 0 : -1
    if (focused && document.activeElement?.dataset?.who !== focused) this.#dots.get(focused)?.focus()
  }

  #row({ key, number, title, cells }) {
    return h(
      "section",
      { class: "dashboard-row", "data-key": key, "aria-label": number ? `Lesson ${number}: ${title}` : title },
      h(
        "h2",
        { class: "dashboard-lesson" },
        number ? h("span", { class: "dashboard-number" }, String(number)) : null,
        h("span", {}, title),
      ),
      h(
        "div",
        { class: "dashboard-cells" },
        ...cells.map((cell) =>
          h(
            "div",
            { class: "dashboard-cell", role: "group", "aria-label": `${cell.name} ${cell.title}`, title: cell.title },
            h("p", { class: "dashboard-step" }, h("b", {}, cell.name), h("span", { class: "dashboard-passed" })),
            h("div", { class: "dashboard-dots" }),
          ),
        ),
      ),
    )
  }

  #cell(place, { people, passed }, many) {
    place
      .querySelector(".dashboard-passed")
      .replaceChildren(...(passed ? [String(passed), h("span", { class: "dashboard-all" }, `/${many}`)] : []))
    place.dataset.width = width(people.length)
    place.style.setProperty("--share", passed && many ? passed / many : 0)
    const dots = place.querySelector(".dashboard-dots")
    people.forEach((who, at) => {
      const dot = this.#dot(who)
      if (dots.children[at] !== dot) dots.insertBefore(dot, dots.children[at] ?? null)
    })
  }

  #dot(who) {
    const person = this.#model.people[who]
    const dot = this.#dots.get(who) ?? this.#createDot(who)
    const name = this.names ? person.name : "Somebody"
    dot.dataset.state = person.state
    dot.classList.toggle("asks", Boolean(person.hand))
    dot.classList.toggle("asks-seen", person.seen)
    dot.firstChild.textContent = this.names ? initials(person.name) : ""
    dot.lastChild.textContent = STATES[person.state].sign
    const more = [person.hand && "asks for help", hasNoEngine(this.#model, who) && "has no working engine"].filter(
      Boolean,
    )
    const words = [name, locationText(person, this.#lessons), stateText(person, this.now), ...more].join(", ")
    if (dot.getAttribute("aria-label") !== words) dot.setAttribute("aria-label", words)
    dot.title = words
    return dot
  }

  #createDot(who) {
    const dot = h(
      "button",
      { type: "button", class: "dot", "data-who": who, tabindex: "-1", onclick: () => this.choose(who) },
      h("span", { class: "dot-name", "aria-hidden": "true" }),
      h("span", { class: "dot-sign", "aria-hidden": "true" }),
    )
    this.#dots.set(who, dot)
    return dot
  }

  #drop(who, dot) {
    this.#dots.delete(who)
    dot.remove()
  }

  #select(who) {
    this.#at = who
    for (const [one, dot] of this.#dots) dot.tabIndex = one === who ? 0 : -1
  }

  #pressed(event) {
    if (!isSingleKey(event)) return
    const acts = {
      w: () => this.#watch(event.target),
      n: () => (this.names = !this.names),
      d: () => (this.#dots.get(this.#at) ?? [...this.#dots.values()][0])?.focus(),
    }
    if (event.key.startsWith("Arrow") && event.target.dataset?.who) this.#step(event)
    else if (acts[event.key]) {
      event.preventDefault()
      acts[event.key]()
    }
  }

  // The learner in focus: a dot, a raised hand, or else the open panel.
  #watch(target) {
    const who =
      target.closest?.("[data-who]")?.dataset.who ||
      document.querySelector("lab-dashboard-person:not([hidden])")?.dataset.who
    if (who) open(`/watch/${who}`, "_blank", "noopener")
  }

  #step(event) {
    event.preventDefault()
    const spots = [...this.board.querySelectorAll(".dot")].map((dot) => ({ who: dot.dataset.who, ...centreOf(dot) }))
    this.#dots.get(neighbourDot(spots, event.target.dataset.who, event.key))?.focus()
  }
}

export const mark = (state) =>
  h(
    "span",
    { class: "dot tiny", "data-state": state, "aria-hidden": "true" },
    h("span", { class: "dot-sign" }, STATES[state].sign),
  )

const all = ({ order }) => order.length

function centreOf(dot) {
  const { x, y } = dot.getBoundingClientRect()
  return { x, y }
}
