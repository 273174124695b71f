// <lab-follow> – while a learner follows, the instructor's picture and terminal take the place of the learner's
// picture, and the page turns along. The lesson and the learner's terminal do not move. F8 joins and leaves from
// everywhere; for the instructor it starts and ends leading.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { followConnection } from "./follow.js"
import { remoteFeed } from "../shared/feed.js"
import { loadSetting, saveSetting } from "../shared/storage.js"

const KEY = "slipway.follow" // per tab: another tab may not follow
const VIEWS = { both: "Both", screen: "Terminal", picture: "Picture" }

export default class LabFollow extends HTMLElement {
  /** @type {HTMLElement} */
  #panel
  #shown = ""
  #place = null
  #wantsToFollow = sessionStorage.getItem(KEY) === "yes"

  connectedCallback() {
    this.#panel = this.#draw()
    this.append(this.#panel)
    this.#view(loadSetting("follow-view") ?? "both")
    followConnection.addEventListener(
      "connected",
      () => this.#wantsToFollow && followConnection.request("follow", { on: 1 }),
    )
    followConnection.addEventListener("consent", ({ detail }) => this.#onConsent(detail))
    remoteFeed.addEventListener("step", ({ detail }) => detail.current && this.#goTo(detail))
    remoteFeed.addEventListener("link", ({ detail }) => this.toggleAttribute("lost", detail.state === "down"))
    for (const button of this.#buttons) button.addEventListener("click", () => this.toggle())
    document.addEventListener("slipway:follow", () => this.toggle())
  }

  // Joins, or leaves.
  async toggle() {
    if (!followConnection.consent?.class || followConnection.consent.instructor) return
    this.#wantsToFollow = !this.#wantsToFollow
    sessionStorage.setItem(KEY, this.#wantsToFollow ? "yes" : "no")
    this.#shown = ""
    const answer = await followConnection.request("follow", { on: Number(this.#wantsToFollow) })
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
        h("lab-scene", { scene: this.getAttribute("scene"), remote: true }),
        h("lab-remote-terminal", { "aria-label": "Your instructor’s terminal, read only" }),
      ),
    )
  }

  #view(name) {
    this.#panel.dataset.see = name in VIEWS ? name : "both"
    saveSetting("follow-view", this.#panel.dataset.see)
    for (const button of this.querySelectorAll("[data-see]"))
      if (button !== this.#panel) button.setAttribute("aria-pressed", button.dataset.see === this.#panel.dataset.see)
    dispatchEvent(new Event("slipway:appearance"))
  }

  #onConsent({ class: open, instructor, following, leading }) {
    for (const button of this.#buttons) {
      button.hidden = !open || instructor
      button.setAttribute("aria-pressed", String(Boolean(following)))
      button.title =
        following && !leading
          ? "You follow as soon as your instructor leads (F8 steps out)"
          : "Follow your instructor (F8)"
    }
    const shows = !instructor && leading && (following || this.#wantsToFollow) // a reconnected page has already asked
    if (shows === !this.#panel.hidden) return
    this.#panel.hidden = !shows
    document.body.toggleAttribute("data-following", shows)
    const tab = document.querySelector("lab-views [data-view=picture]")
    if (tab) tab.textContent = shows ? "Instructor" : "Picture"
    if (!shows) {
      this.#place = null
      remoteFeed.receive("over", {})
    }
    if (shows) document.dispatchEvent(new CustomEvent("slipway:show", { detail: "picture" }))
    if (shows && this.#place) this.#goTo(this.#place)
    announce(
      shows
        ? "You follow your instructor. Their terminal and picture are shown in place of your picture."
        : "You do not follow any more.",
    )
  }

  // Turns the page with the instructor: to another step, or to another lesson. The position may arrive before the
  // notice that the learner follows.
  #goTo(place) {
    this.#place = place
    const { lesson, step } = place
    if (this.#panel.hidden || this.#shown === `${lesson}/${step}`) return
    this.#shown = `${lesson}/${step}`
    const here = document.querySelector("lab-lesson")
    if (lesson !== here.getAttribute("lesson")) return location.assign(`/lessons/${encodeURIComponent(lesson)}`)
    const card = here.steps.find((one) => one.slug === step)
    if (card && !card.current) here.setCurrent(card)
  }
}

// F8 works everywhere in a class, also inside a terminal: a learner joins or leaves, an instructor leads.
export function listenForFollowKey() {
  const pressed = (event) => {
    if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey || !followConnection.consent?.class) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (!event.repeat)
      document.dispatchEvent(new Event(followConnection.consent.instructor ? "slipway:lead" : "slipway:follow"))
  }
  addEventListener("keydown", pressed, true)
}
