// What this browser remembers of how the page looks: sizes, theme, which pane. Never anything secret.

const PREFIX = "slipway.look."

// A browser may keep nothing for a page, least of all for one that lies in a folder; then it forgets.
const store = (() => {
  try {
    return localStorage
  } catch {
    return null
  }
})()

export const recall = (name) => store?.getItem(PREFIX + name) ?? null

// Calls `act` when another window of this browser remembers something under the name.
export const heard = (name, act) => addEventListener("storage", ({ key }) => key === PREFIX + name && act())

export const remember = (name, value) => store?.setItem(PREFIX + name, value)
