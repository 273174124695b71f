// Which keys belong to the page: on a Mac some with Cmd, elsewhere some with Ctrl. All others reach the shell. Pure: an
// event in, a name out.

export const onMac = (platform) => /^(mac|iphone|ipad)/i.test(platform)

const SHIFTED = { f: "find", arrowleft: "left", arrowright: "right", arrowup: "up", arrowdown: "down" }
const PLAIN = { "+": "larger", "=": "larger", "-": "smaller", 0: "usual" } // Ctrl-_ is the shell's undo

// Returns the action of a key, or "" if it belongs to the shell. `selected`: whether there is a selection to copy.
export function shortcutFor(event, selected, mac) {
  if (event.type !== "keydown" || event.altKey) return ""
  if (mac ? !event.metaKey || event.ctrlKey : !event.ctrlKey || event.metaKey) return ""
  const key = letter(event)
  if (key in PLAIN) return PLAIN[key]
  return mac ? withCmd(key, event.shiftKey) : withCtrl(key, event.shiftKey, selected)
}

// Returns the key's name for a tooltip: ("F", true) is ⇧⌘F or Ctrl Shift F.
export function shortcutLabel(key, shift, mac) {
  return mac ? `${shift ? "⇧" : ""}⌘${key}` : `Ctrl ${shift ? "Shift " : ""}${key}`
}

// Private

// The letter on the key; on a keyboard of another alphabet, the Latin letter at its position.
function letter({ key, code }) {
  const [, latin] = (/^[^\0-\x7f]$/u.test(key) && /^Key([A-Z])$/.exec(code)) || []
  return (latin ?? key).toLowerCase()
}

function withCmd(key, shift) {
  if (shift) return SHIFTED[key] ?? ""
  return { c: "copy", v: "paste", f: "find", k: "clear" }[key] ?? ""
}

// Ctrl-C copies a selection, and interrupts when there is none.
function withCtrl(key, shift, selected) {
  if (key === "v") return "paste"
  if (key === "c") return shift || selected ? "copy" : ""
  return shift ? (SHIFTED[key] ?? "") : ""
}
