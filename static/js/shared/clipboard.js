// Copies text, even where the page is not served over https (a class on a local network) and browsers offer no
// clipboard interface.

export async function copy(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text)
  const field = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" })
  const before = document.activeElement
  document.body.append(field)
  field.select()
  const done = document.execCommand("copy")
  field.remove()
  before?.focus()
  if (!done) throw new Error("This browser does not let the page copy. Select the text and copy it.")
}
