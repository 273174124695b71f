// "Show me": the recording of a step, laid over the learner's picture and terminal. Those stay alive beneath it, inert,
// and are back when it closes. Nothing of it reaches the lab.

import { announce } from "../shared/announce.js"

const NARROW = matchMedia("(max-width: 799px)")

// `opener` gets the focus back.
export async function showRecording(lesson, step, opener) {
  const player = document.querySelector("lab-player")
  try {
    await player.load(lesson, step)
  } catch (error) {
    announce(error.message)
    throw error
  }
  if (player.hasAttribute("pinned")) {
    document.dispatchEvent(new CustomEvent("slipway:show", { detail: "recording" }))
    return player.begin()
  }
  overlay(player, true)
  player.addEventListener("lab-player-close", () => closeOverlay(player, opener), { once: true })
  player.focus()
  player.begin()
}

// Running a command closes the recording, and so do the view tabs of a narrow page.
document.addEventListener("slipway:ran", () => closePlayer())
document.addEventListener(
  "click",
  ({ target }) => /** @type {Element} */ (target).closest("lab-views") && closePlayer(),
)

function closePlayer() {
  const player = /** @type {import("./lab-player.js").default | null} */ (
    document.querySelector("lab-player:not([hidden], [pinned])")
  )
  player?.pause()
  player?.dispatchEvent(new CustomEvent("lab-player-close"))
}

function closeOverlay(player, opener) {
  overlay(player, false)
  opener?.focus({ preventScroll: true })
}

function overlay(player, yes) {
  player.hidden = !yes
  for (const pane of document.querySelectorAll("#stage, #terminal, #lesson"))
    pane.inert = yes && (pane.id !== "lesson" || NARROW.matches)
}
