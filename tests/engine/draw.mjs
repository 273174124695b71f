// Draws every scene of what comes in (a world and its history, as a page is state them), and says what is in it:
// {scene: {"words": the sentences, "keys": the parts by name, "cards": {id: [lane, line]}}}, and under "facts" what the
// pictures are made of.
// For tests that ask an engine.
import { readFileSync } from "node:fs"

import { EMPTY_HISTORY, foldHistory } from "../../static/js/scenes/history.js"
import { SCENES } from "../../static/js/scenes/scenes.js"
import { balance } from "../../static/js/scenes/disk-balance.js"
import { connectionOf } from "../../static/js/scenes/streams.js"
import { runsOf } from "../../static/js/scenes/theatre.js"

const SIZE = { width: 1600, height: 1400 }

const { world, before, history } = JSON.parse(readFileSync(0, "utf8"))
const state = {
  ...world,
  history: [...before, ...history].reduce((result, [, event]) => foldHistory(result, event, world), EMPTY_HISTORY),
}
const drawn = {}
for (const [name, scene] of Object.entries(SCENES)) {
  const picture = scene.layout(state, world.at, SIZE)
  drawn[name] = {
    words: scene.describe(state, world.at),
    keys: (picture.parts ?? []).map((part) => part.key),
    cards: Object.fromEntries((picture.cards ?? []).map((card) => [card.id, [card.lane, card.line]])),
  }
}
drawn.facts = { balance: balance(state), connection: connectionOf(state), runs: runsOf(state) }
console.log(JSON.stringify(drawn))
