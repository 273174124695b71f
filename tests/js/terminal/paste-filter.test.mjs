// What is pasted is what is seen: nothing acts without being typed, nothing hides, and pictures stay whole.
import assert from "node:assert/strict"
import { test } from "node:test"

import { clean, runs } from "../../../static/js/terminal/paste-filter.js"

test("text, tabs and line ends stay; line ends of all kinds become one", () => {
  assert.deepEqual(clean("a\tb\r\nc\rd\ne\u2028f"), { text: "a\tb\nc\nd\ne\nf", left: 0 })
  const kept = "grüße ß é 日本語 العربية हिन्दी \u00a0~€"
  assert.deepEqual(clean(kept), { text: kept, left: 0 })
})

test("control characters are left out: no escape leaves a paste, no key is pressed by one", () => {
  assert.deepEqual(clean("a\x1b[201~b\x03\x7f\x9b\0c"), { text: "a[201~bc", left: 5 })
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
    assert.deepEqual(clean(`echo ${one}hi`), { text: "echo hi", left: 1 }, one.codePointAt(0).toString(16))
})

test("pictures that are made of several characters stay whole, and only they", () => {
  const kept = "👩‍💻 👩🏽‍🚀 👨‍👩‍👧 ❤️ ❤️‍🔥 🏳️‍🌈 🇩🇪 ☎︎"
  assert.deepEqual(clean(kept), { text: kept, left: 0 })
  assert.deepEqual(clean("r\u200dm 👩\u200drm \u200d👩"), { text: "rm 👩rm 👩", left: 3 })
})

test("whatever has a line end would run as it arrives, unless the program takes a paste as one", () => {
  assert.equal(runs("ls", false), false)
  assert.equal(runs("ls\n", false), true)
  assert.equal(runs("ls\npwd", true), false)
})
