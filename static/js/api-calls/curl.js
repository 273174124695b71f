// An API call as a curl command for the learner's own terminal, or why there is none. Pure.

const SOCKET = "/run/gateway/docker.sock"
const ARCHIVES = new Set(["image.build", "container.archive.put"])
const BODIES = new Set([
  "container.create",
  "container.exec",
  "network.create",
  "network.connect",
  "network.disconnect",
  "volume.create",
])

// Returns `{command, why}`, one of them empty. A note about the repetition follows the command as a comment.
export function curl(call) {
  const why = unrepeatable(call)
  if (why) return { command: "", why }
  const words = [["curl", ...options(call), quoted(address(call))].join(" "), reader(call)].filter(Boolean).join(" | ")
  return { command: [words, note(call)].filter(Boolean).join("  # "), why: "" }
}

function unrepeatable(call) {
  if (!/^[A-Z]+$/.test(call.method)) return "This call could not be parsed, so it can’t be repeated."
  if (call.name === "exec.resize")
    return "The size of its terminal is set while a second command runs; this one has ended, or its size is set."
  if (call.name === "exec.start")
    return "A prepared command runs once. To run it again, repeat the call before this one, container exec."
  if (ARCHIVES.has(call.name))
    return "The body of this call was a packed folder, which is not kept here. Type the docker command again instead."
  if (call.shortened) return "This call is too long to be kept whole here. Type the docker command again instead."
  if (call.refused && BODIES.has(call.name))
    return "The body of a call that was refused is not kept here. Type the docker command again instead."
  return ""
}

function options(call) {
  const { body } = call.params ?? {}
  const words = ["--unix-socket", SOCKET]
  if (call.method === "HEAD") words.push("--head")
  else if (call.method !== "GET") words.push(...(twoWay(call) ? [] : ["-i"]), "-X", call.method)
  if (twoWay(call)) words.push("-H", quoted("Connection: Upgrade"), "-H", quoted("Upgrade: tcp"))
  if (endless(call)) words.push("-N")
  if (reader(call))
    words.push("-sS") // else curl draws a progress bar between the lines
  else if (streams(call)) words.push("--output", "-")
  if (body) words.push("-H", quoted("Content-Type: application/json"), "-d", quoted(text(body)))
  return words
}

// The engine answers this with a stream in both directions.
const twoWay = ({ name }) => name === "container.attach"

const streams = ({ name }) => name === "container.attach" || name === "container.logs"

const on = (value, other) => ["1", "true"].includes(String(value ?? other).toLowerCase())

function endless({ name, params }) {
  if (name === "container.logs") return on(params?.follow)
  if (name === "container.stats") return on(params?.stream, "1")
  return name === "container.attach" || name === "system.events"
}

// Without a TTY each chunk of output starts with eight unprintable bytes, and an archive is not text.
function reader(call) {
  if (streams(call) && !call.target?.tty) return "cat -v"
  return call.name === "container.archive.get" && call.method === "GET" ? "tar -tv" : ""
}

function note(call) {
  if (call.name === "container.create" && call.params?.name) return `409 as long as there is a ${call.params.name}`
  if (call.name === "container.wait") return "answers when it ends"
  const said = [
    streams(call) && !call.target?.tty ? "before each piece: its channel, its length" : "",
    endless(call) ? "Ctrl-C to leave" : "",
  ]
  return said.filter(Boolean).join("; ")
}

function address(call) {
  const { body: _, ...query } = call.params ?? {}
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [key, text(one)]),
  )
  const search = new URLSearchParams(pairs).toString()
  return `http://localhost${call.path}${search && !call.path.includes("?") ? `?${search}` : ""}`
}

const text = (value) => (typeof value === "string" ? value : JSON.stringify(value))

const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`
