// Copy and paste as people expect them: Ctrl-C copies when something is selected and interrupts when nothing is.

import { copy } from "../clipboard.js"

// Answers false for the keys that are ours, as xterm.js wants it.
export function clipKeys(terminal) {
  return (event) => {
    if (event.type !== "keydown" || !event.ctrlKey || event.altKey || event.metaKey) return true
    const key = event.key.toLowerCase()
    if (key === "c" && (event.shiftKey || terminal.hasSelection())) {
      event.preventDefault()
      if (terminal.hasSelection()) take(terminal)
      return false
    }
    return key !== "v" // the browser's own paste follows, as an event
  }
}

// What may be typed for the learner: text, tabs and line ends, and no other control characters.
export const clean = (text) => text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\t\n]/gu, "")

async function take(terminal) {
  const text = terminal.getSelection()
  terminal.clearSelection()
  await copy(text)
  terminal.focus()
}
