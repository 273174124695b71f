// The end of a command as a message for screen readers: a failure always, a success only after a wait. Pure.

const LONG = 5 // seconds
const SIGNALS = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  6: "SIGABRT",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
}

// Returns "" if there is nothing to say.
export function exitMessage(status, took) {
  const after = took >= LONG ? `after ${durationText(Math.round(took))}` : ""
  const signal = SIGNALS[status - 128]
  if (status) return `${["Ended with exit code " + status, signal, after].filter(Boolean).join(", ")}.`
  return after && `Finished ${after}.`
}

function durationText(seconds) {
  const parts = [count(Math.floor(seconds / 60), "minute"), count(seconds % 60, "second")]
  return parts.filter(Boolean).join(" ")
}

const count = (number, what) => number && `${number} ${what}${number === 1 ? "" : "s"}`
