// A paste does what it shows: no control characters, nothing invisible, and emoji stay whole.
import assert from "node:assert/strict"
import { test } from "node:test"

import { filterPaste, runsOnArrival } from "../../../static/js/terminal/paste-filter.js"

test("text, tabs and line ends are kept; all kinds of line ends become one", () => {
  assert.deepEqual(filterPaste("a\tb\r\nc\rd\ne\u2028f"), { text: "a\tb\nc\nd\ne\nf", left: 0 })
  const kept = "grüße ß é 日本語 العربية हिन्दी \u00a0~€"
  assert.deepEqual(filterPaste(kept), { text: kept, left: 0 })
})

test("control characters are left out, so that a paste contains no escape and no key", () => {
  assert.deepEqual(filterPaste("a\x1b[201~b\x03\x7f\x9b\0c"), { text: "a[201~bc", left: 5 })
})

test("bidirectional and invisible characters are left out and counted", () => {
  const hidden = [
    "\u202e",
    "\u2066",
    "\u200f",
    "\u061c",
    "\u200b",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u034f",
    "\u3164",
    "\u{e0041}",
    "\ufff9",
    "\u200c",
    "\ufe01",
  ]
  for (const one of hidden)
    assert.deepEqual(filterPaste(`echo ${one}hi`), { text: "echo hi", left: 1 }, one.codePointAt(0).toString(16))
})

test("invisible characters are kept inside emoji only", () => {
  const kept = "👩‍💻 👩🏽‍🚀 👨‍👩‍👧 ❤️ ❤️‍🔥 🏳️‍🌈 🇩🇪 ☎︎"
  assert.deepEqual(filterPaste(kept), { text: kept, left: 0 })
  assert.deepEqual(filterPaste("r\u200dm 👩\u200drm \u200d👩"), { text: "rm 👩rm 👩", left: 3 })
})

test("text with a line end runs on arrival, unless the program uses bracketed paste", () => {
  assert.equal(runsOnArrival("ls", false), false)
  assert.equal(runsOnArrival("ls\n", false), true)
  assert.equal(runsOnArrival("ls\npwd", true), false)
})
