// How a command ended, in words for those who listen: a failure always, a success only when it was waited for. Pure.

const WAITED = 5 // seconds
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

// "" where there is nothing to say.
export function spoken(status, took) {
  const after = took >= WAITED ? `after ${lasted(Math.round(took))}` : ""
  const signal = SIGNALS[status - 128]
  if (status) return `${["Ended with exit code " + status, signal, after].filter(Boolean).join(", ")}.`
  return after && `Finished ${after}.`
}

function lasted(seconds) {
  const parts = [count(Math.floor(seconds / 60), "minute"), count(seconds % 60, "second")]
  return parts.filter(Boolean).join(" ")
}

const count = (number, what) => number && `${number} ${what}${number === 1 ? "" : "s"}`
