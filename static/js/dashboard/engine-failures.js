// Who has no working engine, and why, as text. Knows no DOM.

const INSTRUCTOR = "me"
const MAX_NAMES = 12 // the rest are counted

// Returns one row of the model's `engines`: `who`, a sentence to be read first, and `why`. Without `names` people are
// only counted.
export function failureText({ say, learners }, { order, people }, names) {
  const here = order.filter((who) => learners.includes(who)).map((who) => people[who].name)
  return { who: subject(here, learners.includes(INSTRUCTOR), names), why: `${say} The lab keeps trying.` }
}

// Whether this learner has no working engine.
export const hasNoEngine = ({ engines }, who) => engines.some(({ learners }) => learners.includes(who))

function subject(here, me, names) {
  if (!here.length) return me ? "You have no working engine." : "No spare engine can be started."
  const you = me ? " and you" : ""
  const have = here.length > 1 || me ? "have" : "has"
  if (names && here.length === 1) return `${here[0]}${you} ${have} no working engine.`
  const listed = names ? `: ${list(here)}` : ""
  const who = `${here.length} ${here.length === 1 ? "learner" : "learners"}${you}`
  return `${who} ${have} no working engine${listed}`.replace(/\.?$/, ".")
}

function list(names) {
  const shown = names.slice(0, names.length > MAX_NAMES ? MAX_NAMES - 1 : MAX_NAMES)
  const last = shown.length < names.length ? `${names.length - shown.length} more` : shown.pop()
  return `${shown.join(", ")} and ${last}`
}
