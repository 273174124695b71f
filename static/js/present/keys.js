// The presenter's keys: one table, which is also the help. Pure: a key press in, the name of a deed out.

export const TABLE = [
  {
    deed: "onward",
    keys: ["PageDown"],
    words: "a remote’s next: types the command that is shown, once, and then goes on",
  },
  { deed: "next", keys: ["ArrowRight", "ArrowDown", " ", "n"], words: "next, and nothing is typed" },
  { deed: "previous", keys: ["PageUp", "ArrowLeft", "ArrowUp", "p"], words: "previous" },
  { deed: "reveal", keys: ["r"], words: "reveal: hints, a solution, then the evidence; answers at the end" },
  { deed: "type", keys: ["t"], words: "type this step’s next command; any key stops it" },
  {
    deed: "stage",
    keys: ["g"],
    words: "set the stage: an engine without containers, then what comes before this step",
  },
  { deed: "terminal", keys: ["Enter"], words: "into the terminal" },
  { deed: "blank", keys: ["b", "."], words: "blank the screen; any key brings it back" },
  { deed: "larger", keys: ["+", "="], words: "larger" },
  { deed: "smaller", keys: ["-", "_"], words: "smaller" },
  { deed: "usual", keys: ["0"], words: "the usual size" },
  { deed: "whole", keys: ["w"], words: "the whole screen, and back" },
  { deed: "view", keys: ["v"], words: "all, the terminal alone, the picture alone" },
  { deed: "dark", keys: ["l"], words: "light or dark" },
  { deed: "notes", keys: ["s"], words: "your notes, in a second window" },
  { deed: "timer", keys: ["z"], words: "the time from zero (press it twice)", twice: true },
  { deed: "afresh", keys: ["f"], words: "start afresh with a new engine (press it twice)", twice: true },
  { deed: "recording", keys: ["m"], words: "the recording of this step in the engine’s place, and back" },
  { deed: "lead", keys: ["F8"], words: "let the class follow you, or end it" },
  { deed: "unshow", keys: ["x"], words: "take a learner’s terminal off the projector" },
  { deed: "invite", keys: ["i"], words: "how to join the class, and back" },
  { deed: "leave", keys: ["q"], words: "back to the lesson" },
  { deed: "help", keys: ["?"], words: "this help" },
]

export const OUT = "F6" // out of the terminal, as on the lesson page

const LEAD = "F8" // works everywhere, as in the class
const REMOTE = { PageDown: "onward", PageUp: "previous" } // a remote has no F6: its keys lead out of the terminal by themselves

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

// The keys of a row, as people call them.
export const namesOf = ({ deed, keys }) => keys.slice(0, SHOWN[deed] ?? 9).map((key) => NAMES[key] ?? key)

// What a key press asks for, or null. `at` says where the focus is: "terminal", "field", "button" or "page".
export function deedOf({ key, ctrlKey, altKey, metaKey, shiftKey }, at) {
  if (ctrlKey || altKey || metaKey) return null
  if (key === LEAD) return "lead"
  if (key === OUT) return at === "terminal" ? "out" : "terminal"
  if (at === "terminal") return REMOTE[key] ?? null
  if (at === "field") return null
  if (at === "button" && (key === " " || key === "Enter")) return null
  if (key === " " && shiftKey) return "previous"
  return TABLE.find((row) => row.keys.includes(key.length === 1 ? key.toLowerCase() : key))?.deed ?? null
}

// Whether a press counts as any key at all: holding Shift is not pressing a key.
export const isKey = ({ key, repeat }) =>
  !repeat && !["Shift", "Control", "Alt", "Meta", "CapsLock", "Unidentified"].includes(key)

// Deeds that must not happen by a slip of the finger: the first press asks, the second one within four seconds does it.
export const asksFirst = (deed) => TABLE.some((row) => row.deed === deed && row.twice)
