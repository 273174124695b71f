// Says things to people who listen instead of look: one polite live region for the whole page.

export function announce(text) {
  const region = document.getElementById("announcements")
  const line = document.createElement("p")
  line.textContent = text
  region?.append(line)
  setTimeout(() => line.remove(), 8000)
}
