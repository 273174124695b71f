// Recreates each terminal when the learner gets a new sandbox. An engine that was only lost for a while keeps its
// sandbox, and its terminals stay.

import { feed } from "../shared/feed.js"

export function recreateTerminals() {
  let wasReady = false
  let left = false
  feed.addEventListener("seat", ({ detail: { state } }) => {
    if (state === "ready" && left)
      for (const one of document.querySelectorAll("lab-terminal")) one.replaceWith(one.cloneNode())
    if (state === "ready") [wasReady, left] = [true, false]
    else if (state !== "lost" && state !== "idle") left = wasReady
  })
}
