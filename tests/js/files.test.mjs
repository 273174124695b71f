// How the files of the page fit together: style sheets beside elements, and the list of elements that tsc knows.
import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import test from "node:test"

const root = new URL("../../", import.meta.url)
const filesIn = (folder, end) =>
  readdirSync(new URL(folder, root), { recursive: true }).filter((name) => name.endsWith(end))
const read = (path) => readFileSync(new URL(path, root), "utf8")
const elements = filesIn("static/js", ".js").filter((name) => /(^|\/)lab-[\w-]+\.js$/.test(name))

test("no line of a style sheet is longer than 120 columns", () => {
  for (const name of filesIn("static/css", ".css"))
    for (const [at, line] of read(`static/css/${name}`).split("\n").entries())
      assert.ok([...line].length <= 120, `${name}:${at + 1} has ${[...line].length} columns`)
})

test("the style sheet of an element has its name and its folder", () => {
  for (const name of filesIn("static/css", ".css").filter((one) => one.includes("lab-")))
    assert.ok(elements.includes(name.replace(/css$/, "js")), name)
})

test("tsc knows every element, and a page's script defines it", () => {
  const types = read("types/elements.d.ts")
  const scripts = filesIn("static/js", ".js")
    .map((name) => read(`static/js/${name}`))
    .join("\n")
  for (const name of elements) {
    const tag = name.replace(/^.*\/|\.js$/g, "")
    assert.ok(types.includes(`"${tag}": import("../static/js/${name}").default`), tag)
    assert.match(scripts, new RegExp(`"${tag}": \\w+[, ]|customElements\\.define\\(\\s*"${tag}"`), tag)
  }
})
