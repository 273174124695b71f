// Whether a key press is meant for the wall: nobody is writing, and no dialog lies above it.
export const isLetter = ({ ctrlKey, altKey, metaKey, target }) =>
  !ctrlKey &&
  !altKey &&
  !metaKey &&
  !document.querySelector("dialog[open]") &&
  !target.matches?.("input, textarea, select")
