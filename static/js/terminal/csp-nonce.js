// xterm.js makes its style sheets while it runs. The page's policy lets in only styles that carry the page's nonce,
// so each style element gets it when it is made. Import this before xterm.js.

const nonce = document.querySelector('meta[name="csp-nonce"]')?.content
const { createElement } = Document.prototype

if (nonce) {
  Document.prototype.createElement = function (name, options) {
    const made = createElement.call(this, name, options)
    if (made instanceof HTMLStyleElement) made.nonce = nonce
    return made
  }
}

// Letters in a colour of their own (24 bits, or moved to where they can be read) get it in an attribute `style`, which
// the policy forbids; the same through the object model is allowed. xterm.js does that to nothing but a span.
const { setAttribute } = HTMLSpanElement.prototype

HTMLSpanElement.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value
  else setAttribute.call(this, name, value)
}
