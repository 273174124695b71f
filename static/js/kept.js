// What this browser remembers of how the page looks: sizes, theme, which pane. Never anything secret.

const PREFIX = "slipway.look."

export const recall = (name) => localStorage.getItem(PREFIX + name)

export const remember = (name, value) => localStorage.setItem(PREFIX + name, value)
