// <lab-course> – the list of lessons on the first page, with the learner's progress in each.

import { api, secret, session } from "../shared/session.js"

export default class LabCourse extends HTMLElement {
  connectedCallback() {
    session.addEventListener("signed-in", () => this.load())
  }

  async load() {
    const { lessons } = await api("/api/progress").catch((error) => locked(error))
    for (const row of this.querySelectorAll("[data-lesson]"))
      fill(row, Object.values(lessons[String(row.dataset.lesson)] ?? {}))
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
    const start = document.querySelector("a.course-start")
    start.href = address
    start.querySelector(".course-start-verb").textContent = verb
    start.querySelector(".course-start-name").textContent = name
    start.hidden = false
  }
}

// An invalid secret has its own dialog; everything else is an error to show.
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
