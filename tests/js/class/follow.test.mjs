// A page reports which of its own terminals is visible; a window on another learner reports nothing.
import assert from "node:assert/strict"
import { test } from "node:test"

const focused = []
globalThis.addEventListener = (name, does) => name === "focus" && focused.push(does)
globalThis.document = { addEventListener() {} }
globalThis.localStorage = { getItem: () => null }

// A page of a class whose connection records the requests.
async function page(before = () => {}) {
  const { followConnection } = await import(`../../../static/js/class/follow.js?${focused.length}`)
  const [asked, hears] = [[], {}]
  const line = {
    connected: true,
    on: (name, does) => (hears[name] = does),
    timeout: () => line,
    emitWithAck: async (...said) => asked.push(said) && { ok: true },
  }
  before(followConnection)
  followConnection.connect(line)
  hears.connect()
  hears.consent({ class: true })
  return { followConnection, asked, focus: focused.at(-1), loses: () => hears.connect() }
}

test("a page reports its visible terminal on connect, reconnect, change and focus", async () => {
  const { followConnection, asked, focus, loses } = await page((followConnection) => followConnection.showTerminal(2))
  loses()
  followConnection.showTerminal(3)
  focus()
  assert.deepEqual(
    asked,
    [2, 2, 3, 3].map((terminal) => ["here", { terminal }]),
  )
})

test("a page without a terminal of its own reports none", async () => {
  const { asked, focus, loses } = await page()
  loses()
  focus()
  assert.deepEqual(asked, [])
})
