// A form for the instructor's own message. `send` gets the text and returns whether it was sent.

import { h } from "../shared/dom.js"

const LONGEST = 500 // characters, as in slipway/core/classroom/activity.py

export function messageForm(label, send) {
  const field = h("textarea", {
    rows: "2",
    maxlength: String(LONGEST),
    "aria-label": label,
    placeholder: "Your own sentence. `backquotes` make code.",
  })
  const form = h("form", { class: "composer", hidden: true }, field, h("button", { class: "primary small" }, "Send"))
  let busy = false
  const submit = async (event) => {
    event.preventDefault()
    if (busy) return
    busy = true
    const text = field.value
    try {
      if ((await send(text)) && field.value === text) field.value = ""
    } finally {
      busy = false
    }
  }
  form.addEventListener("submit", submit)
  // Enter sends, Shift-Enter starts a new line, and during input method composition Enter only accepts the word.
  field.addEventListener(
    "keydown",
    (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && submit(event),
  )
  form.toggle = () => {
    form.hidden = !form.hidden
    if (!form.hidden) field.focus()
    return !form.hidden
  }
  return form
}
