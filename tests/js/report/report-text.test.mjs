// A report's text and tables.

import assert from "node:assert/strict"
import test from "node:test"
import { count, heading, durationText, stateText, table } from "../../../static/js/report/report-text.js"

test("durations are formatted for people", () => {
  assert.deepEqual([0, 48.4, 89, 100, 3599, 4800].map(durationText), [
    "0 s",
    "48 s",
    "89 s",
    "2 min",
    "1 h 0 min",
    "1 h 20 min",
  ])
})

test("nouns are singular for one and plural otherwise", () => {
  assert.deepEqual(
    [0, 1, 2].map((number) => count(number, "step")),
    ["0 steps", "1 step", "2 steps"],
  )
})

test("the state of a step is text, not only a colour", () => {
  assert.deepEqual([{ state: "passed", seconds: 5 }, { state: "skipped" }, { state: "begun" }].map(stateText), [
    "✓ 5 s",
    "skipped",
    "… begun",
  ])
})

test("every learner who did something has a row and every step a cell, in the lessons that were begun", () => {
  const lessons = [
    { slug: "01", title: "One", steps: [{ slug: "a" }, { slug: "b" }] },
    { slug: "02", title: "Two", steps: [{ slug: "a" }] },
  ]
  const people = [
    { learner: "x", name: "Ada" },
    { learner: "y", name: "Bo" },
  ]
  const line = { learner: "y", slug: "01/b", state: "passed", mistakes: [] }
  const tables = table({ people, lessons, lines: [line] })
  assert.deepEqual(
    tables.map(({ title, rows, others }) => ({ title, rows, others })),
    [{ title: "One", rows: [{ name: "Bo", cells: [null, line] }], others: ["Ada"] }],
  )
})

test("mistakes are listed once with all who made them, the most common of a step first", () => {
  const lessons = [
    {
      slug: "01",
      title: "One",
      steps: [
        { slug: "a", title: "A" },
        { slug: "b", title: "B" },
      ],
    },
  ]
  const people = [
    { learner: "x", name: "Ada" },
    { learner: "y", name: "Bo" },
  ]
  const at = (learner, step, mistakes) => ({ learner, slug: `01/${step}`, state: "begun", mistakes })
  const [{ wrongs }] = table({
    people,
    lessons,
    lines: [at("y", "b", ["slip"]), at("x", "a", ["one", "two", "two"]), at("y", "a", ["two"])],
  })
  assert.deepEqual(wrongs, [
    {
      step: "A",
      say: "two",
      who: [
        { name: "Ada", times: 2 },
        { name: "Bo", times: 1 },
      ],
    },
    { step: "A", say: "one", who: [{ name: "Ada", times: 1 }] },
    { step: "B", say: "slip", who: [{ name: "Bo", times: 1 }] },
  ])
})

test("a report's heading says whose it is and when it was", () => {
  const write = (at) => `day ${at}`
  assert.equal(heading({ code: "KRT-7PH", lines: [{ began: 1 }, { began: 1 }] }, write), "Class KRT-7PH · day 1")
  assert.equal(heading({ name: "Ada", lines: [{ began: 1 }, { began: 2 }] }, write), "Ada · day 1 to day 2")
  assert.equal(heading({ name: "", lines: [] }, write), "")
})
