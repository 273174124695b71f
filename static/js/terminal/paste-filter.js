// What may be typed for somebody who pastes: text, tabs and line ends. Nothing that acts without being typed (control
// characters), and nothing that is there and can't be seen, or that shows a line in another order than it runs in.

const ENDS = /\r\n?|[\u2028\u2029]/g
const CONTROL = /[^\P{Cc}\t\n]/u
// Of the characters without a shape only those are kept that belong to a picture: 👩‍💻, ❤️.
const JOINED =
  /(?<=\p{Emoji}\ufe0f?|\p{Emoji_Modifier})\u200d(?=\p{Extended_Pictographic})|(?<=\p{Emoji})[\ufe0e\ufe0f]/u
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cf}\ufff9-\ufffb]/u
const LEFT_OUT = new RegExp(`${JOINED.source}|(${CONTROL.source}|${UNSEEN.source})`, "gu")

// {text, left}: what may be typed, and how many characters were left out.
export function clean(given) {
  let left = 0
  const text = given.replace(ENDS, "\n").replace(LEFT_OUT, (all, hidden) => {
    if (hidden === undefined) return all
    left += 1
    return ""
  })
  return { text, left }
}

// Whether some of it would run as it arrives: in a program that does not take a paste as one.
export const runs = (text, bracketed) => !bracketed && text.includes("\n")
