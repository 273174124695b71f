// The presenter's keys: one table, which is also the help. Pure: a key press in, the name of an action out.

export const TABLE = [
  {
    action: "onward",
    keys: ["PageDown"],
    words: "a remote’s next: types the command that is shown, once, and then goes on",
  },
  { action: "next", keys: ["ArrowRight", "ArrowDown", " ", "n"], words: "next, and nothing is typed" },
  { action: "previous", keys: ["PageUp", "ArrowLeft", "ArrowUp", "p"], words: "previous" },
  { action: "reveal", keys: ["r"], words: "reveal: hints, a solution, then the evidence; answers at the end" },
  { action: "type", keys: ["t"], words: "type this step’s next command; any key stops it" },
  {
    action: "stage",
    keys: ["g"],
    words: "set the stage: an engine without containers, then what comes before this step",
  },
  { action: "terminal", keys: ["Enter"], words: "into the terminal" },
  { action: "blank", keys: ["b", "."], words: "blank the screen; any key brings it back" },
  { action: "larger", keys: ["+", "="], words: "larger" },
  { action: "smaller", keys: ["-", "_"], words: "smaller" },
  { action: "usual", keys: ["0"], words: "the usual size" },
  { action: "whole", keys: ["w"], words: "the whole screen, and back" },
  { action: "view", keys: ["v"], words: "all, the terminal alone, the picture alone" },
  { action: "dark", keys: ["l"], words: "light or dark" },
  { action: "notes", keys: ["s"], words: "your notes, in a second window" },
  { action: "timer", keys: ["z"], words: "the time from zero (press it twice)", twice: true },
  { action: "afresh", keys: ["f"], words: "start afresh with a new engine (press it twice)", twice: true },
  { action: "recording", keys: ["m"], words: "the recording of this step in the engine’s place, and back" },
  { action: "lead", keys: ["F8"], words: "let the class follow you, or end it" },
  { action: "unshow", keys: ["x"], words: "take a learner’s terminal off the projector" },
  { action: "invite", keys: ["i"], words: "how to join the class, and back" },
  { action: "leave", keys: ["q"], words: "back to the lesson" },
  { action: "help", keys: ["?"], words: "this help" },
]

export const OUT = "F6" // leaves the terminal, as on the lesson page

const LEAD = "F8" // works everywhere in a class
// a remote has no F6: its keys leave the terminal by themselves
const REMOTE = { PageDown: "onward", PageUp: "previous" }

const NAMES = {
  PageDown: "Page ↓",
  PageUp: "Page ↑",
  ArrowRight: "→",
  ArrowLeft: "←",
  ArrowDown: "↓",
  ArrowUp: "↑",
  " ": "Space",
}
const SHOWN = { larger: 1, smaller: 1 } // the others are the same key with Shift

// Returns the names of a row's keys.
export const keyNames = ({ action, keys }) => keys.slice(0, SHOWN[action] ?? 9).map((key) => NAMES[key] ?? key)

// Returns the action of a key press, or null. `at` says where the focus is: "terminal", "field", "button" or "page".
export function actionFor({ key, ctrlKey, altKey, metaKey, shiftKey }, at) {
  if (ctrlKey || altKey || metaKey) return null
  if (key === LEAD) return "lead"
  if (key === OUT) return at === "terminal" ? "out" : "terminal"
  if (at === "terminal") return REMOTE[key] ?? null
  if (at === "field") return null
  if (at === "button" && (key === " " || key === "Enter")) return null
  if (key === " " && shiftKey) return "previous"
  return TABLE.find((row) => row.keys.includes(key.length === 1 ? key.toLowerCase() : key))?.action ?? null
}

// Whether a press counts as "any key": a modifier alone does not.
export const isKey = ({ key, repeat }) =>
  !repeat && !["Shift", "Control", "Alt", "Meta", "CapsLock", "Unidentified"].includes(key)

// Actions that must not happen by accident: the first press asks, a second one within four seconds acts.
export const needsConfirmation = (action) => TABLE.some((row) => row.action === action && row.twice)
