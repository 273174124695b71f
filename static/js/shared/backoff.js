// When to try a lost connection again. Pure.

const MOST = 10 // seconds
const SILENCE = 21_000 // milliseconds; the server pings every ten seconds, and waits as long for the answer

// Seconds until the next attempt, the first being 0: anywhere up to 1, 2, 4, 8, then 10, so that a class whose network
// was gone does not come back in one moment.
export const wait = (attempt, random = Math.random()) => random * Math.min(MOST, 2 ** attempt)

// Whether a connection that says it is open can't be: the machine slept, or the network changed under it.
export const stale = (heard, now = Date.now()) => now - heard > SILENCE
