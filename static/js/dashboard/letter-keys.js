// Whether a key press is meant for the dashboard: nobody is typing, and no dialog is open.
export const isSingleKey = ({ ctrlKey, altKey, metaKey, target }) =>
  !ctrlKey &&
  !altKey &&
  !metaKey &&
  !document.querySelector("dialog[open]") &&
  !target.matches?.("input, textarea, select")
