// The calls in the events that come in, each as the page would let it be copied: [{call, name, command, why, status}].
import { readFileSync } from "node:fs"

import { curl } from "../../static/js/api-calls/curl.js"
import { foldCalls } from "../../static/js/api-calls/calls.js"

const calls = JSON.parse(readFileSync(0, "utf8")).reduce(foldCalls, [])
console.log(
  JSON.stringify(calls.map((call) => ({ call: call.call, name: call.name, status: call.status, ...curl(call) }))),
)
