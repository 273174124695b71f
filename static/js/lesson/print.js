// What is folded away on the screen is open on paper, and folded again afterwards.

const PRINT = matchMedia("print")
let opened = []

export const unfoldOnPaper = () => PRINT.addEventListener("change", () => (PRINT.matches ? unfold() : fold()))

function unfold() {
  opened = [...document.querySelectorAll("#lesson details:not([open])")]
  for (const one of opened) one.open = true
}

function fold() {
  for (const one of opened) one.open = false
  opened = []
}
