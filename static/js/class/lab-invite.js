// <lab-invite> – how to join, readable from the last row: the address, the code in large letters, a QR code, and how
// many have joined so far. It shows no name and no token. `q` (or `i`, or any key of a remote) returns to the previous
// page.

import { announce } from "../shared/announce.js"
import { classroom } from "./classroom.js"
import { copy } from "../shared/clipboard.js"
import { svg } from "../shared/dom.js"
import { loadSetting, saveSetting } from "../shared/storage.js"
import { onInviteSignal } from "../present/invite-signal.js"
import { api } from "../shared/session.js"
import { joinedText, qrPath } from "./invitation.js"

const IDLE = 2500 // milliseconds until the controls vanish
const BACK = ["q", "i", "Escape", "Backspace", "PageUp", "PageDown", "b", "."] // the last four are a remote's
const BORDER = 2 // light modules around the code, besides the frame

export default class LabInvite extends HTMLElement {
  #link = ""
  #many = 0
  #resting

  connectedCallback() {
    const acts = { back: () => this.#back(), copy: () => this.#copy(), theme: () => this.#toggleTheme() }
    for (const [name, act] of Object.entries(acts)) this.querySelector(`.invite-${name}`).addEventListener("click", act)
    const back = Object.fromEntries(BACK.map((key) => [key, acts.back]))
    const keys = { ...back, c: acts.copy, l: acts.theme }
    addEventListener("keydown", (event) => this.#pressed(event, keys))
    classroom.addEventListener("wall", ({ detail }) => this.#onUpdate(detail))
    classroom.addEventListener("lost", () => this.#say("The connection to the lab is lost. The count is how it was."))
    onInviteSignal(acts.back)
    for (const name of ["pointermove", "pointerdown", "keydown"]) addEventListener(name, () => this.#showControls())
    this.#showControls()
  }

  async open() {
    await this.#load()
    classroom.connect("wall")
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
    const path = svg("path", { d: qrPath(dots) })
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

  // A new class, started on the dashboard, has another code.
  #onUpdate({ ok, say, order, whole }) {
    if (ok === false) return this.#say(say)
    if (whole && this.#link) this.#say("")
    if (!order) return
    if (order.length < this.#many) this.#load()
    this.#many = order.length
    this.#put("joined", joinedText(order.length))
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

  #toggleTheme() {
    const dark =
      loadSetting("theme") === "dark" ||
      (loadSetting("theme") !== "light" && matchMedia("(prefers-color-scheme: dark)").matches)
    saveSetting("theme", dark ? "light" : "dark")
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

  #showControls() {
    document.body.classList.remove("idle")
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => document.body.classList.add("idle"), IDLE)
  }
}
