// Draws the parts that a scene's layout lists, and moves what has moved. Knows nothing of the world behind them.
// A part keeps its element from one picture to the next, so that a card which changes its place travels there (the
// travelling itself is CSS, which also honours prefers-reduced-motion).

import { dress, svg } from "../shared/dom.js"

const GONE = 600 // milliseconds that a removed card takes to fade

export class Painter {
  #root
  #parts

  constructor(root) {
    const stage = svg("g")
    const tips = new Tips("tip", "tip-live")
    this.#root = root
    this.#parts = new Parts(stage, tips)
    root.append(tips.defs, stage)
  }

  paint(picture) {
    dress(this.#root, { viewBox: `0 0 ${picture.width} ${picture.height}`, class: picture.stale ? "stale" : "" })
    this.#parts.paint(picture.parts)
  }
}

// The heads of a drawing's arrows, under names of its own: a drawing that is hidden lends its heads to no other.
export class Tips {
  static #drawings = 0
  #drawing = (Tips.#drawings += 1)

  constructor(...names) {
    this.defs = svg("defs", {}, ...names.map((name) => tip(name, this.#id(name))))
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
  #tips
  #drawn = new Map()

  constructor(stage, tips) {
    this.#stage = stage
    this.#tips = tips
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
    const element = known ?? this.#born(part, next)
    if (part.kind === "group") settle(element, part, this.#tips)
    else dressed(element, part, this.#tips)
    return element
  }

  // What comes from somewhere is first drawn there.
  #born(part, next) {
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

function settle(element, part, tips) {
  element.setAttribute("class", part.class)
  element.style.transform = `translate(${part.x}px, ${part.y}px)`
  const told = JSON.stringify([part.full, part.parts])
  if (element.told === told) return
  element.told = told
  const full = part.full ? [svg("title", {}, part.full)] : []
  element.replaceChildren(
    ...full,
    ...part.parts.map((child) =>
      child.kind === "group" ? nested(child, tips) : dressed(svg(child.kind), child, tips),
    ),
  )
}

function nested(part, tips) {
  const element = svg("g")
  settle(element, part, tips)
  return element
}

function dressed(element, { kind, key, text, ...attributes }, tips) {
  dress(element, { ...attributes, "marker-end": tips.at(attributes["marker-end"]) })
  if (kind === "text" && element.textContent !== text) element.textContent = text
  return element
}

const tip = (name, id) =>
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
