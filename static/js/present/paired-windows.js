// The two windows of a presentation in one browser: while the notes window is open, the lab's messages to the presenter
// are shown there and not on the projector.

const HEARTBEAT = 2000 // milliseconds between two heartbeats
const MAX_SILENCE = 5000 // milliseconds; browsers slow the timers of a window that is behind another

export class PairedWindows {
  #channel
  #lastSeen = -Infinity

  // `onMessage` gets the messages that the projector is spared; only the notes window receives any.
  constructor(lesson, { isNotesWindow, onMessage }) {
    this.#channel = new BroadcastChannel(`slipway.present.${lesson}`)
    this.#channel.addEventListener("message", ({ data }) => {
      if (data.here) this.#lastSeen = performance.now()
      if (data.left) this.#lastSeen = -Infinity
      if (isNotesWindow && data.words !== undefined) onMessage(data.words)
    })
    if (isNotesWindow) this.#sendHeartbeats()
  }

  // Returns whether the notes window has taken the message.
  take(words) {
    const taken = performance.now() - this.#lastSeen < MAX_SILENCE
    if (taken) this.#channel.postMessage({ words })
    return taken
  }

  // Private

  #sendHeartbeats() {
    const here = () => this.#channel.postMessage({ here: true })
    here()
    setInterval(here, HEARTBEAT)
    addEventListener("pagehide", () => this.#channel.postMessage({ left: true }))
  }
}
