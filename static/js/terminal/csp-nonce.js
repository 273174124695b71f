// xterm.js creates style sheets while it runs. The page's content security policy allows only styles with the page's
// nonce, so each style element gets it on creation. Import this before xterm.js.

const nonce = document.querySelector('meta[name="csp-nonce"]')?.content
const { createElement } = Document.prototype

if (nonce) {
  Document.prototype.createElement = function (name, options) {
    const made = createElement.call(this, name, options)
    if (made instanceof HTMLStyleElement) made.nonce = nonce
    return made
  }
}

// Colours outside the palette (24 bits, or adjusted for contrast) are set through a `style` attribute, which the policy
// forbids; the object model is allowed. xterm.js does this to spans only.
const { setAttribute } = HTMLSpanElement.prototype

HTMLSpanElement.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value
  else setAttribute.call(this, name, value)
}
