// A link that a program put on other text (OSC 8) may lead elsewhere than it says, so its address is shown before it is
// opened.

import { h } from "../shared/dom.js"

export const openLink = (address) => {
  if (/^https?:\/\//i.test(address)) open(address, "_blank", "noopener,noreferrer")
}

export function confirmLink(address, place, terminal) {
  const dialog = h(
    "dialog",
    { class: "terminal-paste", "aria-label": "Open this address?" },
    h("h2", {}, "Open this address?"),
    h("p", {}, "A program in the terminal made this link. It leads to:"),
    h("pre", { tabindex: 0, role: "region", "aria-label": "The address" }, address),
    h(
      "form",
      { method: "dialog" },
      h("button", { class: "quiet", autofocus: true }, "Cancel"),
      h("button", { class: "primary", value: "open" }, "Open"),
    ),
  )
  dialog.addEventListener("close", () => {
    dialog.remove()
    terminal.focus()
    if (dialog.returnValue === "open") openLink(address)
  })
  place.append(dialog)
  dialog.showModal()
}
