// <lab-dashboard-groups> – what the class is stuck on, the largest group first: each with a suggested message, and one
// click that sends it to exactly those learners. A card keeps its element while its group exists, so that nothing moves
// from under a click or loses typed text.

import { announce } from "../shared/announce.js"
import { h, sentence } from "../shared/dom.js"
import { classroom } from "../class/classroom.js"
import { headline, suggestion, mostTyped, locationText } from "./model.js"
import { messageForm } from "./message-form.js"
import { isSingleKey } from "./letter-keys.js"

const STILL = 1500 // milliseconds after the pointer has left in which the cards keep their order

export default class LabDashboardGroups extends HTMLElement {
  #cards = new Map()
  #held = 0

  connectedCallback() {
    document.addEventListener("slipway:dashboard", () => this.#draw())
    addEventListener("keydown", (event) => this.#pressed(event))
    this.addEventListener("pointerleave", () => (this.#held = performance.now() + STILL))
    for (const name of ["pointerover", "focusin"]) this.addEventListener(name, ({ target }) => this.#light(target))
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.#dashboard.light([]))
  }

  // Private

  get #dashboard() {
    return document.querySelector("lab-dashboard")
  }

  #draw() {
    const { groups } = this.#dashboard.model
    for (const [key, card] of this.#cards)
      if (!groups.some((one) => one.key === key) && !card.matches(":focus-within, :hover")) this.#drop(key, card)
    const list = this.querySelector(".groups-list")
    const still = this.matches(":hover, :focus-within") || performance.now() < this.#held
    groups.forEach((group, at) => {
      const card = this.#cards.get(group.key) ?? this.#card(group)
      this.#fill(card, group)
      if (!card.isConnected) list.append(card)
      if (!still && list.children[at] !== card) list.insertBefore(card, list.children[at])
    })
    for (const [key, card] of this.#cards) card.classList.toggle("over", !groups.some((one) => one.key === key))
    this.querySelector(".groups-none").hidden = this.#cards.size > 0
  }

  #card(group) {
    const send = h("button", { type: "button", class: "primary small group-send" })
    const again = h("button", { type: "button", class: "quiet small group-repeat" }, "Send the sentence")
    const own = h("button", { type: "button", class: "quiet small", "aria-expanded": "false" }, "Own words…")
    const form = messageForm("What these learners should read", (text) => this.#send(card, text))
    const card = h(
      "li",
      { class: "group", "data-kind": group.kind },
      h("h3", {}, h("b", { class: "group-many" }), " ", h("span", { class: "group-label" })),
      h("p", { class: "group-where" }),
      h("p", { class: "group-usual" }),
      h("p", { class: "group-page" }),
      h("p", { class: "group-say" }),
      h("div", { class: "group-buttons" }, send, again, own),
      form,
      h("p", { class: "group-done", role: "status" }),
    )
    send.addEventListener("click", () => this.#send(card, card.offer.text, card.offer.learners))
    again.addEventListener("click", () => this.#send(card, card.group.say))
    own.addEventListener("click", () => own.setAttribute("aria-expanded", form.toggle()))
    card.hints = []
    this.#cards.set(group.key, card)
    if (group.step) this.#learn(card, group)
    return card
  }

  async #learn(card, { lesson, step }) {
    const { hints = [] } = await classroom.request("hints", { lesson, step })
    card.hints = hints
    this.#fill(card, card.group)
  }

  #fill(card, group) {
    const { people } = this.#dashboard.model
    const names = this.#dashboard.names ? group.learners.flatMap((who) => people[who]?.name ?? []) : []
    const { command, many } = this.#dashboard.names ? mostTyped(group.learners, people) : { command: "", many: 0 }
    card.group = group
    card.offer = suggestion(group, people, card.hints)
    say(card, ".group-label", headline(group))
    put(card, ".group-many", String(group.learners.length))
    const facts = [
      locationText(group, this.#dashboard.lessons),
      group.stuck && `${group.stuck} stuck`,
      names.join(", "),
    ]
    put(card, ".group-where", facts.filter(Boolean).join(" · "))
    put(card, ".group-usual", command ? `Last typed: ${command}${many > 1 ? ` (${many}×)` : ""}` : "")
    say(card, ".group-page", group.say ? `Their page says: ${group.say}` : "")
    this.#suggest(card, group.learners.length)
    card.classList.toggle("stuck", group.stuck > 0)
  }

  #suggest(card, many) {
    const { kind, text, number, of, learners = [] } = card.offer ?? {}
    const have = many - learners.length
    say(
      card,
      ".group-say",
      kind === "hint"
        ? `Hint ${number} of ${of}${have ? `, which ${have} of them ${have === 1 ? "has" : "have"}` : ""}: ${text}`
        : "",
    )
    put(card, ".group-send", `Send ${kind === "hint" ? "this hint" : "the sentence"} to ${learners.length}`)
    card.querySelector(".group-send").hidden = !kind
    card.querySelector(".group-repeat").hidden = kind !== "hint" || !card.group.say
  }

  async #send(card, text, learners = card.group.learners) {
    const { lesson, step } = card.group
    const answer = await classroom.request("push", { learners, lesson, step, text })
    const said = answer.ok
      ? `Sent to ${answer.to} at ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}.`
      : answer.say
    put(card, ".group-done", said)
    announce(said)
    if (answer.ok) this.#dashboard.markSent({ learners, lesson, step, text })
    this.#fill(card, card.group)
    return answer.ok
  }

  #drop(key, card) {
    this.#cards.delete(key)
    card.remove()
  }

  #light(target) {
    const card = target.closest(".group")
    this.#dashboard.light(card ? card.group.learners : [])
  }

  #pressed(event) {
    if (event.key !== "g" || !isSingleKey(event)) return
    const buttons = [...this.querySelectorAll(".group-send:not([hidden])")]
    const next = buttons[(buttons.indexOf(document.activeElement) + 1) % Math.max(1, buttons.length)]
    if (!next) return
    event.preventDefault()
    next.focus()
  }
}

// Shows a sentence of the lesson, with its code.
function say(card, selector, text) {
  const place = card.querySelector(selector)
  if (place.dataset.said === text) return
  place.dataset.said = text
  place.replaceChildren(...sentence(text))
}

function put(card, selector, text) {
  const place = card.querySelector(selector)
  if (place.textContent !== text) place.textContent = text
}
