// The class dashboard in pure functions: the server's data arranged for display and put into words. Knows no DOM.

/**
 * @type {{order: string[], people: Record<string, any>, groups: any[], passed: Record<string, any>, engines: any[]}}
 */
export const EMPTY = { order: [], people: {}, groups: [], passed: {}, engines: [] }

// Returns the model after an update: all of it, or only what has changed.
export function merge(model, told) {
  const all = { ...model.people, ...told.people }
  const order = told.order ?? model.order
  return { ...model, ...told, order, people: Object.fromEntries(order.map((who) => [who, all[who]])) }
}

export const STATES = {
  stuck: { sign: "!", words: "stuck" },
  working: { sign: "", words: "at work" },
  idle: { sign: "z", words: "silent" },
  passed: { sign: "✓", words: "done" },
  lost: { sign: "×", words: "not connected" },
}

// Returns how many are in each state, in the order of STATES, and how many have raised a hand.
export function counts({ people }) {
  const all = Object.values(people)
  const states = Object.keys(STATES).map((state) => ({ state, many: all.filter((one) => one.state === state).length }))
  return { states, all: all.length, hands: all.filter((one) => one.hand).length }
}

// Returns the rows of the board: those who have not begun, then each lesson with a learner in it. A cell for each step
// and one for those who have finished; in each the learners in the order in which they joined, so that nobody changes
// position.
export function rows({ order, people, passed }, lessons) {
  const of = (lesson, step) => order.filter((who) => people[who].lesson === lesson && people[who].step === step)
  const made = lessons
    .filter(({ slug }) => order.some((who) => people[who].lesson === slug))
    .map(({ slug, number, title, steps }) => ({
      key: slug,
      number,
      title,
      cells: [
        ...steps.map((step, at) => ({
          key: `${slug}/${step.slug}`,
          name: `${number}.${at + 1}`,
          title: step.title,
          passed: passed[slug]?.[step.slug] ?? 0,
          people: of(slug, step.slug),
        })),
        { key: `${slug}/`, name: "✓", title: "The whole lesson", passed: null, people: of(slug, "") },
      ],
    }))
  const waiting = of("", "")
  return waiting.length
    ? [
        {
          key: "",
          number: "",
          title: "Not begun",
          cells: [{ key: "/", name: "", title: "Not begun", passed: null, people: waiting }],
        },
        ...made,
      ]
    : made
}

// Returns a cell's width in thirds of a step, so that a crowd does not become a tower; only three widths, so that it
// seldom changes.
export const width = (many) => (many > 16 ? 3 : many > 6 ? 2 : 1)

// Returns raised hands, the longest wait first, and those already seen last.
export const hands = ({ order, people }) =>
  order
    .filter((who) => people[who].hand)
    .sort((one, other) => people[one].seen - people[other].seen || people[one].hand - people[other].hand)

// Returns a learner's position: `1.3 Start it`, or the lesson they have finished.
export function locationText({ lesson, step }, lessons) {
  const there = lessons.find((one) => one.slug === lesson)
  if (!there) return "Not begun"
  const at = there.steps.findIndex((one) => one.slug === step)
  return at < 0 ? `${there.number} ${there.title}, all done` : `${there.number}.${at + 1} ${there.steps[at].title}`
}

// Returns the reason for a learner's state in a few words.
export function stateText(person, now) {
  if (person.state === "stuck" && person.slow)
    return `stuck: ${span(now - person.since)} at this step, far longer than the others`
  if (person.state === "stuck") return `stuck: the same mistake ${person.times} times`
  if (person.state === "idle") return `silent for ${span(now - person.last)}`
  if (person.state === "working") return person.last ? `at work, ${span(now - person.since)} at this step` : "here"
  return STATES[person.state].words
}

export const span = (seconds) =>
  seconds < 90
    ? `${Math.max(1, Math.round(seconds))} s`
    : seconds < 5400
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3600)} h`

// Returns at most two letters for a dot: of the first and of the last word.
export function initials(name) {
  const words = name.split(/[\s-]+/).filter(Boolean)
  const [first = "", last = ""] = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  const letters = last ? [...first].slice(0, 1).concat([...last].slice(0, 1)) : [...first].slice(0, 2)
  return letters.join("")
}

// Returns what most of these learners typed last, and how many of them did.
export function mostTyped(learners, people) {
  const count = new Map()
  for (const who of learners)
    if (people[who]?.command) count.set(people[who].command, (count.get(people[who].command) ?? 0) + 1)
  const [command, many] = [...count].sort((one, other) => other[1] - one[1])[0] ?? ["", 0]
  return { command, many }
}

// Returns what a group has in common, to be read after its number: `7` started it without -a.
export function headline({ kind, label, learners }) {
  const one = learners.length === 1
  if (kind === "mistake") return named(label) ? label : `${one ? "was" : "were"} told: ${label}`
  if (kind === "slow") return `${one ? "needs" : "need"} far longer for this step than the others`
  return label ? `silent since they ${named(label) ? label : `were told: ${label}`}` : "silent"
}

// A mistake's label (`started it without -a`) follows a number; the start of a sentence does not.
const named = (label) => /^[a-z]/.test(label)

// Returns what one click can send to a group: the step's first hint that some of them have neither asked for nor been
// sent, to those; else the lesson's sentence about their mistake, to all.
export function suggestion({ learners, say }, people, hints) {
  const lacking = (at) =>
    learners.filter((who) => at >= (people[who]?.hints ?? 0) && !people[who]?.given.includes(hints[at]))
  const at = hints.findIndex((_, index) => lacking(index).length)
  if (at >= 0) return { kind: "hint", text: hints[at], number: at + 1, of: hints.length, learners: lacking(at) }
  return say ? { kind: "sentence", text: say, learners } : null
}

// Returns the model after a message was sent to these learners, until the server confirms it.
export function markSent(model, { learners, lesson, step, text }) {
  const there = learners.filter((who) => model.people[who]?.lesson === lesson && model.people[who].step === step)
  const told = there.map((who) => [who, { ...model.people[who], given: [...model.people[who].given, text] }])
  return merge(model, { people: Object.fromEntries(told) })
}

// Returns what a learner did last: the last command and when, and what has passed since; without a command, what passed
// last.
export function lastActivity({ command, typed, latest: [lesson, step, at] }, lessons, now) {
  const passed = at && (!command || at >= typed) ? locationText({ lesson, step }, lessons) : ""
  return { typed: command, typedAgo: command ? ago(now - typed) : "", passed, passedAgo: passed ? ago(now - at) : "" }
}

export const ago = (seconds) => (seconds < 20 ? "just now" : `${span(seconds)} ago`)

// Returns the next dot for an arrow key: left and right along the board, up and down to the nearest one in the next
// line of dots.
export function neighbourDot(spots, at, key) {
  const here = spots.find((one) => one.who === at)
  if (!here) return spots[0]?.who ?? null
  const index = spots.indexOf(here)
  if (key === "ArrowRight") return spots[index + 1]?.who ?? at
  if (key === "ArrowLeft") return spots[index - 1]?.who ?? at
  const down = key === "ArrowDown"
  const beyond = spots.filter((one) => (down ? one.y > here.y + 2 : one.y < here.y - 2))
  const nearest = down ? Math.min(...beyond.map((one) => one.y)) : Math.max(...beyond.map((one) => one.y))
  const line = beyond.filter((one) => Math.abs(one.y - nearest) <= 2)
  return line.sort((one, other) => Math.abs(one.x - here.x) - Math.abs(other.x - here.x))[0]?.who ?? at
}
