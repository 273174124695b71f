// <lab-consent> – the learner's side of consent: the question, which waits and takes no focus, and while consent lasts
// the notice of what others see, with a button to end it.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { followConnection } from "./follow.js"

const KINDS = {
  watch: {
    asks: "Your instructor asks to see your terminal and your picture, live.",
    yes: "Let them watch",
    no: "Not now",
    stop: "Stop watching and all of it",
  },
  type: {
    asks: "Your instructor asks to type in your terminal, together with you.",
    yes: "Type together",
    no: "No, only watch",
    stop: "Stop typing together",
  },
  show: {
    asks: "Your instructor asks to show your terminal and your picture on the projector, without your name.",
    yes: "Show it to everybody",
    no: "No, thanks",
    stop: "Take it off the projector",
  },
}

export default class LabConsent extends HTMLElement {
  #said = ""

  connectedCallback() {
    followConnection.addEventListener("consent", ({ detail }) => this.#onConsent(detail))
  }

  // Private

  #onConsent({ instructor, asked = [], given = [] }) {
    if (instructor || this.#said === `${asked} | ${given}`) return
    if (this.#said || asked.length || given.length) announce(wordsOf(asked, given))
    this.#said = `${asked} | ${given}`
    const held = this.contains(document.activeElement)
    this.replaceChildren(...(given.length ? [this.#sign(given)] : []), ...asked.map((kind) => this.#question(kind)))
    if (held) (this.querySelector("button") ?? document.getElementById("lesson"))?.focus()
  }

  #question(kind) {
    const { asks, yes, no } = KINDS[kind]
    const answer = (given) => () => this.#ask("answer", { kind, yes: given })
    return h(
      "section",
      { class: "consent-ask", "aria-label": "A question from your instructor" },
      h("p", {}, asks),
      h(
        "p",
        { class: "consent-note" },
        "It says so at the top of this page for as long as it lasts, and you can end it at any moment.",
      ),
      h(
        "p",
        { class: "consent-buttons" },
        h("button", { type: "button", class: "primary small", onclick: answer(1) }, yes),
        h("button", { type: "button", class: "quiet small", onclick: answer(0) }, no),
      ),
    )
  }

  #sign(given) {
    const ends = given.toReversed().map((kind) =>
      h(
        "button",
        {
          type: "button",
          class: "quiet small",
          title: KINDS[kind].stop,
          "aria-label": KINDS[kind].stop,
          onclick: () => this.#ask("end", { kind }),
        },
        shortly(kind),
      ),
    )
    return h(
      "section",
      { class: "consent-sign", "aria-label": "What is seen of you" },
      h("span", { class: "consent-lamp", "aria-hidden": "true" }),
      h("span", { class: "consent-words" }, sentenceOf(given)),
      ...ends,
    )
  }

  async #ask(name, payload) {
    const answer = await followConnection.request(name, payload)
    if (!answer.ok) announce(answer.say)
  }
}

const sentenceOf = (given) => {
  const type = given.includes("type")
  if (given.includes("show")) return type ? "On the projector; your instructor can type" : "You are on the projector"
  return type ? "Your instructor watches and can type" : "Your instructor is watching"
}

const shortly = (kind) => ({ watch: "Stop", type: "Stop typing", show: "Off the projector" })[kind]

const wordsOf = (asked, given) => {
  const now = given.length ? `${sentenceOf(given)}.` : "Nobody is watching you."
  return [...asked.map((kind) => KINDS[kind].asks), now].join(" ")
}
