// The stop clock for a projector: the grace period that a container has left, and for a while how it ended. Pure.

import { lastEpisode, focusedContainer, gracePeriod } from "../scenes/signal-timeline.js"
import { exitParts, seconds } from "../scenes/format.js"

const LINGERS = 12 // seconds that the end stays visible
const SHORT = 3 // seconds before the end from which it is marked as near

// Returns { key, name, big, small, share, tone, counting }, or null if nothing was just stopped or killed.
export function stopClock(world, now) {
  const container = world.engine === "up" ? focusedContainer(world) : null
  if (!container) return null
  return container.stopping ? counting(container, now) : ended(container, now)
}

function counting(container, now) {
  const { left, gone, share } = gracePeriod(container, now)
  if (left === null)
    return {
      ...named(container),
      big: seconds(gone),
      small: "asked to end, and nobody will force it",
      share: 1,
      tone: "asked",
      counting: true,
    }
  const forced = left <= 0
  return {
    ...named(container),
    big: left.toFixed(left < 9.95 ? 1 : 0),
    small: forced ? "SIGKILL" : "seconds until SIGKILL",
    share,
    tone: left <= SHORT ? "forced" : "asked",
    counting: true,
  }
}

function ended(container, now) {
  const run = lastEpisode(container, now)
  if (run.end === null || now - container.ended_at > LINGERS) return null
  const parts = exitParts(container)
  return {
    ...named(container),
    big: seconds(run.end, run.end < 9.95 ? 1 : 0),
    small: `exit code ${container.exit_code}${parts ? ` · ${parts.name}` : ""}`,
    share: 0,
    tone: run.tone,
    counting: false,
  }
}

// One clock for each stop or kill of a container, from its first signal to its end.
const named = ({ id, name, runs }) => ({ key: `${id} ${runs}`, name })
