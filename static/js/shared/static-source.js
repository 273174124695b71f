// The feed's source on a page without a lab: hints and solutions come from the page itself, going to a step loads its
// recording, and everything else is refused with a message.

const NOT_LIVE = "Nothing here is live: there is no engine to run this on."

class StaticSource {
  /** @type {import("./feed.js").Feed} */
  #feed
  #given = new Map()

  follow(feed) {
    this.#feed = feed
    const steps = [...document.querySelectorAll("lab-step")].map((step) => step.getAttribute("step"))
    const wanted = location.hash.replace("#step-", "")
    const current = steps.includes(wanted) ? wanted : steps[0]
    feed.receive("opened", { ok: true, current })
    this.#recording(current)
  }

  async request(name, { step }) {
    if (name === "turn") return this.#recording(step)
    const found =
      name === "hint"
        ? this.#hint(step)
        : name === "solution"
          ? { html: this.#templates(step, name)[0]?.innerHTML }
          : {}
    return found.html ? { ok: true, ...found } : { ok: false, say: NOT_LIVE }
  }

  // Private

  #templates(step, kind) {
    return [...document.querySelectorAll(`lab-step[step="${CSS.escape(step)}"] template.given-${kind}`)]
  }

  #hint(step) {
    const hints = this.#templates(step, "hint")
    const given = Math.min((this.#given.get(step) ?? 0) + 1, hints.length)
    this.#given.set(step, given)
    return { html: hints[given - 1]?.innerHTML, left: hints.length - given }
  }

  // Loads the recording of the current step, paused.
  async #recording(step) {
    try {
      await Promise.all(
        [...document.querySelectorAll("lab-player"), ...document.querySelectorAll("lab-still")].map((one) =>
          one.load(this.#feed.lesson, step),
        ),
      )
      return { ok: true }
    } catch (error) {
      return { ok: false, say: error.message }
    }
  }
}

export const staticSource = new StaticSource()
