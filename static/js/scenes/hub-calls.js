// The calls of the last command, and their texts. Pure; a part of the hub's picture.

import { isRoutine, pending, prunesNamed } from "../api-calls/calls.js"

const NEAR = 0.05 // seconds; the typed line and its first call are timed by two clocks

const SHORT = {
  "container.create": "make a container",
  "container.attach": "connect to it",
  "container.start": "start it",
  "container.wait": "wait for it",
  "container.stop": "ask it to end",
  "container.kill": "kill it",
  "container.remove": "remove it",
  "container.logs": "read the log of it",
  "container.list": "list containers",
  "image.pull": "fetch the image",
  "image.list": "list images",
  "image.remove": "remove an image",
  "system.version": "which version?",
  "system.info": "tell about you",
  "container.exec": "a second command",
  "container.prune": "remove what has ended",
  "image.prune": "remove nameless images",
  "network.prune": "remove unused networks",
  "build.prune": "empty the build cache",
  "system.df": "how full is the disk?",
  "exec.start": "run it there",
}

// Returns the calls of the last typed command, and all that are still pending.
export function shownCalls({ history }) {
  const since = (history?.typed_at ?? 0) - NEAR
  return (history?.calls ?? []).filter((call) => !isRoutine(call) && (call.at >= since || pending(call)))
}

export const stateOf = (call) =>
  call.refused ? "refused" : pending(call) ? "pending" : call.status >= 400 ? "failed" : "fine"

const short = (call) => (call.name === "image.prune" && prunesNamed(call) ? "remove unused images" : SHORT[call.name])

export const doing = (call) =>
  short(call)?.replace(/\bit(s?)\b/, (_, s) => (call.target?.name ? call.target.name + (s ? "’s" : "") : `it${s}`)) ??
  call.name.replace(/.*\./, "").replaceAll(".", " ")

export function resultText(call) {
  const failed = call.status === 404 ? "not there" : `failed with ${call.status}`
  return { pending: "waits for an answer", fine: "done", refused: "refused", failed }[stateOf(call)]
}
