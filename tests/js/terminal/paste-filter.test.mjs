// What is pasted is what is seen: nothing acts without being typed, nothing hides, and pictures stay whole.
import assert from "node:assert/strict"
import { test } from "node:test"

import { filterPaste, runsOnArrival } from "../../../static/js/terminal/paste-filter.js"

test("text, tabs and line ends stay; line ends of all kinds become one", () => {
  assert.deepEqual(filterPaste("a\tb\r\nc\rd\ne\u2028f"), { text: "a\tb\nc\nd\ne\nf", left: 0 })
  const kept = "grüße ß é 日本語 العربية हिन्दी \u00a0~€"
  assert.deepEqual(filterPaste(kept), { text: kept, left: 0 })
})

test("control characters are left out: no escape leaves a paste, no key is pressed by one", () => {
  assert.deepEqual(filterPaste("a\x1b[201~b\x03\x7f\x9b\0c"), { text: "a[201~bc", left: 5 })
})

test("what turns the order of a line, or takes no room, is left out and counted", () => {
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

test("pictures that are made of several characters stay whole, and only they", () => {
  const kept = "👩‍💻 👩🏽‍🚀 👨‍👩‍👧 ❤️ ❤️‍🔥 🏳️‍🌈 🇩🇪 ☎︎"
  assert.deepEqual(filterPaste(kept), { text: kept, left: 0 })
  assert.deepEqual(filterPaste("r\u200dm 👩\u200drm \u200d👩"), { text: "rm 👩rm 👩", left: 3 })
})

test("whatever has a line end would run as it arrives, unless the program takes a paste as one", () => {
  assert.equal(runsOnArrival("ls", false), false)
  assert.equal(runsOnArrival("ls\n", false), true)
  assert.equal(runsOnArrival("ls\npwd", true), false)
})
