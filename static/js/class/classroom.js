// The page's connection to the class (`/class`): an instructor gets the dashboard's data, a learner gets messages.
// Dispatches `standing`, `help`, `pushed`, `wall`, with the payloads of docs/architecture.md as `detail`.

import { socket } from "../shared/session.js"

const TIMEOUT = 8000 // milliseconds

class Classroom extends EventTarget {
  /** @type {import("socket.io-client").Socket | null} */
  #socket = null

  // Connects with this page's secret, and again after each loss; `first` is then requested.
  connect(first = "standing") {
    const connection = (this.#socket = socket("/class"))
    for (const name of ["help", "pushed", "wall"]) connection.on(name, (detail) => this.#dispatch(name, detail))
    connection.on("connect", async () => this.#dispatch(first, { ...(await this.request(first)), whole: true }))
    connection.on("disconnect", () => this.#dispatch("lost"))
  }

  // Sends a request. Returns the answer `{ok, …}`, or `{ok: false, say}` without one.
  async request(name, payload = {}) {
    if (!this.#socket?.connected) return { ok: false, say: "There is no connection to the lab right now." }
    try {
      return await this.#socket.timeout(TIMEOUT).emitWithAck(name, payload)
    } catch {
      return { ok: false, say: "The lab did not answer. Try again in a moment." }
    }
  }

  // Private

  #dispatch(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }
}

export const classroom = new Classroom()
