// <lab-report of="report|mine"> – what was done, by the class or by the learner: to read, print and download.

import { h, phrase, sentence } from "../shared/dom.js"
import { count, clock, heading, durationText, stateText, table } from "./report-text.js"
import { api, download, secret } from "../shared/session.js"

const NAMES = { report: "slipway-class.csv", mine: "slipway-my-course.csv" }

export default class LabReport extends HTMLElement {
  connectedCallback() {
    this.querySelector(".report-print").addEventListener("click", () => print())
    this.querySelector(".report-csv").addEventListener("click", () => this.#save())
  }

  async load() {
    try {
      const report = await api(`/api/${this.#of}`)
      this.querySelector(".report-body").replaceChildren(...(this.#of === "mine" ? mine(report) : room(report)))
      this.#say(this.#of === "mine" ? summary(report) : attendance(report))
      this.querySelector(".report-of").textContent = heading(report)
      this.#come(report.personal)
    } catch (error) {
      if (secret()) this.#say(error.message)
    }
  }

  // Private

  get #of() {
    return this.getAttribute("of")
  }

  async #save() {
    try {
      await download(`/api/${this.#of}.csv`, NAMES[this.#of])
    } catch (error) {
      this.#say(error.message)
    }
  }

  #come(personal) {
    const place = this.querySelector(".report-personal")
    if (!place || !personal) return
    place.querySelector(".report-code").textContent = personal
    place.hidden = false
  }

  #say(text) {
    this.querySelector(".report-say").textContent = text
  }
}

// The class: a table per lesson, a row per learner, a column per step; below it what went wrong, to plan the next
// class.
function room(report) {
  return table(report).map(({ title, steps, rows, others, wrongs }) =>
    h(
      "section",
      { class: "report-lesson" },
      h("h2", {}, title),
      h(
        "div",
        { class: "report-wide", tabindex: "0", role: "region", "aria-label": title },
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              h("th", { scope: "col" }, "Name"),
              ...steps.map((step) => h("th", { scope: "col" }, step.title)),
            ),
          ),
          h(
            "tbody",
            {},
            ...rows.map(({ name, cells }) =>
              h("tr", {}, h("th", { scope: "row" }, h("bdi", {}, name)), ...cells.map(cell)),
            ),
          ),
        ),
      ),
      others.length
        ? h(
            "p",
            { class: "report-others" },
            "Not begun by ",
            ...listed(others.map((name) => ({ name, times: 1 }))),
            ".",
          )
        : null,
      wrongs.length ? h("h3", { class: "report-wrong" }, "What went wrong") : null,
      h("ul", { class: "report-wrongs" }, ...wrongs.map(wrong)),
    ),
  )
}

function wrong({ step, say, who }) {
  return h(
    "li",
    {},
    h("b", {}, count(who.length, "learner")),
    ` at ${step}: `,
    ...sentence(say),
    " ",
    h("small", {}, ...listed(who)),
  )
}

const listed = (who) =>
  who.flatMap(({ name, times }, at) => [at ? ", " : "", h("bdi", {}, name), times > 1 ? ` (${times}×)` : ""])

function cell(line) {
  if (!line) return h("td", { class: "report-none" }, h("span", { "aria-label": "not begun" }, "–"))
  const slips = line.mistakes.length
    ? h("small", { class: "report-slips" }, count(line.mistakes.length, "mistake"))
    : null
  const help = [line.hints && count(line.hints, "hint"), line.solutions && "solution"].filter(Boolean).join(", ")
  return h(
    "td",
    { "data-state": line.state },
    h("span", { class: "report-state" }, stateText(line)),
    slips,
    help ? h("small", {}, help) : null,
  )
}

// The learner's own report: each step with its commands, what the lab saw, and when.
function mine(report) {
  const lessons = Map.groupBy(report.lines, ({ lesson }) => lesson)
  return [...lessons].map(([title, lines]) =>
    h("section", { class: "report-lesson" }, h("h2", {}, title), ...lines.map(stepSection)),
  )
}

function stepSection(line) {
  return h(
    "article",
    { class: "report-step", "data-state": line.state },
    h("h3", {}, line.step, " ", h("span", { class: "report-state" }, stateText(line))),
    h("ol", {}, ...line.deeds.filter(({ kind }) => kind in TEXTS).map(activity)),
  )
}

const TEXTS = {
  command: "",
  passed: "Passed: ",
  mistake: "",
  hint: "A hint",
  solution: "The solution was looked at",
  again: "Began the lesson anew",
  afresh: "A fresh engine",
  help: "Asked for help",
  told: "Told by the instructor: ",
  skipped: "Skipped",
}

const SAID = ["mistake", "told"] // written by a person; everything else is engine output or empty

function activity({ at, kind, text }) {
  const said =
    kind === "command" ? [h("code", {}, text)] : [TEXTS[kind], ...(SAID.includes(kind) ? sentence : phrase)(text)]
  return h(
    "li",
    { "data-kind": kind },
    h("time", { datetime: new Date(at * 1000).toISOString() }, clock(at)),
    h("span", {}, ...said),
  )
}

function summary({ lines }) {
  if (!lines.length) return "Nothing yet. What you do in the lessons is written down here."
  const passed = lines.filter(({ state }) => state === "passed")
  const took = passed.reduce((sum, { seconds }) => sum + seconds, 0)
  return `${count(passed.length, "step")} passed, in ${durationText(took)}, with ${count(
    lines.reduce((sum, { commands }) => sum + commands, 0),
    "command",
  )}.`
}

function attendance({ people, lines }) {
  if (!people.length) return "Nobody has joined this class yet."
  const passed = lines.filter(({ state }) => state === "passed").length
  return `${count(people.length, "learner")}, ${count(passed, "step")} passed.`
}
