// Builders for the scenes' tests: a world and its history, from events like the server's.
import { EMPTY_HISTORY, foldHistory } from "../../../static/js/scenes/history.js"

export const container = (given = {}) => ({
  id: "c1",
  name: "clock",
  image: "busybox",
  command: ["ping", "127.0.0.1"],
  state: "running",
  tty: false,
  stdin: false,
  init: false,
  memory: 67108864,
  overridden: true,
  hostname: "3f2a91c07be4",
  attached: [],
  execs: [],
  created_at: 90,
  started_at: 91,
  ended_at: null,
  exit_code: null,
  oom: false,
  runs: 1,
  signals: [],
  stopping: null,
  ...given,
})

export const busybox = { id: "sha256:b", tags: ["busybox:latest"], size: 4261550 }

export const world = (given = {}) => ({
  engine: "up",
  version: "26.1.5",
  at: 100,
  containers: [],
  images: [busybox],
  pending: [],
  ...given,
})

export const target = (given = {}) => ({
  ref: "clock",
  id: "c1",
  name: "clock",
  image: "busybox",
  command: ["ping", "127.0.0.1"],
  tty: false,
  ...given,
})

let calls = 0

export const begun = (name, at, given = {}) => ({
  kind: "CallStarted",
  at,
  call: `t-${(calls += 1)}`,
  name,
  method: "POST",
  path: `/v1/${name}`,
  target: null,
  params: {},
  ...given,
})

export const done = (start, at, given = {}) => ({
  kind: "CallEnded",
  at,
  call: start.call,
  name: start.name,
  status: 200,
  duration: at - start.at,
  target: start.target,
  sent: 0,
  received: 0,
  out: "",
  err: "",
  cut: false,
  message: "",
  result: {},
  ...given,
})

// Returns the world with the history of these events.
export const after = (now, ...events) => ({
  ...now,
  history: events.reduce((history, event) => foldHistory(history, event, now), EMPTY_HISTORY),
})

export const said = (picture) => picture.parts.flatMap(textsOf)

const textsOf = (part) =>
  part.kind === "group" ? part.parts.flatMap(textsOf) : part.kind === "text" ? [part.text] : []
