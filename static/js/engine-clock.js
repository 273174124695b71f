// An engine's clock, as well as a page can tell: seconds since the epoch.

export default class EngineClock {
  #skew = 0

  now() {
    return Date.now() / 1000 + this.#skew
  }

  // An event can't be younger than now, so the youngest one seen bounds how far the two clocks are apart. A clock that
  // runs ahead of the engine's is only found out by a live event.
  tune({ event, world, history }) {
    const ahead = Math.max(event?.at ?? 0, world?.at ?? 0) - Date.now() / 1000
    if (!history && event && Math.abs(ahead - this.#skew) > 1) this.#skew = ahead
    else this.#skew = Math.max(this.#skew, ahead)
  }
}
