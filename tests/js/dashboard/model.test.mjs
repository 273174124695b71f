// The class dashboard's data, arranged for display and put into words.

import assert from "node:assert/strict"
import test from "node:test"
import {
  ago,
  counts,
  EMPTY,
  hands,
  headline,
  initials,
  lastActivity,
  merge,
  neighbourDot,
  suggestion,
  rows,
  markSent,
  span,
  mostTyped,
  locationText,
  stateText,
  width,
} from "../../../static/js/dashboard/model.js"
import { hasNoEngine, failureText } from "../../../static/js/dashboard/engine-failures.js"
import { joinedText, qrPath } from "../../../static/js/class/invitation.js"

const LESSONS = [
  {
    slug: "01",
    number: 1,
    title: "Life",
    steps: [
      { slug: "make", title: "Make it" },
      { slug: "start", title: "Start it" },
    ],
  },
  { slug: "02", number: 2, title: "Hub", steps: [{ slug: "pull", title: "Pull it" }] },
]
const NOBODY = {
  name: "",
  state: "working",
  slow: false,
  lesson: "",
  step: "",
  since: 0,
  last: 0,
  command: "",
  typed: 0,
  latest: ["", "", 0],
  hints: 0,
  mistake: "",
  times: 0,
  hand: 0,
  seen: false,
  told: 0,
  given: [],
}
const one = (given) => ({ ...NOBODY, ...given })
const chart = (people, rest = {}) => ({ ...EMPTY, order: Object.keys(people), people, ...rest })

test("an update changes the people it names, and removes those missing from the order", () => {
  const before = chart({ ada: one({ name: "Ada" }), ben: one({ name: "Ben" }) }, { groups: ["some"] })
  const moved = merge(before, { people: { ben: one({ name: "Ben", step: "start" }) } })
  assert.deepEqual([moved.people.ada.name, moved.people.ben.step, moved.groups], ["Ada", "start", ["some"]])
  const gone = merge(moved, { order: ["ben"], groups: [] })
  assert.deepEqual([Object.keys(gone.people), gone.groups], [["ben"], []])
})

test("states are counted in a fixed order, raised hands separately", () => {
  const {
    states,
    all,
    hands: up,
  } = counts(chart({ ada: one({ state: "stuck", hand: 5 }), ben: one({}), cem: one({ state: "lost" }) }))
  assert.deepEqual(
    states.map(({ state, many }) => `${state} ${many}`),
    ["stuck 1", "working 1", "idle 0", "passed 0", "lost 1"],
  )
  assert.deepEqual([all, up], [3, 1])
})

test("only lessons with learners have a row, and those who have not begun come first", () => {
  const people = { ada: one({ lesson: "02", step: "pull" }), ben: one({}), cem: one({ lesson: "02", step: "" }) }
  const made = rows(chart(people, { passed: { "02": { pull: 1 } } }), LESSONS)
  assert.deepEqual(
    made.map(({ title }) => title),
    ["Not begun", "Hub"],
  )
  assert.deepEqual(made[0].cells[0].people, ["ben"])
  assert.deepEqual(
    made[1].cells.map(({ name, passed, people }) => [name, passed, people]),
    [
      ["2.1", 1, ["ada"]],
      ["✓", null, ["cem"]],
    ],
  )
  assert.deepEqual(rows(EMPTY, LESSONS), [])
})

test("learners keep their order of joining within a cell", () => {
  const here = { lesson: "01", step: "make" }
  const made = rows(chart({ zoe: one(here), ada: one({ ...here, state: "stuck" }) }), LESSONS)
  assert.deepEqual(made[0].cells[0].people, ["zoe", "ada"])
})

test("a crowd has a wider cell, and there are three widths", () => {
  assert.deepEqual([0, 6, 7, 16, 17, 40].map(width), [1, 1, 2, 2, 3, 3])
})

test("the longest wait comes first, and those already seen come last", () => {
  const people = { ada: one({ hand: 30 }), ben: one({}), cem: one({ hand: 10, seen: true }), dai: one({ hand: 20 }) }
  assert.deepEqual(hands(chart(people)), ["dai", "ada", "cem"])
})

test("the position of a learner as text", () => {
  assert.deepEqual(
    [
      { lesson: "01", step: "start" },
      { lesson: "02", step: "" },
      { lesson: "", step: "" },
    ].map((at) => locationText(at, LESSONS)),
    ["1.2 Start it", "2 Hub, all done", "Not begun"],
  )
})

test("the reason for a learner's state as text", () => {
  const said = (given) => stateText(one(given), 1000)
  assert.equal(
    said({ state: "stuck", slow: true, since: 400 }),
    "stuck: 10 min at this step, far longer than the others",
  )
  assert.equal(said({ state: "stuck", times: 2 }), "stuck: the same mistake 2 times")
  assert.equal(said({ state: "idle", last: 700 }), "silent for 5 min")
  assert.equal(said({ last: 990, since: 940 }), "at work, 60 s at this step")
  assert.equal(said({}), "here")
  assert.equal(said({ state: "lost" }), "not connected")
})

test("durations are formatted for people", () => {
  assert.deepEqual([0, 89, 100, 3600, 7200].map(span), ["1 s", "89 s", "2 min", "60 min", "2 h"])
  assert.deepEqual([3, 45, 120].map(ago), ["just now", "45 s ago", "2 min ago"])
})

test("two letters for any name", () => {
  assert.deepEqual(["Ada Lovelace", "Jean-Luc", "Bo", "Q", "Ådne de la Ö", "😀 x", ""].map(initials), [
    "AL",
    "JL",
    "Bo",
    "Q",
    "ÅÖ",
    "😀x",
    "",
  ])
})

test("the most common last command, and its number", () => {
  const people = {
    ada: one({ command: "ls" }),
    ben: one({ command: "docker ps" }),
    cem: one({ command: "docker ps" }),
    dai: one({}),
  }
  assert.deepEqual(mostTyped(["ada", "ben", "cem", "dai", "gone"], people), { command: "docker ps", many: 2 })
  assert.deepEqual(mostTyped(["dai"], people), { command: "", many: 0 })
})

test("the headline of a group continues its number", () => {
  const said = (kind, label, many) => headline({ kind, label, learners: Array(many).fill("x") })
  assert.equal(said("mistake", "started it without `-a`", 7), "started it without `-a`")
  assert.equal(said("mistake", "That one runs already", 1), "was told: That one runs already")
  assert.equal(said("mistake", "That one runs already", 2), "were told: That one runs already")
  assert.equal(said("slow", "", 1), "needs far longer for this step than the others")
  assert.equal(said("slow", "", 2), "need far longer for this step than the others")
  assert.equal(said("idle", "", 2), "silent")
  assert.equal(said("idle", "started it without `-a`", 2), "silent since they started it without `-a`")
  assert.equal(said("idle", "That one runs", 2), "silent since they were told: That one runs")
})

test("the suggestion is the first hint that some of them have not seen, to those, then the sentence to all", () => {
  const people = { ada: one({ hints: 1 }), ben: one({ hints: 2 }) }
  const group = { learners: ["ada", "ben"], say: "Use -a." }
  const hints = ["first", "second"]
  assert.deepEqual(suggestion(group, people, hints), {
    kind: "hint",
    text: "second",
    number: 2,
    of: 2,
    learners: ["ada"],
  })
  assert.equal(suggestion({ ...group, learners: ["ada", "new"] }, people, hints).text, "first")
  assert.deepEqual(suggestion(group, { ...people, ada: one({ hints: 1, given: ["second"] }) }, hints), {
    kind: "sentence",
    text: "Use -a.",
    learners: ["ada", "ben"],
  })
  assert.equal(suggestion({ learners: [], say: "" }, people, []), null)
})

test("a later learner gets the first hint, and nobody gets it twice", () => {
  const people = { ada: one({ given: ["a word", "first"] }), ben: one({ given: ["first", "second"] }), cem: one({}) }
  const to = (...learners) => {
    const { text, learners: of } = suggestion({ learners, say: "Use -a." }, people, ["first", "second"])
    return [text, of]
  }
  assert.deepEqual(to("ada", "ben"), ["second", ["ada"]])
  assert.deepEqual(to("ada", "ben", "cem"), ["first", ["cem"]])
})

test("a sent message is recorded at once, for those who are still there", () => {
  const here = { lesson: "01", step: "make" }
  const before = chart({ ada: one(here), ben: one({ ...here, step: "start" }), cem: one(here) })
  const after = markSent(before, { ...here, learners: ["ada", "ben", "gone"], text: "Use -a." })
  assert.deepEqual(
    Object.values(after.people).map(({ given }) => given),
    [["Use -a."], [], []],
  )
  assert.deepEqual(before.people.ada.given, [])
})

test("the last activity of a learner and its time; without a command, what passed last", () => {
  const passed = ["01", "make", 900]
  assert.deepEqual(lastActivity(one({ command: "ls", typed: 880, latest: passed }), LESSONS, 1000), {
    typed: "ls",
    typedAgo: "2 min ago",
    passed: "1.1 Make it",
    passedAgo: "2 min ago",
  })
  assert.deepEqual(lastActivity(one({ command: "ls", typed: 950, latest: passed }), LESSONS, 1000).passed, "")
  assert.deepEqual(lastActivity(one({ latest: passed }), LESSONS, 1000), {
    typed: "",
    typedAgo: "",
    passed: "1.1 Make it",
    passedAgo: "2 min ago",
  })
  assert.deepEqual(lastActivity(one({}), LESSONS, 1000), { typed: "", typedAgo: "", passed: "", passedAgo: "" })
})

test("arrow keys move along the board, and up and down to the nearest dot of the next row", () => {
  const spots = [
    { who: "a", x: 0, y: 0 },
    { who: "b", x: 40, y: 1 },
    { who: "c", x: 35, y: 50 },
    { who: "d", x: 90, y: 100 },
  ]
  const go = (who, key) => neighbourDot(spots, who, `Arrow${key}`)
  assert.deepEqual([go("a", "Right"), go("b", "Left"), go("a", "Left"), go("d", "Right")], ["b", "a", "a", "d"])
  assert.deepEqual([go("b", "Down"), go("c", "Up"), go("c", "Down"), go("d", "Down")], ["c", "b", "d", "d"])
  assert.deepEqual([go("gone", "Down"), neighbourDot([], "a", "ArrowUp")], ["a", null])
})

test("a QR code is drawn stroke by stroke, and joined learners are counted", () => {
  assert.equal(qrPath(["1101", "0000", "0011"]), "M0 0h2v1h-2zM3 0h1v1h-1zM2 2h2v1h-2z")
  assert.deepEqual([0, 1, 40].map(joinedText), ["Nobody has joined yet", "1 has joined", "40 have joined"])
})

test("learners without a working engine are named and counted, with the reason", () => {
  const room = chart({
    ada: one({ name: "Ada" }),
    ben: one({ name: "Ben" }),
    cem: one({ name: "Cem" }),
    dai: one({ name: "Dai D." }),
  })
  const said = (learners, names = true) => failureText({ say: "All engines are in use.", learners }, room, names).who
  assert.equal(said(["ben"]), "Ben has no working engine.")
  assert.equal(said(["cem", "ada"]), "2 learners have no working engine: Ada and Cem.")
  assert.equal(said(["cem", "ada", "ben"]), "3 learners have no working engine: Ada, Ben and Cem.")
  assert.equal(said(["ada", "dai"]), "2 learners have no working engine: Ada and Dai D.")
  assert.equal(said(["me"]), "You have no working engine.")
  assert.equal(said(["ben", "me"]), "Ben and you have no working engine.")
  assert.equal(said(["ben", "me", "ada"]), "2 learners and you have no working engine: Ada and Ben.")
  assert.equal(said([]), "No spare engine can be started.")
  assert.equal(
    failureText({ say: "All engines are in use.", learners: ["ada"] }, room, true).why,
    "All engines are in use. The lab keeps trying.",
  )
})

test("with names hidden, learners without an engine are only counted", () => {
  const room = chart({ ada: one({ name: "Ada" }), ben: one({ name: "Ben" }) })
  const said = (learners) => failureText({ say: "Full.", learners }, room, false).who
  assert.deepEqual([["ada"], ["ada", "me"], ["ada", "ben"]].map(said), [
    "1 learner has no working engine.",
    "1 learner and you have no working engine.",
    "2 learners have no working engine.",
  ])
})

test("of many learners without an engine the first are named and the rest counted", () => {
  const room = (many) =>
    chart(Object.fromEntries(Array.from({ length: many }, (_, at) => [`l${at}`, one({ name: `N${at}` })])))
  const said = (many) => failureText({ say: "Full.", learners: room(many).order }, room(many), true).who
  assert.equal(said(12), "12 learners have no working engine: N0, N1, N2, N3, N4, N5, N6, N7, N8, N9, N10 and N11.")
  assert.equal(said(20), "20 learners have no working engine: N0, N1, N2, N3, N4, N5, N6, N7, N8, N9, N10 and 9 more.")
})

test("a learner has no working engine for as long as a row names them", () => {
  const before = chart({ ada: one({}) }, { engines: [{ say: "Full.", learners: ["ada"] }] })
  assert.deepEqual(
    [hasNoEngine(before, "ada"), hasNoEngine(before, "ben"), hasNoEngine(merge(before, { engines: [] }), "ada")],
    [true, false, false],
  )
})
