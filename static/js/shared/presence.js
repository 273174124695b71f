// Reports to the lab that the learner is active, because idle sandboxes are stopped. Keys, clicks, touches and the
// wheel count; a page that is merely open does not.

import { feed } from "./feed.js"

const INTERVAL = 30_000 // milliseconds between two reports, unless a stop has been announced
const ACTIVITY = ["keydown", "pointerdown", "wheel"]

let last = 0
let urgent = false

export function reportPresence() {
  feed.addEventListener("seat", ({ detail: { state } }) => (urgent = state === "idle" || state === "away"))
  for (const name of ACTIVITY) addEventListener(name, report, { capture: true, passive: true })
}

function report() {
  if (!urgent && Date.now() - last < INTERVAL) return
  last = Date.now()
  urgent = false
  feed.request("here", {})
}
