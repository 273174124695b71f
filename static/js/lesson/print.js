// Unfolds what is folded while the page is printed, and folds it again afterwards.

const PRINT = matchMedia("print")
let opened = []

export const unfoldForPrint = () => PRINT.addEventListener("change", () => (PRINT.matches ? unfold() : fold()))

function unfold() {
  opened = [...document.querySelectorAll("#lesson details:not([open])")]
  for (const one of opened) one.open = true
}

function fold() {
  for (const one of opened) one.open = false
  opened = []
}
