// Draws the parts that a scene's layout lists. Knows nothing of the world behind them. A part keeps its element from
// one picture to the next, so that a card which changes its position travels there (by CSS, which also honours
// prefers-reduced-motion).

import { dress, svg } from "../shared/dom.js"

const GONE = 600 // milliseconds for a removed card to fade

export class Painter {
  #root
  #parts

  constructor(root) {
    const stage = svg("g")
    const arrowHeads = new ArrowHeads("tip", "tip-live")
    this.#root = root
    this.#parts = new Parts(stage, arrowHeads)
    root.append(arrowHeads.defs, stage)
  }

  paint(picture) {
    dress(this.#root, { viewBox: `0 0 ${picture.width} ${picture.height}`, class: picture.stale ? "stale" : "" })
    this.#parts.paint(picture.parts)
  }
}

// The arrow heads of one drawing, under unique ids: a hidden drawing's markers are not rendered in another.
export class ArrowHeads {
  static #drawings = 0
  #drawing = (ArrowHeads.#drawings += 1)

  constructor(...names) {
    this.defs = svg("defs", {}, ...names.map((name) => arrowHead(name, this.#id(name))))
  }

  at(reference) {
    return reference?.replace(/#([\w-]+)/, (_, name) => `#${this.#id(name)}`)
  }

  #id(name) {
    return `${name}-${this.#drawing}`
  }
}

// The parts inside one group of a drawing.
export class Parts {
  #stage
  #arrowHeads
  #drawn = new Map()

  constructor(stage, arrowHeads) {
    this.#stage = stage
    this.#arrowHeads = arrowHeads
  }

  paint(parts) {
    const seen = new Set(parts.map((part) => part.key))
    for (const [key, element] of this.#drawn) if (!seen.has(key)) this.#drop(key, element)
    let next = null
    for (const part of [...parts].reverse()) next = this.#place(part, next)
  }

  // Private

  #place(part, next) {
    const known = this.#drawn.get(part.key)
    const element = known ?? this.#create(part, next)
    if (part.kind === "group") update(element, part, this.#arrowHeads)
    else updated(element, part, this.#arrowHeads)
    return element
  }

  // A part with `from` is first drawn there.
  #create(part, next) {
    const element = svg(part.kind === "group" ? "g" : part.kind)
    this.#drawn.set(part.key, element)
    this.#stage.insertBefore(element, next)
    if (!part.from) return element
    element.setAttribute("class", part.class)
    element.style.transform = `translate(${part.from.x}px, ${part.from.y}px)`
    element.getBoundingClientRect()
    return element
  }

  #drop(key, element) {
    this.#drawn.delete(key)
    if (element.localName !== "g") return element.remove()
    element.classList.add("gone")
    setTimeout(() => element.remove(), GONE)
  }
}

function update(element, part, arrowHeads) {
  element.setAttribute("class", part.class)
  element.style.transform = `translate(${part.x}px, ${part.y}px)`
  const drawnAs = JSON.stringify([part.full, part.parts])
  if (element.drawnAs === drawnAs) return
  element.drawnAs = drawnAs
  const full = part.full ? [svg("title", {}, part.full)] : []
  element.replaceChildren(
    ...full,
    ...part.parts.map((child) =>
      child.kind === "group" ? nested(child, arrowHeads) : updated(svg(child.kind), child, arrowHeads),
    ),
  )
}

function nested(part, arrowHeads) {
  const element = svg("g")
  update(element, part, arrowHeads)
  return element
}

function updated(element, { kind, key, text, ...attributes }, arrowHeads) {
  dress(element, { ...attributes, "marker-end": arrowHeads.at(attributes["marker-end"]) })
  if (kind === "text" && element.textContent !== text) element.textContent = text
  return element
}

const arrowHead = (name, id) =>
  svg(
    "marker",
    {
      id,
      class: name,
      viewBox: "0 0 8 8",
      refX: 7,
      refY: 4,
      markerUnits: "userSpaceOnUse",
      markerWidth: 10,
      markerHeight: 10,
      orient: "auto",
    },
    svg("path", { d: "M0 0 8 4 0 8z" }),
  )
