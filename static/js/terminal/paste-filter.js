// Which pasted text may be typed: text, tabs and line ends. No control characters, and nothing invisible or that
// reorders a line on display.

const LINE_ENDS = /\r\n?|[\u2028\u2029]/g
const CONTROL = /[^\P{Cc}\t\n]/u
// Invisible characters are kept only inside emoji: 👩‍💻, ❤️.
const JOINED =
  /(?<=\p{Emoji}\ufe0f?|\p{Emoji_Modifier})\u200d(?=\p{Extended_Pictographic})|(?<=\p{Emoji})[\ufe0e\ufe0f]/u
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cf}\ufff9-\ufffb]/u
const LEFT_OUT = new RegExp(`${JOINED.source}|(${CONTROL.source}|${INVISIBLE.source})`, "gu")

// Returns {text, left}: what may be typed, and how many characters were left out.
export function filterPaste(given) {
  let left = 0
  const text = given.replace(LINE_ENDS, "\n").replace(LEFT_OUT, (all, hidden) => {
    if (hidden === undefined) return all
    left += 1
    return ""
  })
  return { text, left }
}

// Whether some of it would run on arrival, in a program without bracketed paste.
export const runsOnArrival = (text, bracketed) => !bracketed && text.includes("\n")
