// On each platform the expected keys belong to the page, and all others reach the shell.
import assert from "node:assert/strict"
import { test } from "node:test"

import { shortcutLabel, shortcutFor, onMac } from "../../../static/js/terminal/shortcuts.js"

// Keys of other alphabets, by their positions on a Latin keyboard.
const CODES = {
  с: "KeyC",
  м: "KeyV",
  а: "KeyF",
  л: "KeyK",
  ψ: "KeyC",
  ω: "KeyV",
  é: "Digit2",
  ö: "Semicolon",
  c: "KeyI",
  v: "Period",
}

const press = (keys, type = "keydown") => {
  const [key, ...held] = keys
    .split("-")
    .toReversed()
    .map((one) => one || "-")
  return {
    type,
    key,
    code: CODES[key.toLowerCase()] ?? "",
    ctrlKey: held.includes("ctrl"),
    shiftKey: held.includes("shift"),
    altKey: held.includes("alt"),
    metaKey: held.includes("cmd"),
  }
}
const shell = [
  "a",
  "ctrl-w",
  "ctrl-d",
  "ctrl-r",
  "ctrl-p",
  "ctrl-q",
  "ctrl-z",
  "ctrl-f",
  "ctrl-k",
  "ctrl-arrowleft",
  "ctrl-c",
  "ctrl-alt-c",
  "ctrl-_",
  "ctrl-shift-_",
  "Enter",
]

test("off the Mac, Ctrl with Shift belongs to the page and Ctrl alone to the shell", () => {
  const own = {
    "ctrl-v": "paste",
    "ctrl-shift-V": "paste",
    "ctrl-shift-C": "copy",
    "ctrl-shift-F": "find",
    "ctrl-+": "larger",
    "ctrl-=": "larger",
    "ctrl-shift-+": "larger",
    "ctrl--": "smaller",
    "ctrl-0": "usual",
    "ctrl-shift-ArrowLeft": "left",
    "ctrl-shift-ArrowRight": "right",
    "ctrl-shift-ArrowUp": "up",
    "ctrl-shift-ArrowDown": "down",
  }
  for (const [keys, act] of Object.entries(own)) assert.equal(shortcutFor(press(keys), false, false), act, keys)
  for (const keys of [...shell, "cmd-c", "shift-F", "ctrl-shift-A"])
    assert.equal(shortcutFor(press(keys), false, false), "", keys)
})

test("on a Mac, Cmd belongs to the page and Ctrl to the shell", () => {
  const own = {
    "cmd-c": "copy",
    "cmd-v": "paste",
    "cmd-f": "find",
    "cmd-k": "clear",
    "cmd-+": "larger",
    "cmd--": "smaller",
    "cmd-0": "usual",
    "cmd-shift-ArrowLeft": "left",
    "cmd-shift-ArrowUp": "up",
    "cmd-shift-F": "find",
  }
  for (const [keys, act] of Object.entries(own)) assert.equal(shortcutFor(press(keys), false, true), act, keys)
  for (const keys of [...shell, "ctrl-v", "ctrl-shift-F", "ctrl-+", "cmd-a", "cmd-ctrl-f"])
    assert.equal(shortcutFor(press(keys), true, true), "", keys)
})

test("Ctrl-C copies a selection and interrupts without one; on a Mac it always interrupts", () => {
  assert.equal(shortcutFor(press("ctrl-c"), true, false), "copy")
  assert.equal(shortcutFor(press("ctrl-c"), false, false), "")
  assert.equal(shortcutFor(press("ctrl-c"), true, true), "")
})

test("on a keyboard of another alphabet the positions of the keys count; for Latin letters, their labels", () => {
  const own = {
    "ctrl-м": "paste",
    "ctrl-shift-М": "paste",
    "ctrl-ω": "paste",
    "ctrl-с": "copy",
    "ctrl-ψ": "copy",
    "ctrl-shift-С": "copy",
    "ctrl-shift-А": "find",
  }
  for (const [keys, act] of Object.entries(own)) assert.equal(shortcutFor(press(keys), true, false), act, keys)
  for (const keys of ["ctrl-с", "ctrl-а", "ctrl-л", "ctrl-é", "ctrl-ö", "м"])
    assert.equal(shortcutFor(press(keys), false, false), "", keys)
  for (const [keys, act] of Object.entries({ "cmd-с": "copy", "cmd-м": "paste", "cmd-а": "find", "cmd-л": "clear" }))
    assert.equal(shortcutFor(press(keys), true, true), act, keys)
  assert.deepEqual(
    [shortcutFor(press("ctrl-c"), true, false), shortcutFor(press("ctrl-v"), true, false)],
    ["copy", "paste"],
  ) // Dvorak's
})

test("releasing a key does nothing", () => {
  assert.equal(shortcutFor(press("ctrl-v", "keyup"), false, false), "")
})

test("a Mac is recognised by the browser's platform", () => {
  assert.deepEqual(["MacIntel", "iPad", "Linux x86_64", "Win32"].map(onMac), [true, true, false, false])
  assert.deepEqual(
    [shortcutLabel("F", true, false), shortcutLabel("−", false, false), shortcutLabel("F", true, true)],
    ["Ctrl Shift F", "Ctrl −", "⇧⌘F"],
  )
})
