// A report as text and tables. Pure.

export const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`

// Returns a duration: 48 s, 3 min, 1 h 20 min.
export function durationText(seconds) {
  const minutes = Math.round(seconds / 60)
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

// Returns the time of day on this reader's clock.
export const clock = (at) =>
  new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })

export const day = (at) =>
  new Date(at * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" })

// Returns the heading, so that a printed report shows whose it is and when it was: a class by its code, a person by
// name.
export function heading({ code, name, lines }, write = day) {
  const days = [...new Set([lines.at(0), lines.at(-1)].filter(Boolean).map(({ began }) => write(began)))]
  return [code ? `Class ${code}` : name, days.join(" to ")].filter(Boolean).join(" · ")
}

export function stateText({ state, seconds }) {
  if (state === "passed") return `✓ ${durationText(seconds)}`
  return state === "skipped" ? "skipped" : "… begun"
}

// Returns the lessons with any activity: a row for each learner who did something, a cell or null for each step; and
// the names of the others.
export function table({ people, lessons, lines }) {
  const found = new Map(lines.map((line) => [`${line.learner} ${line.slug}`, line]))
  return lessons
    .filter(({ slug }) => lines.some((line) => line.slug.startsWith(`${slug}/`)))
    .map(({ slug, title, steps }) => ({
      title,
      steps,
      rows: people.map(({ learner, name }) => ({
        name,
        cells: steps.map((step) => found.get(`${learner} ${slug}/${step.slug}`) ?? null),
      })),
    }))
    .map((one) => ({
      ...one,
      rows: one.rows.filter(began),
      others: one.rows.filter((row) => !began(row)).map(({ name }) => name),
      wrongs: wrongs(one),
    }))
}

const began = ({ cells }) => cells.some(Boolean)

const timesOf = (mistakes, say) => mistakes.filter((one) => one === say).length

// Returns each mistake of a lesson with who made it and how often, in the order of the steps, the most common first.
function wrongs({ steps, rows }) {
  return steps.flatMap(({ title }, at) => {
    const said = new Set(rows.flatMap(({ cells }) => cells[at]?.mistakes ?? []))
    return [...said]
      .map((say) => ({
        step: title,
        say,
        who: rows
          .map(({ name, cells }) => ({ name, times: timesOf(cells[at]?.mistakes ?? [], say) }))
          .filter(({ times }) => times),
      }))
      .sort((one, other) => other.who.length - one.who.length)
  })
}
