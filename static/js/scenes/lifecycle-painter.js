// Draws the layout of lifecycle.js. Knows nothing of the world behind it. Parts keep their element from one picture to
// the next, so that a card which changes its lane travels there (by CSS, which also honours prefers-reduced-motion).

import { dress, svg } from "../shared/dom.js"
import { Parts, ArrowHeads } from "./painter.js"

const GONE = 600 // milliseconds for a removed card to fade

export class Painter {
  #root
  #cards = new Map()
  #arrowHeads = new ArrowHeads("tip")
  #runs

  constructor(root) {
    this.#root = root
    root.append(
      this.#arrowHeads.defs,
      ...["lanes", "arrows", "theatre", "runs", "cards"].map((name) => svg("g", { class: name })),
    )
    this.#runs = new Parts(this.#part("runs"), this.#arrowHeads)
  }

  paint(picture) {
    dress(this.#root, { viewBox: `0 0 ${picture.width} ${picture.height}`, class: picture.stale ? "stale" : "" })
    this.#part("lanes").replaceChildren(...picture.lanes.map(lane))
    this.#arrows(picture.arrows)
    this.#theatre(picture)
    this.#runs.paint(picture.runs)
    this.#moveCards(picture.cards)
  }

  // Private

  #part(name) {
    return this.#root.querySelector(`g.${name}`)
  }

  #arrows(arrows) {
    const group = this.#part("arrows")
    for (const one of arrows) {
      const drawn =
        group.querySelector(`[data-key="${one.key}"]`) ??
        group.appendChild(arrow(one, this.#arrowHeads.at("url(#tip)")))
      dress(drawn.querySelector("path"), { d: `M${one.x1} ${one.y1}L${one.x2} ${one.y2}` })
      dress(drawn.querySelector("text"), { x: one.text, y: one.base, "text-anchor": one.anchor })
    }
  }

  #theatre(picture) {
    const show = picture.theatre
      ? timeline(picture)
      : picture.runs.length
        ? [rule(picture.stage)]
        : picture.stage
          ? waiting(picture.stage)
          : []
    this.#part("theatre").replaceChildren(...show)
  }

  #moveCards(cards) {
    const seen = new Set(cards.map((card) => card.id))
    for (const [id, drawn] of this.#cards) if (!seen.has(id)) this.#fade(id, drawn)
    for (const card of cards) this.#place(card)
  }

  #place(card) {
    const drawn = this.#cards.get(card.id) ?? this.#create(card)
    const came = drawn.dataset.lane
    if (came && came !== card.lane) this.#highlight(came, card.lane)
    drawn.dataset.lane = card.lane
    drawn.style.transform = `translate(${card.x}px, ${card.y}px)`
    drawn.setAttribute("class", classes(card))
    drawn.replaceChildren(...face(card))
  }

  // A container is made from an image: its card starts at the image's lane and passes `create`.
  #create(card) {
    const drawn = this.#part("cards").appendChild(svg("g"))
    this.#cards.set(card.id, drawn)
    const first = this.#cards.size === 1 || card.kind !== "container"
    if (first) return drawn
    drawn.style.transform = this.#startPosition(card)
    this.#highlight("image", "created")
    drawn.getBoundingClientRect()
    return drawn
  }

  #startPosition(card) {
    const image = this.#root.querySelector('g.card[data-lane="image"]')
    return image?.style.transform || `translate(${card.x}px, ${card.y - 12}px)`
  }

  #fade(id, drawn) {
    this.#cards.delete(id)
    drawn.classList.add("gone")
    setTimeout(() => drawn.remove(), GONE)
  }

  #highlight(from, to) {
    const key = {
      "image>created": "create",
      "created>running": "start",
      "running>exited": "ends",
      "exited>running": "again",
    }[`${from}>${to}`]
    const drawn = this.#root.querySelector(`[data-key="${key}"]`)
    if (!drawn) return
    drawn.classList.remove("lit")
    drawn.getBoundingClientRect()
    drawn.classList.add("lit")
  }
}

function lane({ key, label, note, x, y, width, height, count }) {
  const drawn = svg(
    "g",
    { class: `lane lane-${key}` },
    svg("rect", { x, y, width, height, rx: 12 }),
    textAt("lane-name", x + 13, y + 23, label),
    textAt("lane-count", x + width - 13, y + 23, count || "", "end"),
  )
  if (!count) drawn.append(...ghost(note, x + 10, y + 34, width - 20))
  return drawn
}

function ghost(note, x, y, width) {
  const height = 14 + note.length * 17
  const lines = note.map((line, index) => textAt("ghost-words", x + 11, y + 21 + index * 17, line))
  return [svg("rect", { class: "ghost", x: x + 0.75, y, width: width - 1.5, height, rx: 9 }), ...lines]
}

function arrow({ key, verb, typed }, tip) {
  return svg(
    "g",
    { class: typed ? "arrow typed" : "arrow", "data-key": key },
    svg("path", { "marker-end": tip }),
    textAt("verb", 0, 0, verb),
  )
}

const classes = (card) =>
  ["card", card.kind, card.alive ? "alive" : "", card.paused ? "paused" : "", `tone-${card.tone}`]
    .filter(Boolean)
    .join(" ")

function face(card) {
  const { width, height } = card
  const parts = [svg("title", {}, card.full)]
  if (card.kind === "image") parts.push(svg("path", { class: "layers", d: `M6 ${height + 2.5}H${width - 6}` }))
  parts.push(svg("rect", { x: 0.75, y: 0.75, width: width - 1.5, height: height - 1.5, rx: 9 }))
  parts.push(textAt("name", 12, 20, card.shown))
  if (card.alive) parts.push(...pulse(card))
  parts.push(textAt("line", card.alive ? 26 : 12, 38, card.line))
  if (card.ring) parts.push(ring(width - 24, height / 2, 16, card.ring))
  return parts
}

function pulse({ paused }) {
  if (paused) return [svg("path", { class: "beat", d: "M14 29V38M19 29V38" })]
  return [svg("circle", { class: "beat", cx: 16.5, cy: 33.5, r: 4.5 })]
}

// The remaining grace period as a closing ring, with the seconds as a number.
function ring(x, y, r, { left, share }) {
  const round = 2 * Math.PI * r
  return svg(
    "g",
    { class: "ring", transform: `translate(${x} ${y})` },
    svg("circle", { class: "track", r }),
    svg("circle", { class: "left", r, "stroke-dasharray": `${round * share} ${round}`, transform: "rotate(-90)" }),
    textAt("count", 0, 4.5, left === null ? "∞" : left.toFixed(left < 9.95 ? 1 : 0), "middle"),
  )
}

function timeline({ theatre, stage }) {
  const { heading, tone, axis, bar, marks, end } = theatre
  return [
    rule(stage),
    ...heading.map((line, index) => textAt(`heading tone-${tone}`, stage.x + 4, stage.y + 22 + index * 18, line)),
    svg("path", { class: "axis", d: `M${axis.left} ${axis.y}H${axis.right}` }),
    svg("path", { class: `bar tone-${tone}`, d: `M${bar.from} ${axis.y}H${Math.max(bar.to, bar.from + 0.01)}` }),
    ...marks.map((mark) => markOf(mark, axis)),
    ...(end
      ? endOf(end, axis)
      : [
          textAt("tick", axis.left, axis.y + 30, "0 s", "middle"),
          textAt("tick", axis.right, axis.y + 30, `${Math.round(axis.span)} s`, "middle"),
        ]),
    ...(theatre.ring ? [svg("circle", { class: `head tone-${tone}`, cx: theatre.ring.x, cy: axis.y, r: 7 })] : []),
  ]
}

function markOf(mark, axis) {
  const caption = textAt("mark-name", mark.text, axis.y - 20, mark.label)
  caption.append(svg("tspan", { class: "mark-time", dx: 6 }, mark.when))
  return svg(
    "g",
    { class: `mark tone-${mark.tone} ${mark.expected ? "expected" : ""}` },
    svg("path", { d: `M${mark.x} ${axis.y - 13}V${axis.y + 13}` }),
    caption,
  )
}

function endOf(end, axis) {
  return [
    svg("path", { class: "end", d: `M${end.x} ${axis.y - 9}V${axis.y + 15}` }),
    textAt("end-words", end.text, axis.y + 32, end.label, "middle"),
  ]
}

function waiting(stage) {
  const [left, right, y] = [stage.x + 36, stage.x + stage.width - 36, stage.y + 6 + stage.axis]
  return [
    rule(stage),
    textAt("heading quiet", stage.x + 4, stage.y + 22, "No signal yet: the first stop or kill is timed here."),
    svg("path", { class: "axis", d: `M${left} ${y}H${right}` }),
    textAt("tick", left, y + 30, "0 s", "middle"),
    textAt("tick", right, y + 30, "10 s", "middle"),
  ]
}

const rule = (stage) => svg("path", { class: "rule", d: `M${stage.x + 2} ${stage.y}H${stage.x + stage.width - 2}` })

const textAt = (name, x, y, text, anchor = "start") =>
  svg("text", { class: name, x, y, "text-anchor": anchor }, String(text))
