// Draws every scene of what comes in (a world and its history, as a page is told them), and says what is in it:
// {scene: {"words": the sentences, "keys": the parts by name, "cards": {id: [lane, line]}}}, and what the pictures are made of under "facts".
// For tests that ask an engine.
import { readFileSync } from "node:fs"

import { EMPTY_TALE, tell } from "../../static/js/scenes/history.js"
import { SCENES } from "../../static/js/scenes/scenes.js"
import { balance } from "../../static/js/scenes/disk-balance.js"
import { plugged } from "../../static/js/scenes/streams.js"
import { runsOf } from "../../static/js/scenes/theatre.js"

const SIZE = { width: 1600, height: 1400 }

const { world, before, history } = JSON.parse(readFileSync(0, "utf8"))
const told = {
  ...world,
  tale: [...before, ...history].reduce((tale, [, event]) => tell(tale, event, world), EMPTY_TALE),
}
const drawn = {}
for (const [name, scene] of Object.entries(SCENES)) {
  const picture = scene.layout(told, world.at, SIZE)
  drawn[name] = {
    words: scene.describe(told, world.at),
    keys: (picture.parts ?? []).map((part) => part.key),
    cards: Object.fromEntries((picture.cards ?? []).map((card) => [card.id, [card.lane, card.line]])),
  }
}
drawn.facts = { balance: balance(told), plug: plugged(told), runs: runsOf(told) }
console.log(JSON.stringify(drawn))
