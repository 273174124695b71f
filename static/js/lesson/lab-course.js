// <lab-course> – the list of lessons on the first page, with how far the learner has come in each.

import { api, secret, session } from "../shared/session.js"

export default class LabCourse extends HTMLElement {
  connectedCallback() {
    session.addEventListener("entered", () => this.load())
  }

  async load() {
    const { lessons } = await api("/api/progress").catch((error) => locked(error))
    for (const row of this.querySelectorAll("[data-lesson]"))
      fill(row, Object.values(lessons[row.dataset.lesson] ?? {}))
    const next = [...this.querySelectorAll("[data-lesson]")].find((row) => row.dataset.state !== "done")
    if (next)
      this.#point(
        next.dataset.state === "begun" ? "Go on with" : "Start with",
        next.querySelector(".course-title").textContent,
        next.querySelector("a").href,
      )
    else this.#point("All done. Look back at", "what you did", "/mine")
  }

  // Private

  #point(verb, name, address) {
    const start = document.querySelector(".course-start")
    start.href = address
    start.querySelector(".course-start-verb").textContent = verb
    start.querySelector(".course-start-name").textContent = name
    start.hidden = false
  }
}

// A key that is not valid any more has its own panel; everything else is an error to be seen.
function locked(error) {
  if (secret()) throw error
  return { lessons: {} }
}

function fill(row, verdicts) {
  const total = Number(row.dataset.steps)
  const done = verdicts.filter(({ verdict }) => verdict === "passed").length
  row.dataset.state = done >= total && total ? "done" : done ? "begun" : "new"
  row.querySelector(".course-progress").textContent =
    done >= total ? "✓ Done" : done ? `${done} of ${total} steps done` : `${total} steps`
  const bar = row.querySelector("progress")
  bar.value = done
  bar.hidden = !done
}
