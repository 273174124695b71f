// The page's connection to `/follow`: who has agreed to what (`followConnection`), and the events of another person
// (`remoteFeed`). `followConnection` dispatches `consent`, and `connected` after each connection, so that requests can
// be repeated; `remoteFeed` dispatches `seat`, `story`, `step`, `typing`, `sight`, `screen`, `link`, `over`.

import { remoteFeed } from "../shared/feed.js"
import { session, socket } from "../shared/session.js"

const TIMEOUT = 8000 // milliseconds
const EVENTS = ["seat", "step", "typing", "sight", "screen"]

class FollowConnection extends EventTarget {
  /** @type {import("socket.io-client").Socket} */
  #socket
  /** @type {number | null} */
  #terminal = null // none, for a page without a terminal of its own
  /** @type {any} */
  consent = null

  connect(connection = socket("/follow")) {
    this.#socket = connection
    for (const name of [...EVENTS, "story"]) this.#socket.on(name, (detail) => remoteFeed.receive(name, detail))
    this.#socket.on("consent", (detail) => this.#onConsent(detail))
    this.#socket.on("connect", () => this.#onConnect())
    this.#socket.on("disconnect", () => remoteFeed.receive("link", { state: "down" }))
    session.addEventListener("link", ({ detail }) => detail.state === "down" && remoteFeed.receive("link", detail))
    addEventListener("focus", () => this.consent?.class && this.#sendTerminal())
  }

  // Sends a request. Returns `{ok}`, or `{ok: false, say}`.
  async request(name, payload = {}) {
    if (!this.#socket?.connected) return { ok: false, say: "There is no connection to the lab right now." }
    try {
      return await this.#socket.timeout(TIMEOUT).emitWithAck(name, payload)
    } catch {
      return { ok: false, say: "The lab did not answer. Try again in a moment." }
    }
  }

  // Reports which of the learner's own terminals this page shows.
  showTerminal(terminal) {
    this.#terminal = terminal
    if (this.consent?.class) this.#sendTerminal()
  }

  // Private

  #onConnect() {
    remoteFeed.receive("link", { state: "up" })
    this.#sendTerminal()
    this.dispatchEvent(new Event("connected"))
  }

  #sendTerminal() {
    if (this.#terminal) this.request("here", { terminal: this.#terminal })
  }

  #onConsent(consent) {
    this.consent = consent
    this.dispatchEvent(new CustomEvent("consent", { detail: consent }))
  }
}

export const followConnection = new FollowConnection()
