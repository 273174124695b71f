// API calls in pure functions: events folded into a list of calls, and each call in plain words. Knows no DOM.
// lab-api-calls.js draws this; curl.js turns a call into a command.

const ROUTINE = new Set([
  "system.ping",
  "container.inspect",
  "image.inspect",
  "exec.inspect",
  "container.resize",
  "exec.resize",
  "system.events",
])
const MAX_CALLS = 200

// Returns the calls after one more event, oldest first; a call is replaced when its second half arrives.
export function foldCalls(calls, event) {
  if (event?.kind === "CallStarted") return [...calls, { ...event, status: null }].slice(-MAX_CALLS)
  if (event?.kind === "CallRefused")
    return [...calls.filter((call) => call.call !== event.call), { ...event, refused: true }].slice(-MAX_CALLS)
  if (event?.kind === "CallEnded") return calls.map((call) => (call.call === event.call ? ended(call, event) : call))
  return calls
}

function ended(call, event) {
  return {
    ...call,
    ...event,
    kind: "CallEnded",
    at: call.at,
    target: event.target ?? call.target,
    method: call.method,
    path: call.path,
    params: call.params,
  }
}

export const isRoutine = (call) => ROUTINE.has(call.name) && !call.refused && !(call.status >= 400)

export const pending = (call) => call.status === null && !call.refused

const MEANINGS = {
  "system.ping": "Are you there?",
  "system.version": "Which version are you?",
  "system.info": "Tell me about yourself",
  "system.events": "Tell me what happens, as it happens",
  "system.df": "How much disk is used?",
  "container.list": "List the containers",
  "container.create": "Make a container from {image}: files, no process yet",
  "container.inspect": "Look up {who}",
  "container.logs": "Read what {who} has printed",
  "container.top": "Which processes run in {who}?",
  "container.stats": "How much does {who} use?",
  "container.changes": "Which files has {who} changed?",
  "container.attach": "Connect this terminal to {who}",
  "container.start": "Start the process of {who}",
  "container.stop": "Ask {who} to end, {grace}",
  "container.restart": "Stop {who}, then start it again",
  "container.kill": "Send {signal} to {who} at once",
  "container.pause": "Freeze {who}",
  "container.unpause": "Let {who} go on",
  "container.wait": "Tell me when {who} ends",
  "container.resize": "Tell {who} the size of the terminal",
  "container.rename": "Give {who} another name",
  "container.exec": "Prepare a second command in {who}",
  "container.remove": "Remove {who} and its files",
  "container.prune": "Remove all stopped containers",
  "container.archive.get": "Copy files out of {who}",
  "container.archive.put": "Copy files into {who}",
  "exec.start": "Run the second command",
  "exec.resize": "Tell the second command the size of the terminal",
  "exec.inspect": "How did the second command end?",
  "image.list": "List the images in the cache",
  "image.inspect": "Look up an image",
  "image.history": "How was this image made?",
  "image.pull": "Fetch {from} from the hub into the image cache",
  "image.tag": "Give an image another name",
  "image.remove": "Remove an image from the cache",
  "image.prune": "Remove images that {unwanted}",
  "image.build": "Build an image",
  "build.prune": "Empty the build cache",
  "network.prune": "Remove networks that nothing uses",
  "volume.prune": "Remove volumes that nothing uses",
}

// Returns what a call means, in words for beginners.
export function meaning(call) {
  const params = call.params ?? {}
  const words = {
    who: call.target?.name || call.target?.ref || "a container",
    image: params.body?.Image ?? "an image",
    from: [params.fromImage, params.tag].filter(Boolean).join(":") || "an image",
    grace: graceOf(call) < 0 ? "and wait for ever" : `force it after ${graceOf(call)} s`,
    signal: signalText(params.signal),
    unwanted: prunesNamed(call) ? "nothing uses" : "have no name",
  }
  const sentence = MEANINGS[call.name] ?? call.name.replace(".", ": ")
  return sentence.replace(/\{(\w+)\}/g, (_, key) => words[key])
}

// With `-a` a prune also removes images that have a name.
export const prunesNamed = (call) => /"dangling":[[{]"(false|0)"/.test(call.params?.filters ?? "")

const GRACE = 10 // seconds that the engine waits by default

// Returns the grace period in seconds: the call's, else the container's. Negative means that it waits forever.
export function graceOf({ params, target }) {
  const given = Number.parseFloat(params?.t)
  return Number.isNaN(given) ? (target?.grace ?? GRACE) : given
}

function signalText(given) {
  if (!given) return "SIGKILL"
  const known = { 2: "SIGINT", 9: "SIGKILL", 15: "SIGTERM" }
  return known[given] ?? (/^\d+$/.test(given) ? `signal ${given}` : given.startsWith("SIG") ? given : `SIG${given}`)
}

// Returns the outcome: `pending 3.2 s`, `204 · 10.1 s`, `refused`.
export function outcome(call, now) {
  if (call.refused) return "refused"
  if (pending(call)) return `pending ${Math.max(0, now - call.at).toFixed(1)} s`
  if (call.cut) return `${CUT_SHORT[call.name] ?? "broken off"} · ${durationText(call.duration)}`
  return `${call.status} · ${durationText(call.duration)}`
}

// A client that leaves before the answer is complete has usually done nothing wrong: `docker run -d` waits for nothing.
const CUT_SHORT = {
  "container.wait": "no longer waited for",
  "container.logs": "stopped reading",
  "container.attach": "let go of it",
  "container.stats": "stopped looking",
  "system.events": "stopped listening",
  "container.stop": "client gone, the engine goes on",
  "container.restart": "client gone, the engine goes on",
}

const durationText = (time) => (time < 1 ? `${Math.max(1, Math.round(time * 1000))} ms` : `${time.toFixed(1)} s`)

// Returns what can be opened in a call, as `[name, text]` pairs: request and answer. Plain text, nothing hidden.
export function inside(call) {
  const { body, ...query } = call.params ?? {}
  const parts = [
    ["Query", Object.keys(query).length ? pretty(query) : ""],
    [
      call.name === "container.create" ? "Body, with this lab’s limits" : "Body",
      body === undefined ? "" : pretty(body),
    ],
    ["Answer", call.result && Object.keys(call.result).length ? pretty(call.result) : ""],
    ["STDOUT", call.out ?? ""],
    ["STDERR", call.err ?? ""],
  ]
  return parts.filter(([, words]) => words)
}

const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2))

// Returns the path for display: ids of 64 digits are cut to twelve.
export const shortPath = (path) => path.replace(/[0-9a-f]{64}/g, (id) => `${id.slice(0, 12)}…`)
