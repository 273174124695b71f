// A class, as one page of it knows it: what is consented to (`room`), and what comes of somebody else (`stream`).
// The only module that speaks to `/follow`. `room` says `came` after each connection, so that whoever wants something
// says it again, and `consent`; `stream` says `seat`, `story`, `step`, `typing`, `sight`, `screen`, `link`, `over`.

import { theirs } from "../shared/feed.js"
import { session, socket } from "../shared/session.js"

const PATIENCE = 8000 // milliseconds
const TOLD = ["seat", "step", "typing", "sight", "screen"]

export const stream = theirs

class Room extends EventTarget {
  #socket
  #terminal = null // of a page without one of its own, none
  consent = null

  enter(line = socket("/follow")) {
    this.#socket = line
    for (const name of [...TOLD, "story"]) this.#socket.on(name, (detail) => stream.take(name, detail))
    this.#socket.on("consent", (detail) => this.#told(detail))
    this.#socket.on("connect", () => this.#came())
    this.#socket.on("disconnect", () => stream.take("link", { state: "down" }))
    session.addEventListener("link", ({ detail }) => detail.state === "down" && stream.take("link", detail))
    addEventListener("focus", () => this.consent?.class && this.#here())
  }

  // Asks the server and answers what it says: `{ok}`, or `{ok: false, say}`.
  async ask(name, payload = {}) {
    if (!this.#socket?.connected) return { ok: false, say: "There is no connection to the lab right now." }
    try {
      return await this.#socket.timeout(PATIENCE).emitWithAck(name, payload)
    } catch {
      return { ok: false, say: "The lab did not answer. Try again in a moment." }
    }
  }

  // The terminal of one's own that is in view on this page.
  here(terminal) {
    this.#terminal = terminal
    if (this.consent?.class) this.#here()
  }

  // Private

  #came() {
    stream.take("link", { state: "up" })
    this.#here()
    this.dispatchEvent(new Event("came"))
  }

  #here() {
    if (this.#terminal) this.ask("here", { terminal: this.#terminal })
  }

  #told(consent) {
    this.consent = consent
    this.dispatchEvent(new CustomEvent("consent", { detail: consent }))
  }
}

export const room = new Room()
