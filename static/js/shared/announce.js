// Announces messages to screen readers through one polite live region. Messages that arrive together are read as one;
// beyond a maximum they are counted instead.

const BATCH = 150 // milliseconds
const MAX_MESSAGES = 4
let queue = []

export function announce(text) {
  if (!queue.length) setTimeout(flush, BATCH)
  queue.push(text)
}

function flush() {
  const more = queue.length - MAX_MESSAGES
  const words = more > 0 ? [...queue.slice(0, MAX_MESSAGES), `And ${more} more.`] : queue
  queue = []
  const line = document.createElement("p")
  line.textContent = words.join(" ")
  document.getElementById("announcements")?.append(line)
  setTimeout(() => line.remove(), 8000)
}
