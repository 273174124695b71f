// When to reconnect. Pure.

const MAX_DELAY = 10 // seconds
const MAX_SILENCE = 21_000 // milliseconds; the server pings every ten seconds and waits as long for the answer

// Returns the seconds until the next attempt (the first is 0): a random delay of up to 1, 2, 4, 8, then 10, so that a
// class that lost its network does not reconnect all at once.
export const retryDelay = (attempt, random = Math.random()) => random * Math.min(MAX_DELAY, 2 ** attempt)

// Whether a connection that claims to be open cannot be: the machine slept, or the network changed.
export const isStale = (lastHeard, now = Date.now()) => now - lastHeard > MAX_SILENCE
