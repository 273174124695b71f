// <lab-invite> – how to join, for a hall: the address, the code as large as it goes, a QR code, and how many have joined so
// far. It shows nobody's name and no token. `q` (or another `i` of the presenter, or any key of a remote) goes back to
// where one came from.

import { announce } from "../shared/announce.js"
import { classroom } from "./classroom.js"
import { copy } from "../shared/clipboard.js"
import { svg } from "../shared/dom.js"
import { recall, remember } from "../shared/storage.js"
import { onRing } from "../present/invite-signal.js"
import { api } from "../shared/session.js"
import { joined, squares } from "./invitation.js"

const IDLE = 2500 // milliseconds until the controls vanish
const BACK = ["q", "i", "Escape", "Backspace", "PageUp", "PageDown", "b", "."] // the last four are a remote's
const BORDER = 2 // dots of light around the code, besides the frame

export default class LabInvite extends HTMLElement {
  #link = ""
  #many = 0
  #resting

  connectedCallback() {
    const acts = { back: () => this.#back(), copy: () => this.#copy(), look: () => this.#look() }
    for (const [name, act] of Object.entries(acts)) this.querySelector(`.invite-${name}`).addEventListener("click", act)
    const back = Object.fromEntries(BACK.map((key) => [key, acts.back]))
    const keys = { ...back, c: acts.copy, l: acts.look }
    addEventListener("keydown", (event) => this.#pressed(event, keys))
    classroom.addEventListener("wall", ({ detail }) => this.#told(detail))
    classroom.addEventListener("lost", () => this.#say("The connection to the lab is lost. The count is how it was."))
    onRing(acts.back)
    for (const name of ["pointermove", "pointerdown", "keydown"]) addEventListener(name, () => this.#stir())
    this.#stir()
  }

  async open() {
    await this.#load()
    classroom.join("wall")
  }

  // Private

  async #load() {
    try {
      this.#show(await api("/api/invitation"))
    } catch (error) {
      this.#say(error.message)
    }
  }

  #show({ places: [place, ...others], code, link, dots }) {
    this.#link = link
    this.#put("place", place)
    this.#put("code", code)
    this.#put("others", others.length ? `On another network: ${others.join(", ")}` : "")
    const side = dots.length + 2 * BORDER
    const path = svg("path", { d: squares(dots) })
    this.querySelector(".invite-qr").replaceChildren(
      svg(
        "svg",
        {
          viewBox: `${-BORDER} ${-BORDER} ${side} ${side}`,
          role: "img",
          "aria-label": `QR code of the link to join: ${place}`,
        },
        path,
      ),
    )
  }

  // Another class, begun on the wall, has another code.
  #told({ ok, say, order, whole }) {
    if (ok === false) return this.#say(say)
    if (whole && this.#link) this.#say("")
    if (!order) return
    if (order.length < this.#many) this.#load()
    this.#many = order.length
    this.#put("joined", joined(order.length))
  }

  #pressed(event, keys) {
    if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }

  #back() {
    if (history.length > 1) history.back()
    else location.assign("/wall")
  }

  async #copy() {
    const said = await copy(this.#link).then(
      () => "Copied.",
      (error) => error.message,
    )
    this.querySelector(".invite-copied").textContent = said
    announce(said)
  }

  #look() {
    const dark =
      recall("theme") === "dark" || (recall("theme") !== "light" && matchMedia("(prefers-color-scheme: dark)").matches)
    remember("theme", dark ? "light" : "dark")
    document.documentElement.dataset.theme = dark ? "light" : "dark"
  }

  #say(words) {
    this.#put("say", words)
  }

  #put(name, words) {
    const place = this.querySelector(`.invite-${name}`)
    if (place.textContent !== words) place.textContent = words
    if (name === "others" || name === "say") place.hidden = !words
  }

  #stir() {
    document.body.classList.remove("idle")
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => document.body.classList.add("idle"), IDLE)
  }
}
