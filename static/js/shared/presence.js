// Tells the lab that somebody is here: an engine that nobody uses is put away, and one was announced to be.
// What counts is a key, a click, a touch or a turn of the wheel; a page that merely lies open does not.

import { feed } from "./feed.js"

const RARELY = 30_000 // milliseconds between two words of the kind, while nothing hangs on it
const DEEDS = ["keydown", "pointerdown", "wheel"]

let last = 0
let urgent = false

export function tellPresence() {
  feed.addEventListener("seat", ({ detail: { state } }) => (urgent = state === "idle" || state === "away"))
  for (const deed of DEEDS) addEventListener(deed, tell, { capture: true, passive: true })
}

function tell() {
  if (!urgent && Date.now() - last < RARELY) return
  last = Date.now()
  urgent = false
  feed.ask("here", {})
}
