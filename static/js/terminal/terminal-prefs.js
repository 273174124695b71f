// What people wish of their terminals (size of text, row of keys, reading aloud): said in one, heard by all of the page,
// and remembered.

import { recall, remember } from "../shared/storage.js"

const wishes = new EventTarget()

export const wished = (name) => recall(`terminal-${name}`)

export function wish(name, value) {
  remember(`terminal-${name}`, value)
  wishes.dispatchEvent(new CustomEvent(name, { detail: value }))
}

// Calls back at each new wish; answers what ends that.
export function onWish(name, does) {
  const heard = ({ detail }) => does(detail)
  wishes.addEventListener(name, heard)
  return () => wishes.removeEventListener(name, heard)
}
