// "Show me": the recording of a step, laid over the learner's own picture and terminal. Those stay as they are beneath
// it, alive and out of reach, and are there again when it closes. Nothing of it reaches the lab.

import { announce } from "../shared/announce.js"

const NARROW = matchMedia("(max-width: 799px)")

// `opener` gets the focus back.
export async function showMe(lesson, step, opener) {
  const player = document.querySelector("lab-player")
  try {
    await player.load(lesson, step)
  } catch (error) {
    announce(error.message)
    throw error
  }
  if (player.hasAttribute("standing")) {
    document.dispatchEvent(new CustomEvent("slipway:show", { detail: "recording" }))
    return player.begin()
  }
  cover(player, true)
  player.addEventListener("lab-player-close", () => uncover(player, opener), { once: true })
  player.focus()
  player.begin()
}

// Who runs something wants to see what comes of it; on a narrow page the views below are the way out, too.
document.addEventListener("slipway:ran", () => leave())
document.addEventListener("click", ({ target }) => target.closest("lab-views") && leave())

function leave() {
  const player = document.querySelector("lab-player:not([hidden], [standing])")
  player?.pause()
  player?.dispatchEvent(new CustomEvent("lab-player-close"))
}

function uncover(player, opener) {
  cover(player, false)
  opener?.focus({ preventScroll: true })
}

function cover(player, yes) {
  player.hidden = !yes
  for (const pane of document.querySelectorAll("#stage, #terminal, #lesson"))
    pane.inert = yes && (pane.id !== "lesson" || NARROW.matches)
}
