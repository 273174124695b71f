// The one door through which all that happens enters the page, live or (later) recorded: widgets listen here.
// Says `seat`, `story`, `step`, `typing`, `opened` and `link`, with the payloads of docs/architecture.md as `detail`.

import { session, socket } from "./session.js"

const PATIENCE = 8000 // milliseconds until an unanswered question is asked again

class Feed extends EventTarget {
  #socket = null
  #skew = 0
  lesson = ""

  // Opens a lesson, and opens it again after each loss of the connection.
  open(lesson) {
    this.lesson = lesson
    this.#socket = socket("/lab")
    for (const name of ["seat", "step", "typing"]) this.#socket.on(name, (detail) => this.#say(name, detail))
    this.#socket.on("story", (detail) => this.#story(detail))
    this.#socket.on("connect", () => this.#opened())
    session.addEventListener("link", ({ detail }) => this.#linked(detail))
  }

  // Asks the server and answers what it says: `{ok, …}`, or `{ok: false, say}` when there is no answer.
  // A question that carries an `id` is safe to ask twice: the server does it once. `unsure` says that it may have
  // been heard all the same, so that whoever asks again does it under the same id.
  async ask(name, payload) {
    for (let left = payload.id ? 3 : 1; left > 0; left -= 1) {
      if (!this.#socket?.connected) return { ok: false, unsure: true, say: "There is no connection to the lab right now." }
      try {
        return (await this.#socket.timeout(PATIENCE).emitWithAck(name, payload)) ?? { ok: true }
      } catch {
        continue
      }
    }
    return { ok: false, unsure: true, say: "The lab did not answer. Try again in a moment." }
  }

  // The engine's clock, as well as the page can tell: seconds since the epoch.
  now() {
    return Date.now() / 1000 + this.#skew
  }

  // Private

  async #opened() {
    const answer = await this.ask("open", { lesson: this.lesson })
    this.#say("opened", answer)
  }

  // A refusal of another namespace (a terminal's) is that one's own affair.
  #linked(detail) {
    if (!detail.namespace || detail.namespace === "/lab") this.#say("link", detail)
  }

  #story(detail) {
    this.#tune(detail)
    this.#say("story", detail)
  }

  // An event can't be younger than now, so the youngest one seen bounds how far the two clocks are apart. A clock that
  // runs ahead of the engine's is only found out by a live event.
  #tune({ event, world, history }) {
    const ahead = Math.max(event?.at ?? 0, world?.at ?? 0) - Date.now() / 1000
    if (!history && event && Math.abs(ahead - this.#skew) > 1) this.#skew = ahead
    else this.#skew = Math.max(this.#skew, ahead)
  }

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }
}

export const feed = new Feed()
