// Says things to people who listen instead of look: one polite live region for the whole page.
// What happens all at once is said in one breath, and a flood is counted instead of read out.

const BREATH = 150 // milliseconds
const MOST = 4
let waiting = []

export function announce(text) {
  if (!waiting.length) setTimeout(say, BREATH)
  waiting.push(text)
}

function say() {
  const more = waiting.length - MOST
  const words = more > 0 ? [...waiting.slice(0, MOST), `And ${more} more.`] : waiting
  waiting = []
  const line = document.createElement("p")
  line.textContent = words.join(" ")
  document.getElementById("announcements")?.append(line)
  setTimeout(() => line.remove(), 8000)
}
