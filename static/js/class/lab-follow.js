// <lab-follow> – follow me: while a learner follows, the instructor's picture and terminal stand where the learner's own
// picture stands, and the page turns with them. The lesson and the learner's own terminal do not move by a pixel.
// F8 steps in and out, from everywhere; for the instructor it opens and ends the leading.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { room, stream } from "./follow.js"
import { recall, remember } from "../shared/storage.js"

const KEY = "slipway.follow" // this tab's own: another one may stay out
const VIEWS = { both: "Both", screen: "Terminal", picture: "Picture" }

export default class LabFollow extends HTMLElement {
  #panel
  #at = ""
  #place = null
  #wants = sessionStorage.getItem(KEY) === "yes"

  connectedCallback() {
    this.#panel = this.#draw()
    this.append(this.#panel)
    this.#view(recall("follow-view") ?? "both")
    room.addEventListener("came", () => this.#wants && room.ask("follow", { on: 1 }))
    room.addEventListener("consent", ({ detail }) => this.#told(detail))
    stream.addEventListener("step", ({ detail }) => detail.current && this.#turn(detail))
    stream.addEventListener("link", ({ detail }) => this.toggleAttribute("lost", detail.state === "down"))
    for (const button of this.#buttons) button.addEventListener("click", () => this.toggle())
    document.addEventListener("slipway:follow", () => this.toggle())
  }

  // In, or out again.
  async toggle() {
    if (!room.consent?.class || room.consent.instructor) return
    this.#wants = !this.#wants
    sessionStorage.setItem(KEY, this.#wants ? "yes" : "no")
    this.#at = ""
    const answer = await room.ask("follow", { on: Number(this.#wants) })
    if (!answer.ok) announce(answer.say)
  }

  // Private

  get #buttons() {
    return document.querySelectorAll("[data-follow]")
  }

  #draw() {
    const views = Object.entries(VIEWS).map(([name, words]) =>
      h("button", { type: "button", class: "quiet small", "data-see": name, onclick: () => this.#view(name) }, words),
    )
    return h(
      "section",
      { class: "follow-panel", hidden: true, "aria-label": "Your instructor" },
      h(
        "header",
        { class: "follow-head" },
        h(
          "h2",
          {},
          h("span", { class: "follow-lamp", "aria-hidden": "true" }),
          h("span", { class: "follow-words" }, "Your instructor, live"),
        ),
        h("span", { class: "grow" }),
        h("span", { class: "follow-views", role: "group", "aria-label": "What to see of your instructor" }, ...views),
        h(
          "button",
          { type: "button", class: "quiet small follow-out", onclick: () => this.toggle() },
          "Step out ",
          h("kbd", { "aria-hidden": "true" }, "F8"),
        ),
      ),
      h(
        "div",
        { class: "follow-panes" },
        h("lab-scene", { scene: this.getAttribute("scene"), theirs: true }),
        h("lab-remote-terminal", { "aria-label": "Your instructor’s terminal, read only" }),
      ),
    )
  }

  #view(name) {
    this.#panel.dataset.see = name in VIEWS ? name : "both"
    remember("follow-view", this.#panel.dataset.see)
    for (const button of this.querySelectorAll("[data-see]"))
      if (button !== this.#panel) button.setAttribute("aria-pressed", button.dataset.see === this.#panel.dataset.see)
    dispatchEvent(new Event("slipway:appearance"))
  }

  #told({ class: open, instructor, following, leading }) {
    for (const button of this.#buttons) {
      button.hidden = !open || instructor
      button.setAttribute("aria-pressed", String(Boolean(following)))
      button.title =
        following && !leading
          ? "You follow as soon as your instructor leads (F8 steps out)"
          : "Follow your instructor (F8)"
    }
    const shows = !instructor && leading && (following || this.#wants) // a page that comes back has asked already
    if (shows === !this.#panel.hidden) return
    this.#panel.hidden = !shows
    document.body.toggleAttribute("data-following", shows)
    const tab = document.querySelector("lab-views [data-view=picture]")
    if (tab) tab.textContent = shows ? "Instructor" : "Picture"
    if (!shows) {
      this.#place = null
      stream.take("over", {})
    }
    if (shows) document.dispatchEvent(new CustomEvent("slipway:show", { detail: "picture" }))
    if (shows && this.#place) this.#turn(this.#place)
    announce(
      shows
        ? "You follow your instructor. Their terminal and picture are shown in place of your picture."
        : "You do not follow any more.",
    )
  }

  // The page turns with the instructor: to another step here, or to another lesson. Where they are may be known before
  // it is said that one follows.
  #turn(place) {
    this.#place = place
    const { lesson, step } = place
    if (this.#panel.hidden || this.#at === `${lesson}/${step}`) return
    this.#at = `${lesson}/${step}`
    const here = document.querySelector("lab-lesson")
    if (lesson !== here.getAttribute("lesson")) return location.assign(`/lessons/${encodeURIComponent(lesson)}`)
    const card = here.steps.find((one) => one.slug === step)
    if (card && !card.current) here.turn(card)
  }
}

// F8 is this room's key everywhere, also within a terminal: a learner's in and out, an instructor's lead.
export function listenForKey() {
  const pressed = (event) => {
    if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey || !room.consent?.class) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (!event.repeat) document.dispatchEvent(new Event(room.consent.instructor ? "slipway:lead" : "slipway:follow"))
  }
  addEventListener("keydown", pressed, true)
}
