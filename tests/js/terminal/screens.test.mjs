// Whole screens of the course's programs: the bytes that they wrote in a sandbox (80 by 24, never resized), and what
// tmux, an independent terminal, makes of the same bytes. screens/README.md tells how to make one.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"

import { shown } from "./headless-terminal.mjs"

const read = (name) => readFileSync(new URL(`screens/${name}`, import.meta.url))

for (const program of ["less", "vi", "top", "stats", "pull", "redis"]) {
  const [bytes, expected] = [read(`${program}.bytes`), read(`${program}.txt`).toString().trimEnd()]

  test(`${program} looks as it does in tmux`, async () => {
    assert.equal((await shown(bytes)).text, expected)
  })

  test(`${program} looks the same in pieces of seven bytes`, async () => {
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.subarray(at * 7, at * 7 + 7))
    assert.equal((await shown(pieces)).text, expected)
  })
}
