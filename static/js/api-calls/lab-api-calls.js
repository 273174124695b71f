// <lab-api-calls> – the calls of the learner's Docker client as they happen. Knows no socket; the logic is in calls.js.

import { announce } from "../shared/announce.js"
import { copy } from "../shared/clipboard.js"
import { curl } from "./curl.js"
import { h } from "../shared/dom.js"
import { feedOf } from "../shared/feed.js"
import { foldCalls, inside, meaning, outcome, pending, isRoutine, shortPath } from "./calls.js"

export default class LabApiCalls extends HTMLElement {
  /** @type {import("../shared/feed.js").Feed} */
  #feed
  #calls = []
  #rows = new Map()
  /** @type {HTMLElement} */
  #list
  /** @type {HTMLElement} */
  #empty
  #timer
  /** @type {number | null} */
  #frame = null
  #following = true

  connectedCallback() {
    this.#feed = feedOf(this)
    this.#list = h("ol", { class: "api-calls-list" })
    this.#empty = h(
      "p",
      { class: "api-calls-empty" },
      "Each docker command is one or more calls to the engine. They appear here as your client makes them.",
    )
    this.append(this.#empty, this.#list)
    this.addEventListener("scroll", () => (this.#following = this.#low))
    this.addEventListener("toggle", () => (this.#following = this.#low), true) // an opened call is being read
    new ResizeObserver(() => this.#follow()).observe(this)
    this.#feed.addEventListener("story", ({ detail }) => this.#take(detail))
  }

  // Private

  #take({ event, history }) {
    if (history) this.#calls = history.reduce((calls, [, one]) => foldCalls(calls, one), [])
    else this.#calls = foldCalls(this.#calls, event)
    if (this.#frame === null) this.#frame = requestAnimationFrame(() => this.#draw())
  }

  #draw() {
    this.#frame = null
    clearTimeout(this.#timer)
    const now = this.#feed.now()
    const kept = new Set(this.#calls.map((call) => call.call))
    for (const [id, row] of this.#rows) if (!kept.has(id)) this.#drop(id, row)
    for (const call of this.#calls) this.#row(call, now)
    this.#empty.hidden = this.#calls.length > 0
    this.#follow()
    if (this.#calls.some(pending)) this.#timer = setTimeout(() => this.#draw(), 200)
  }

  get #low() {
    return this.scrollHeight - this.scrollTop - this.clientHeight < 40
  }

  // Keeps the newest call visible, unless the learner has scrolled back.
  #follow() {
    if (this.#following) this.scrollTop = this.scrollHeight
  }

  #drop(id, row) {
    row.remove()
    this.#rows.delete(id)
  }

  #row(call, now) {
    const key = JSON.stringify([call.kind, pending(call) ? Math.round(now * 5) : 0])
    let row = this.#rows.get(call.call)
    if (row?.dataset.key === key) return
    if (!row) this.#rows.set(call.call, (row = this.#list.appendChild(this.#born())))
    row.dataset.key = key
    row.className = state(call)
    fill(row, call, now)
  }

  #born() {
    return h(
      "li",
      {},
      h("p", { class: "api-calls-meaning" }),
      h(
        "p",
        { class: "api-calls-call" },
        h("span", { class: "api-calls-method" }),
        " ",
        h("span", { class: "api-calls-path" }),
      ),
      h("p", { class: "api-calls-outcome" }),
      h("p", { class: "api-calls-why" }),
      h("details", { class: "api-calls-inside" }, h("summary", {}, "Details"), h("div", {})),
      h("button", { type: "button", class: "quiet small api-calls-copy" }, "curl"),
    )
  }
}

function fill(row, call, now) {
  const put = (name, text) => {
    const part = row.querySelector(`.api-calls-${name}`)
    part.textContent = text
    part.hidden = !text
  }
  put("meaning", meaning(call))
  row.querySelector(".api-calls-meaning").dataset.call = `${call.method} ${shortPath(call.path)}`
  put("method", call.method)
  put("path", shortPath(call.path))
  put("outcome", outcome(call, now))
  put("why", call.message ?? "")
  open(row.querySelector(".api-calls-inside"), call)
  const button = row.querySelector(".api-calls-copy")
  button.hidden = !curl(call).command
  button.setAttribute("aria-label", `Copy as curl: ${meaning(call)}`)
  button.onclick = () => take(button, call)
}

// The request body and the answer, folded until opened, and drawn only then.
function open(details, call) {
  const parts = [...inside(call), ...(curl(call).why ? [["No curl", curl(call).why]] : [])]
  details.hidden = !parts.length
  details.firstElementChild.textContent = parts.map(([name]) => name).join(" · ")
  details.firstElementChild.setAttribute("aria-label", `${parts.map(([name]) => name).join(", ")} of: ${meaning(call)}`)
  const show = () =>
    details.open &&
    details.lastElementChild.replaceChildren(
      ...parts.flatMap(([name, words]) => [
        h("p", { class: "api-calls-part" }, name),
        h("pre", { tabindex: "0", role: "group", "aria-label": name }, words),
      ]),
    )
  details.ontoggle = show
  show()
}

async function take(button, call) {
  try {
    await copy(curl(call).command)
    button.textContent = "Copied"
    announce("The call is copied as a curl command.")
  } catch (error) {
    button.textContent = "Not copied"
    announce(error.message)
  }
  setTimeout(() => (button.textContent = "curl"), 2000)
}

function state(call) {
  if (call.refused) return "refused"
  if (pending(call)) return "pending"
  if (call.status >= 400) return "failed"
  return isRoutine(call) ? "hushed" : "fine"
}
