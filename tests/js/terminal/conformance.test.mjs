// What the course's programs require of a terminal: a table of byte sequences and the screens that must follow.
// Names are ECMA-48's and DEC's. The whole screens of real programs are in screens.test.mjs.
import assert from "node:assert/strict"
import { test } from "node:test"

import { shown } from "./headless-terminal.mjs"

const CSI = "\x1b["
const FIVE = "one\r\ntwo\r\nthree\r\nfour\r\nfive"
const at = (column, row) => `${CSI}${row};${column}H`

// name: [bytes, lines, cursor?]
const MOVES = {
  "CUP puts the cursor": [`${at(3, 2)}x`, ["", "  x"], [4, 2]],
  "CUP without numbers is home": [`abc${CSI}Hx`, ["xbc"], [2, 1]],
  "CUP stays on the screen": [`${at(999, 999)}x`, [...Array(23).fill(""), `${" ".repeat(79)}x`]],
  "CUU, CUD, CUF, CUB": [`${at(5, 5)}${CSI}2A${CSI}B${CSI}3C${CSI}D`, [], [7, 4]],
  "CUU stops at the top": [`${at(5, 3)}${CSI}9A`, [], [5, 1]],
  "CHA and VPA": [`${CSI}7G${CSI}3d`, [], [7, 3]],
  "CNL and CPL": [`${at(7, 3)}${CSI}2E${CSI}F`, [], [1, 4]],
  "CR, LF and BS": ["abc\rX\nY\bZ", ["Xbc", " Z"], [3, 2]],
  "NEL and IND, RI": [`a${"\x1bE"}b${"\x1bD"}c${"\x1bM"}d`, ["a", "b d", " c"]],
  "RI at the top scrolls down": [`one${CSI}H\x1bMtwo`, ["two", "one"]],
  "DECSC and DECRC keep the place": [`${at(4, 2)}\x1b7${at(1, 9)}\x1b8x`, ["", "   x"]],
  "SCP and RCP do, too": [`${at(4, 2)}${CSI}s${at(1, 9)}${CSI}ux`, ["", "   x"]],
  "tabs are every eight": ["a\tb\t\tc", ["a       b               c"]],
  "CHT and CBT": [`${CSI}2Ia${CSI}Zb`, [`${" ".repeat(16)}b`]],
  "HTS sets a tab, TBC takes all away": [`${CSI}3g${at(4, 1)}\x1bH\r\tx\ty`, [`   x${" ".repeat(75)}y`]],
  REP: [`a${CSI}3b`, ["aaaa"]],
}

const ERASES = {
  "EL to the end": [`abcdef${at(3, 1)}${CSI}K`, ["ab"], [3, 1]],
  "EL from the beginning": [`abcdef${at(3, 1)}${CSI}1K`, ["   def"]],
  "EL of the line": [`abcdef${at(3, 1)}${CSI}2K`, [], [3, 1]],
  "ED below": [`${FIVE}${at(3, 3)}${CSI}J`, ["one", "two", "th"]],
  "ED above": [`${FIVE}${at(3, 3)}${CSI}1J`, ["", "", "   ee", "four", "five"]],
  "ED of all": [`${FIVE}${CSI}2J`, [], [5, 5]],
  ECH: [`abcdef${at(3, 1)}${CSI}2X`, ["ab  ef"], [3, 1]],
  DCH: [`abcdef${at(3, 1)}${CSI}2P`, ["abef"]],
  ICH: [`abcdef${at(3, 1)}${CSI}2@`, ["ab  cdef"]],
  IL: [`${FIVE}${at(2, 2)}${CSI}2L`, ["one", "", "", "two", "three", "four", "five"]],
  DL: [`${FIVE}${at(2, 2)}${CSI}2M`, ["one", "four", "five"]],
  "SU and SD": [`${FIVE}${CSI}2S${CSI}T`, ["", "three", "four", "five"]],
  RIS: [`${CSI}31m${FIVE}\x1bcx`, ["x"], [2, 1]],
}

const MODES = {
  "DECSTBM: lines outside stand still": [`${FIVE}${CSI}2;4r${at(1, 4)}\nx`, ["one", "three", "four", "x", "five"]],
  "DECSTBM: IL within": [`${FIVE}${CSI}2;4r${at(1, 2)}${CSI}L`, ["one", "", "two", "three", "five"]],
  "DECSTBM goes home": [`${FIVE}${CSI}2;4r`, FIVE.split("\r\n"), [1, 1]],
  "DECOM counts from the margin": [`${CSI}5;9r${CSI}?6h${CSI}Hx`, ["", "", "", "", "x"]],
  "IRM inserts, and is put back": [`abc${at(2, 1)}${CSI}4hXY${CSI}4lZ`, ["aXYZc"]],
  "DECAWM wraps": [`${at(79, 1)}abc`, [`${" ".repeat(78)}ab`, "c"]],
  "DECAWM waits with it until the next letter": [`${at(79, 1)}ab`, [`${" ".repeat(78)}ab`], [81, 1]],
  "DECAWM off: the last column is written over": [`${CSI}?7l${at(79, 1)}abcd${CSI}?7h`, [`${" ".repeat(78)}ad`]],
  "the other screen, and back to what was there": [`shell${CSI}?1049h${CSI}Hvi${CSI}?1049l.`, ["shell."], [7, 1]],
  "the other screen is empty": [`shell${CSI}?1049h${CSI}Hvi`, ["vi"]],
  "line drawing": ["\x1b(0lqk\x1b(B lqk", ["┌─┐ lqk"]],
  "SO and SI": ["\x1b)0\x0eqx\x0fqx", ["─│qx"]],
  DECALN: ["\x1b#8", Array(24).fill("E".repeat(80))],
  "unknown requests are not shown": [
    `a${CSI}?9999hb${CSI}>4;2mc\x1b]777;x\x07d\x1bP$qm\x1b\\e\x1b_x\x1b\\f`,
    ["abcdef"],
  ],
}

for (const [kind, table] of Object.entries({ MOVES, ERASES, MODES })) {
  for (const [name, [bytes, lines, cursor]] of Object.entries(table)) {
    test(`${kind.toLowerCase()}: ${name}`, async () => {
      const screen = await shown(bytes)
      assert.deepEqual(screen.lines, lines)
      if (cursor) assert.deepEqual(screen.cursor, cursor)
    })
  }
}

const LOOKS = {
  1: ["", "", "Bold"],
  2: ["", "", "Dim"],
  3: ["", "", "Italic"],
  4: ["", "", "Underline"],
  5: ["", "", "Blink"],
  7: ["", "", "Inverse"],
  8: ["", "", "Invisible"],
  9: ["", "", "Strikethrough"],
  "1;4;7": ["", "", "Bold", "Underline", "Inverse"],
  31: [1, ""],
  97: [15, ""],
  42: ["", 2],
  103: ["", 11],
  "31;42;39": ["", 2],
  "31;42;49": [1, ""],
  "1;31;0": ["", ""],
  "1;22": ["", ""],
  "3;23": ["", ""],
  "4;24": ["", ""],
  "7;27": ["", ""],
  "9;29": ["", ""],
  "38;5;208": [208, ""],
  "48;5;17": ["", 17],
  "38;2;255;120;0": ["#ff7800", ""],
  "48;2;1;2;3": ["", "#010203"],
  "38:2::255:120:0": ["#ff7800", ""],
  "38:5:208": [208, ""],
  "4:3": ["", "", "Underline"],
  "38;5;208;1": [208, "", "Bold"],
}

for (const [codes, looks] of Object.entries(LOOKS)) {
  test(`SGR ${codes}`, async () => assert.deepEqual((await shown(`${CSI}${codes}mx`)).looks(1, 1), looks))
}

test("erased cells take the background colour", async () => {
  const screen = await shown(`${CSI}44m${CSI}2J`)
  assert.deepEqual(screen.looks(40, 12), ["", 4])
})

const ANSWERS = {
  "DA: a VT100 with options": ["[c", /^ESC \[\?[\d;]+c$/],
  "secondary DA": ["[>c", /^ESC \[>[\d;]+c$/],
  "DSR: all is well": ["[5n", /^ESC \[0n$/],
  "CPR: where the cursor is": ["[6n", /^ESC \[5;7R$/],
  DECXCPR: ["[?6n", /^ESC \[\?5;7R$/],
  "DECRQM: paste in brackets is off": ["[?2004$p", /^ESC \[\?2004;2\$y$/],
  "DECRQSS: margins": ["P$qr\x1b\\", /^ESC P1\$r1;24rESC \\$/],
}

for (const [name, [asked, answer]] of Object.entries(ANSWERS)) {
  test(`answers ${name}`, async () => assert.match((await shown(`${at(7, 5)}\x1b${asked}`)).answer, answer))
}

const WIDTHS = { a: 1, é: 1, ß: 1, 日: 2, 한: 2, Ａ: 2, "🐳": 2, "✓": 1, "✅": 2, "─": 1, "█": 1, "…": 1, "€": 1, ｱ: 1 }

for (const [letter, width] of Object.entries(WIDTHS)) {
  test(`${letter} takes ${width}`, async () => {
    const screen = await shown(`${letter}|`)
    assert.equal(screen.width(1, 1), width)
    assert.deepEqual(screen.cursor, [width + 2, 1])
  })
}

test("a combining mark joins its letter and takes no column", async () => {
  const screen = await shown("e\u0301a\u0308|")
  assert.deepEqual([screen.lines, screen.cursor], [["e\u0301a\u0308|"], [4, 1]])
})

test("a wide letter is not split over two lines", async () => {
  assert.deepEqual((await shown(`${at(80, 1)}日`)).lines, ["", "日"])
})

test("overwriting half of a wide letter removes both halves", async () => {
  assert.deepEqual((await shown(`日本${at(2, 1)}x`)).lines, [" x本"])
})

test("characters and sequences may be split anywhere", async () => {
  const bytes = new TextEncoder().encode(`${CSI}38;2;255;120;0mgrüße 🐳 日本${CSI}0m${at(3, 3)}end`)
  const whole = await shown(bytes)
  const cut = await shown([...bytes].map((byte) => Uint8Array.of(byte)))
  assert.deepEqual([cut.lines, cut.cursor, cut.looks(1, 1)], [whole.lines, whole.cursor, whole.looks(1, 1)])
  assert.deepEqual(whole.lines, ["grüße 🐳 日本", "", "  end"])
})

test("the main screen has a scrollback, the alternate screen has none", async () => {
  const many = Array.from({ length: 40 }, (_, number) => `line ${number}`).join("\r\n")
  assert.equal((await shown(many)).terminal.buffer.active.baseY, 16)
  assert.equal((await shown(`${CSI}?1049h${many}${CSI}?1049l`)).terminal.buffer.active.baseY, 0)
})

test("a paste is bracketed if the program asks for it", async () => {
  const { modes } = (await shown(`${CSI}?2004h${CSI}?1h`)).terminal
  assert.deepEqual([modes.bracketedPasteMode, modes.applicationCursorKeysMode], [true, true])
})
