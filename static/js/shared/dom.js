// Creates elements. Text is always inserted as text: what an engine says is never markup.

// h("button", {class: "quiet", type: "button", onclick: f}, "Run", …)
export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  dress(made, attributes)
  made.append(...children.filter((child) => child !== null && child !== undefined))
  return made
}

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  dress(made, attributes)
  made.append(...children)
  return made
}

// Returns text as nodes, with the parts between backquotes as code.
export function phrase(text) {
  return text.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part))
}

// Returns a sentence written by the lesson's author: code as above, *words* between asterisks emphasised. Not for
// engine output, where an asterisk is an asterisk.
export function sentence(text) {
  return phrase(text).flatMap((part) => (typeof part === "string" ? stressed(part) : part))
}

function stressed(text) {
  return text.split(/(?<!\w)\*(\w[^*]*)\*(?!\w)/).map((part, index) => (index % 2 ? h("em", {}, part) : part))
}

export function dress(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value)
    else if (value === false || value === null || value === undefined) element.removeAttribute(name)
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : value)
  }
}
