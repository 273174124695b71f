// The page's line to the class: an instructor hears the wall through it, a learner what they are told. Widgets listen
// here. Says `standing`, `help`, `pushed`, `wall`, with the payloads of docs/architecture.md as `detail`.

import { socket } from "../shared/session.js"

const PATIENCE = 8000 // milliseconds

class Classroom extends EventTarget {
  #socket = null

  // Joins as whoever holds this page's secret, and again after each loss; `first` is what is asked then.
  join(first = "standing") {
    this.#socket = socket("/class")
    for (const name of ["help", "pushed", "wall"]) this.#socket.on(name, (detail) => this.#say(name, detail))
    this.#socket.on("connect", async () => this.#say(first, { ...(await this.ask(first)), whole: true }))
    this.#socket.on("disconnect", () => this.#say("lost"))
  }

  // Asks the server and answers what it says: `{ok, …}`, or `{ok: false, say}` when there is no answer.
  async ask(name, payload = {}) {
    if (!this.#socket?.connected) return { ok: false, say: "There is no connection to the lab right now." }
    try {
      return await this.#socket.timeout(PATIENCE).emitWithAck(name, payload)
    } catch {
      return { ok: false, say: "The lab did not answer. Try again in a moment." }
    }
  }

  // Private

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }
}

export const classroom = new Classroom()
