// The feed's source on a live page: the lab's `/lab` namespace, reopened after each loss of the connection.

import { isConnected, session, socket } from "./session.js"

const TIMEOUT = 8000 // milliseconds until an unanswered request is repeated
const EVENTS = ["seat", "story", "step", "typing"]

class LiveSource {
  /** @type {import("socket.io-client").Socket | null} */
  #socket = null

  follow(feed) {
    const connection = (this.#socket = socket("/lab"))
    for (const name of EVENTS) connection.on(name, (detail) => feed.receive(name, detail))
    const open = async () => feed.receive("opened", await this.request("open", { lesson: feed.lesson }))
    connection.on("connect", open)
    // A refusal by another namespace (a terminal's) is handled there.
    session.addEventListener(
      "link",
      ({ detail }) => (detail.namespace || "/lab") === "/lab" && feed.receive("link", detail),
    )
    if (isConnected()) feed.receive("link", { state: "up" })
    if (connection.connected) open()
  }

  // Sends a request and returns the answer. One that carries an `id` is safe to repeat: the server executes it once.
  // `unsure` means that it may have arrived, so a retry must reuse the id.
  async request(name, payload) {
    for (let left = payload.id ? 3 : 1; left > 0; left -= 1) {
      if (!this.#socket?.connected)
        return { ok: false, unsure: true, say: "There is no connection to the lab right now." }
      try {
        return (await this.#socket.timeout(TIMEOUT).emitWithAck(name, payload)) ?? { ok: true }
      } catch {
        continue
      }
    }
    return { ok: false, unsure: true, say: "The lab did not answer. Try again in a moment." }
  }
}

export const liveSource = new LiveSource()
