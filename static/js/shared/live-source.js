// The line to the learner's own seat: the lab's `/lab` namespace, opened again after each loss of the connection.

import { linked, session, socket } from "./session.js"

const PATIENCE = 8000 // milliseconds until an unanswered question is asked again
const NEWS = ["seat", "story", "step", "typing"]

class Live {
  #socket = null

  follow(feed) {
    this.#socket = socket("/lab")
    for (const name of NEWS) this.#socket.on(name, (detail) => feed.take(name, detail))
    const open = async () => feed.take("opened", await this.ask("open", { lesson: feed.lesson }))
    this.#socket.on("connect", open)
    // A refusal of another namespace (a terminal's) is that one's own affair.
    session.addEventListener(
      "link",
      ({ detail }) => (detail.namespace || "/lab") === "/lab" && feed.take("link", detail),
    )
    if (linked()) feed.take("link", { state: "up" })
    if (this.#socket.connected) open()
  }

  // A question that carries an `id` is safe to ask twice: the server does it once. `unsure` says that it may have
  // been heard all the same, so that whoever asks again does it under the same id.
  async ask(name, payload) {
    for (let left = payload.id ? 3 : 1; left > 0; left -= 1) {
      if (!this.#socket?.connected)
        return { ok: false, unsure: true, say: "There is no connection to the lab right now." }
      try {
        return (await this.#socket.timeout(PATIENCE).emitWithAck(name, payload)) ?? { ok: true }
      } catch {
        continue
      }
    }
    return { ok: false, unsure: true, say: "The lab did not answer. Try again in a moment." }
  }
}

export const live = new Live()
