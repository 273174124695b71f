// A new sandbox has a new shell: when the learner's seat comes back from having been left, each terminal is made anew.
// An engine that was only lost for a while keeps its sandbox, and its terminals are left alone.

import { feed } from "../shared/feed.js"

export function renewTerminals() {
  let seated = false
  let left = false
  feed.addEventListener("seat", ({ detail: { state } }) => {
    if (state === "ready" && left)
      for (const one of document.querySelectorAll("lab-terminal")) one.replaceWith(one.cloneNode())
    if (state === "ready") [seated, left] = [true, false]
    else if (state !== "lost" && state !== "idle") left = seated
  })
}
