// The learner's preferences for all terminals of a page (text size, key bar, screen reader mode): stored, and announced
// to every terminal.

import { loadSetting, saveSetting } from "../shared/storage.js"

const prefs = new EventTarget()

export const terminalPref = (name) => loadSetting(`terminal-${name}`)

export function setTerminalPref(name, value) {
  saveSetting(`terminal-${name}`, value)
  prefs.dispatchEvent(new CustomEvent(name, { detail: value }))
}

// Calls `does` with each new value. Returns a function that stops it.
export function onTerminalPref(name, does) {
  const listener = ({ detail }) => does(detail)
  prefs.addEventListener(name, listener)
  return () => prefs.removeEventListener(name, listener)
}
