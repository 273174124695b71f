// Texts of the scenes: signals, exit codes, times, and text that has to fit. Pure. Times are seconds since the epoch on
// the engine's clock.

const SIGNALS = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  6: "SIGABRT",
  9: "SIGKILL",
  10: "SIGUSR1",
  11: "SIGSEGV",
  12: "SIGUSR2",
  13: "SIGPIPE",
  14: "SIGALRM",
  15: "SIGTERM",
  18: "SIGCONT",
  19: "SIGSTOP",
  28: "SIGWINCH",
}

export const signalName = (number) => SIGNALS[number] ?? `signal ${number}`

// 137 is split into 128 + 9 only if that signal was seen: a program may also exit with 137 by itself.
export function exitParts(container) {
  const number = container.exit_code - 128
  const seen = container.signals.some(([, sent]) => sent === number) || (container.oom && number === 9)
  return number > 0 && seen ? { base: 128, number, name: signalName(number) } : null
}

export function exitText(container) {
  if (container.exit_code === null) return "ended"
  const parts = exitParts(container)
  return parts ? `exit ${container.exit_code} = 128 + ${parts.number}` : `exit ${container.exit_code}`
}

export const seconds = (value, digits = 1) => `${Math.max(0, value).toFixed(digits)} s`

export function clock(at) {
  const date = new Date(at * 1000)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":")
}

export function size(bytes) {
  if (!(bytes > 0)) return ""
  const units = ["B", "kB", "MB", "GB"]
  const power = Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${value < 10 && power ? value.toFixed(1) : Math.round(value)} ${units[power]}`
}

// Memory in the unit in which limits are typed: `-m 64m` is 64 MiB.
export const mebibytes = (value) => `${Number((value / 2 ** 20).toFixed(1))} MiB`

export function cut(text, length) {
  const letters = [...text]
  return letters.length <= length ? text : `${letters.slice(0, Math.max(1, length - 1)).join("")}…`
}

// Wraps a text into lines of at most `length` letters; the last of `most` lines is cut.
export function wrap(text, length, most) {
  const lines = [""]
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word
    if (longer.length <= length || !lines.at(-1)) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  const kept = lines.slice(0, most)
  if (lines.length > most) kept[most - 1] = cut(lines.slice(most - 1).join(" "), length)
  return kept.map((line) => cut(line, length))
}

export const many = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`

export const commandOf = (container) => (container.command ?? []).join(" ")

export const execText = (joined) => joined.command || "a second command"

export function imageText(image) {
  const tag = image.tags?.[0]
  if (!tag) return { name: (image.id ?? "").replace("sha256:", "").slice(0, 12), tag: "no name" }
  const colon = tag.lastIndexOf(":")
  return colon > tag.lastIndexOf("/")
    ? { name: tag.slice(0, colon), tag: tag.slice(colon + 1) }
    : { name: tag, tag: "" }
}

// Returns all names of an image: `busybox, also mine:1`.
export function imageNames(image) {
  const [first, ...others] = (image.tags ?? []).map((tag) => tag.replace(/:latest$/, ""))
  return first ? [first, ...others.map((name) => `also ${name}`)].join(", ") : imageText(image).name
}
