// Every module can be parsed: a name declared twice would leave a page dead.

import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import test from "node:test"
import { promisify } from "node:util"

const ROOT = new URL("../../static/js", import.meta.url).pathname
const modules = readdirSync(ROOT, { recursive: true }).filter((name) => name.endsWith(".js"))

test("there are modules", () => assert.ok(modules.length > 50))

for (const name of modules) {
  test(`${name} can be read`, { concurrency: true }, async () => {
    await promisify(execFile)(process.execPath, ["--check", join(ROOT, name)])
  })
}
