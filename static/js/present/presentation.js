// A presentation as both of its windows see it: the position, the guide, the state of the automatic typing, and every
// action of a key. Draws nothing. Dispatches `change`, `guide`, `typing`, `say`.

import { feed } from "../shared/feed.js"
import { followConnection } from "../class/follow.js"
import { loadSetting, saveSetting } from "../shared/storage.js"
import { api } from "../shared/session.js"
import { onInviteSignal, signalInvite } from "./invite-signal.js"
import { PairedWindows } from "./paired-windows.js"
import {
  back,
  wasRefused,
  following,
  forward,
  hasUntypedCommand,
  SharedPosition,
  withRecording,
  reveal,
  scaleBy,
  withNextView,
} from "./position.js"

class Presentation extends EventTarget {
  /** @type {SharedPosition} */
  #shared
  /** @type {PairedWindows} */
  #windows
  #isNotesWindow = false
  #passed = new Set()
  #notTyped = ""
  lesson = ""
  deck = []
  /** @type {any} */
  guide = null
  /** @type {any} */
  typing = { state: "free" }
  revealable = () => 0

  // `isNotesWindow`: this is the presenter's window and not the projector's.
  begin(lesson, deck, { isNotesWindow = false } = {}) {
    this.lesson = lesson
    this.#isNotesWindow = isNotesWindow
    this.#windows = new PairedWindows(lesson, { isNotesWindow, onMessage: (words) => this.#dispatchMessage(words) })
    this.deck = deck
    this.#shared = new SharedPosition(lesson)
    if (!isNotesWindow) this.live()
    this.#shared.addEventListener("change", () => this.#dispatch("change"))
    feed.addEventListener("step", ({ detail }) => this.#onVerdict(detail))
    feed.addEventListener("typing", ({ detail }) => this.#onTyping(detail))
    feed.addEventListener("opened", () => this.#loadGuide())
    onInviteSignal(() => isNotesWindow || location.assign("/invite"))
  }

  get position() {
    return this.#shared.now
  }

  get scale() {
    return this.#shared.scale
  }

  get theme() {
    return loadSetting("theme") || "auto"
  }

  get idea() {
    return this.deck.find((one) => one.name === this.position.idea) ?? this.deck[0]
  }

  get after() {
    return following(this.deck, this.position)
  }

  // Returns whether the lab accepted the request; undefined if there is nothing to type.
  get isTyping() {
    return this.typing.state === "queued" || this.typing.state === "typing"
  }

  hide() {
    this.#shared.become({ ...this.position, revealed: 0 })
  }

  stopTyping() {
    this.#notTyped = this.idea.name
    this.#ask("still", {})
  }

  // Shows the engine again instead of its recording.
  live() {
    if (this.position.recording) this.#shared.become({ ...this.position, recording: "" })
  }

  wake() {
    this.#shared.become({ ...this.position, blank: false })
  }

  // Actions, by their names in present/keys.js

  // The one forward key of a remote: types the command under discussion once, then moves on. It also moves on if the
  // presenter stopped the typing or the terminal refused it.
  onward() {
    const { idea, position, typing } = this
    const { at = 0, of = Infinity } = typing.step === idea.name ? typing : {}
    const typed = at < of ? at : Infinity
    if (hasUntypedCommand(idea, position, typed) && !this.#passed.has(idea.name) && this.#notTyped !== idea.name)
      this.type()
    else this.next()
  }

  next() {
    this.#go(forward(this.deck, this.position))
  }

  previous() {
    this.#go(back(this.deck, this.position))
  }

  reveal() {
    this.#shared.become(reveal(this.position, this.revealable()))
  }

  async type() {
    const { name } = this.idea
    if ((await this.#play("type")) === false) this.#notTyped = name
  }

  stage() {
    this.#play("stage")
  }

  afresh() {
    this.#ask("afresh", {})
  }

  blank() {
    this.#shared.become({ ...this.position, blank: true })
  }

  larger() {
    this.#shared.scale = scaleBy(this.scale, 1)
  }

  smaller() {
    this.#shared.scale = scaleBy(this.scale, -1)
  }

  usual() {
    this.#shared.scale = scaleBy(this.scale, 0)
  }

  view() {
    this.#shared.become(withNextView(this.position))
  }

  whole() {
    if (document.fullscreenElement) document.exitFullscreen()
    else
      document.documentElement
        .requestFullscreen?.()
        .catch(() => this.say("This browser does not give the whole screen. Try F11."))
  }

  timer() {
    this.#shared.become({ ...this.position, since: Date.now() / 1000 })
  }

  dark() {
    const dark =
      getComputedStyle(document.documentElement).colorScheme === "dark" ||
      (this.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches)
    saveSetting("theme", dark ? "light" : "dark")
    this.#dispatch("change")
  }

  notes() {
    open(`/present/${this.lesson}/notes`, `slipway-notes-${this.lesson}`, "popup,width=1100,height=800")
  }

  recording() {
    if (this.position.recording || this.idea.isStep) this.#shared.become(withRecording(this.position, this.idea))
    else this.say("There is no recording here. Go to a step first.")
  }

  lead() {
    document.dispatchEvent(new Event("slipway:lead"))
  }

  unshow() {
    followConnection.request("unshow")
  }

  // The projector's window shows the invitation, whichever window asked.
  invite() {
    signalInvite()
    if (!this.#isNotesWindow) location.assign("/invite")
  }

  leave() {
    location.assign(`/lessons/${this.lesson}`)
  }

  say(words) {
    if (!this.#windows.take(words)) this.#dispatchMessage(words)
  }

  // Private

  #dispatchMessage(words) {
    this.dispatchEvent(new CustomEvent("say", { detail: words }))
  }

  #go(position) {
    const before = this.position.idea
    this.#shared.become(position)
    if (this.position.idea !== before) this.#notTyped = ""
    if (this.position.idea !== before && this.idea.isStep) this.#ask("turn", { step: position.idea })
  }

  // Whether the lab has taken it; undefined where there is nothing to play.
  async #play(name) {
    if (!this.idea.isStep) return this.say("There is nothing to type here. Go to a step first.")
    return this.#ask(name, { step: this.idea.name, id: uniqueId(), terminal: 1 })
  }

  async #ask(name, payload) {
    const answer = await feed.request(name, payload)
    if (!answer.ok) this.say(answer.say)
    return answer.ok
  }

  #onVerdict({ lesson, step, verdict }) {
    if (lesson !== this.lesson) return
    if (verdict === "passed") this.#passed.add(step)
    else this.#passed.delete(step)
  }

  #onTyping(typing) {
    this.typing = typing
    if (wasRefused(typing)) this.#notTyped = typing.step
    else if (!typing.step) this.#notTyped = "" // a new engine: it may be tried again
    this.#dispatch("typing")
    if (typing.say) this.say(typing.say)
    else if (typing.stage)
      this.say(typing.state === "free" ? "" : `Setting the stage: ${typing.stage[0]} of ${typing.stage[1]}`)
  }

  async #loadGuide() {
    if (this.guide) return
    try {
      this.guide = await api(`/api/lessons/${this.lesson}/guide`)
      this.#dispatch("guide")
    } catch (error) {
      this.say(error.message)
    }
  }

  #dispatch(name) {
    this.dispatchEvent(new Event(name))
  }
}

export const presentation = new Presentation()

// crypto.randomUUID exists only on https and localhost, which a class on a local network has not.
const uniqueId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
