// The processes of a container as a tree: process 1 and its children, and beside them the commands joined by exec, each
// with its own children. Parents are known from the engine's `top`; before the first report, from calls and events.

import { commandOf, execText } from "./format.js"

const DEPTH = 3 // generations that are drawn separately
const KEPT = 4 // ended commands that are still shown

// Returns `[{key, words, note, lives, depth, branch, parent, joined, exec}, …]` from the top down; `branch` is "own" or
// "joined".
export function processTree(container) {
  const seen = container.use?.processes ?? []
  const [first, ...rest] = seen
  const told = rest.filter(([, , parent]) => parent)
  const own = ownOf(container, first, told).map((one) => ({ ...one, branch: "own" }))
  return [...own, ...joinedOf(container, first, told).map((one) => ({ ...one, branch: "joined" }))]
}

function ownOf(container, first, told) {
  const one = {
    key: "1",
    words: container.init ? "docker-init" : commandOf(container) || container.image,
    note: "PID 1",
    lives: true,
    depth: 0,
  }
  const children = first ? childrenOf(first[0], one.words, told, 1) : []
  if (children.length || !container.init) return [one, ...children]
  const words = commandOf(container) || container.image
  return [one, { key: "own", words, note: "its child", parent: one.words, lives: true, depth: 1 }]
}

function childrenOf(parent, called, told, depth) {
  return told
    .filter((row) => row[2] === parent)
    .flatMap(([number, words]) => [
      { key: `p${number}`, words, note: "its child", parent: called, lives: true, depth },
      ...(depth < DEPTH ? childrenOf(number, words, told, depth + 1) : []),
    ])
}

function joinedOf(container, first, told) {
  const execs = container.execs ?? []
  const running = execs.filter((one) => one.ended_at === null)
  const ended = execs.filter((one) => one.ended_at !== null).slice(-KEPT)
  const roots = rootsOf(running, first, told)
  return [...ended, ...running].flatMap((one) => {
    const lives = one.ended_at === null
    const member = {
      key: one.id,
      words: execText(one),
      note: lives ? "by exec" : `exit ${one.exit_code}`,
      lives,
      depth: 0,
      joined: true,
      exec: one,
    }
    return [member, ...(roots.has(one.id) ? childrenOf(roots.get(one.id), member.words, told, 1) : [])]
  })
}

// Returns the process number of each exec'd command: its parent is outside the container. Numbers grow in order of
// start; if there are not as many as commands, they cannot be matched.
function rootsOf(running, first, told) {
  const inside = new Set([first?.[0], ...told.map(([number]) => number)])
  const outside = told
    .filter(([, , parent]) => !inside.has(parent))
    .map(([number]) => number)
    .sort((a, b) => a - b)
  if (outside.length !== running.length) return new Map()
  return new Map([...running].sort((a, b) => a.started_at - b.started_at).map((one, index) => [one.id, outside[index]]))
}
