// One presentation, as both of its windows see it: the place, the guide, the stagehand's news, and every deed that a key
// can ask for. Draws nothing. Says `change`, `guide`, `typing`, `say`.

import { feed } from "../shared/feed.js"
import { room } from "../class/follow.js"
import { recall, remember } from "../shared/storage.js"
import { api } from "../shared/session.js"
import { onRing, ring } from "./invite-signal.js"
import { Beside } from "./paired-windows.js"
import { back, failed, following, forward, owes, Place, recorded, reveal, scaled, turned } from "./position.js"

class Presentation extends EventTarget {
  #store
  #beside
  #own = false
  #passed = new Set()
  #refused = ""
  lesson = ""
  deck = []
  guide = null
  typing = { state: "free" }
  secrets = () => 0

  // `own`: this is the presenter's window, and not what the hall sees.
  begin(lesson, deck, { own = false } = {}) {
    this.lesson = lesson
    this.#own = own
    this.#beside = new Beside(lesson, { own, hears: (words) => this.#speak(words) })
    this.deck = deck
    this.#store = new Place(lesson)
    if (!own) this.live()
    this.#store.addEventListener("change", () => this.#tell("change"))
    feed.addEventListener("step", ({ detail }) => this.#judged(detail))
    feed.addEventListener("typing", ({ detail }) => this.#heard(detail))
    feed.addEventListener("opened", () => this.#learn())
    onRing(() => own || location.assign("/invite"))
  }

  get place() {
    return this.#store.now
  }

  get scale() {
    return this.#store.scale
  }

  get theme() {
    return recall("theme") || "auto"
  }

  get idea() {
    return this.deck.find((one) => one.name === this.place.idea) ?? this.deck[0]
  }

  get after() {
    return following(this.deck, this.place)
  }

  // Whether keys are falling into the terminal just now, so that any key stops them.
  get busy() {
    return this.typing.state === "queued" || this.typing.state === "typing"
  }

  hide() {
    this.#store.become({ ...this.place, revealed: 0 })
  }

  still() {
    this.#refused = this.idea.name
    this.#ask("still", {})
  }

  // The engine again, where its recording was shown.
  live() {
    if (this.place.recording) this.#store.become({ ...this.place, recording: "" })
  }

  wake() {
    this.#store.become({ ...this.place, blank: false })
  }

  // The deeds, by the names of present/keys.js.

  // A remote has one key to go on: what the words speak of is typed first, once. Who stops it wants to go on without,
  // and where the terminal did not take it, there is no other way.
  onward() {
    const { idea, place, typing } = this
    const { at = 0, of = Infinity } = typing.step === idea.name ? typing : {}
    const typed = at < of ? at : Infinity
    if (owes(idea, place, typed) && !this.#passed.has(idea.name) && this.#refused !== idea.name) this.type()
    else this.next()
  }

  next() {
    this.#go(forward(this.deck, this.place))
  }

  previous() {
    this.#go(back(this.deck, this.place))
  }

  reveal() {
    this.#store.become(reveal(this.place, this.secrets()))
  }

  async type() {
    const { name } = this.idea
    if ((await this.#play("type")) === false) this.#refused = name
  }

  stage() {
    this.#play("stage")
  }

  afresh() {
    this.#ask("afresh", {})
  }

  blank() {
    this.#store.become({ ...this.place, blank: true })
  }

  larger() {
    this.#store.scale = scaled(this.scale, 1)
  }

  smaller() {
    this.#store.scale = scaled(this.scale, -1)
  }

  usual() {
    this.#store.scale = scaled(this.scale, 0)
  }

  view() {
    this.#store.become(turned(this.place))
  }

  whole() {
    if (document.fullscreenElement) document.exitFullscreen()
    else
      document.documentElement
        .requestFullscreen?.()
        .catch(() => this.say("This browser does not give the whole screen. Try F11."))
  }

  timer() {
    this.#store.become({ ...this.place, since: Date.now() / 1000 })
  }

  dark() {
    const dark =
      getComputedStyle(document.documentElement).colorScheme === "dark" ||
      (this.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches)
    remember("theme", dark ? "light" : "dark")
    this.#tell("change")
  }

  notes() {
    open(`/present/${this.lesson}/notes`, `slipway-notes-${this.lesson}`, "popup,width=1100,height=800")
  }

  recording() {
    if (this.place.recording || this.idea.isStep) this.#store.become(recorded(this.place, this.idea))
    else this.say("There is no recording here. Go to a step first.")
  }

  lead() {
    document.dispatchEvent(new Event("slipway:lead"))
  }

  unshow() {
    room.ask("unshow")
  }

  // From either window it is the projector's window that shows it.
  invite() {
    ring()
    if (!this.#own) location.assign("/invite")
  }

  leave() {
    location.assign(`/lessons/${this.lesson}`)
  }

  say(words) {
    if (!this.#beside.take(words)) this.#speak(words)
  }

  // Private

  #speak(words) {
    this.dispatchEvent(new CustomEvent("say", { detail: words }))
  }

  #go(place) {
    const before = this.place.idea
    this.#store.become(place)
    if (this.place.idea !== before) this.#refused = ""
    if (this.place.idea !== before && this.idea.isStep) this.#ask("turn", { step: place.idea })
  }

  // Whether the lab has taken it; undefined where there is nothing to play.
  async #play(name) {
    if (!this.idea.isStep) return this.say("There is nothing to type here. Go to a step first.")
    return this.#ask(name, { step: this.idea.name, id: unique(), terminal: 1 })
  }

  async #ask(name, payload) {
    const answer = await feed.ask(name, payload)
    if (!answer.ok) this.say(answer.say)
    return answer.ok
  }

  #judged({ lesson, step, verdict }) {
    if (lesson !== this.lesson) return
    if (verdict === "passed") this.#passed.add(step)
    else this.#passed.delete(step)
  }

  #heard(typing) {
    this.typing = typing
    if (failed(typing)) this.#refused = typing.step
    else if (!typing.step) this.#refused = "" // another engine: it may be tried anew
    this.#tell("typing")
    if (typing.say) this.say(typing.say)
    else if (typing.stage)
      this.say(typing.state === "free" ? "" : `Setting the stage: ${typing.stage[0]} of ${typing.stage[1]}`)
  }

  async #learn() {
    if (this.guide) return
    try {
      this.guide = await api(`/api/lessons/${this.lesson}/guide`)
      this.#tell("guide")
    } catch (error) {
      this.say(error.message)
    }
  }

  #tell(name) {
    this.dispatchEvent(new Event(name))
  }
}

export const presentation = new Presentation()

// crypto.randomUUID is there only on https and localhost; a class on a local network has neither.
const unique = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
