// The two windows of a presentation, side by side in one browser: while the presenter's own is open, what the lab says
// to the presenter is said there, and not before the hall.

const EVERY = 2000 // milliseconds between two signs of life
const GONE = 5000 // browsers slow the timers of a window that is behind another

export class Beside {
  #line
  #seen = -Infinity

  // `hears` gets the words that the other window was spared; only the presenter's own window is told any.
  constructor(lesson, { own, hears }) {
    this.#line = new BroadcastChannel(`slipway.present.${lesson}`)
    this.#line.addEventListener("message", ({ data }) => {
      if (data.here) this.#seen = performance.now()
      if (data.left) this.#seen = -Infinity
      if (own && data.words !== undefined) hears(data.words)
    })
    if (own) this.#show()
  }

  // Whether the presenter's window has taken the words.
  take(words) {
    const taken = performance.now() - this.#seen < GONE
    if (taken) this.#line.postMessage({ words })
    return taken
  }

  // Private

  #show() {
    const here = () => this.#line.postMessage({ here: true })
    here()
    setInterval(here, EVERY)
    addEventListener("pagehide", () => this.#line.postMessage({ left: true }))
  }
}
