// An image opened up: a file system snapshot and a startup command. A container gets its own copy of the snapshot; its
// process runs the startup command, or the one given instead.

import { opened } from "./image-state.js"
import { filesText, verdict } from "./image-text.js"
import { changes as containerChanges } from "./lifecycle-text.js"
import {
  alive,
  heartbeat,
  fits,
  footerHeight,
  frame,
  headline,
  lines,
  isNarrow,
  path,
  rect,
  text,
  zone,
} from "./parts.js"
import { commandOf, exitText } from "./format.js"

export { describe } from "./image-text.js"

export const title = "What an image is"

const TITLE = { snapshot: "File system snapshot", command: "Startup command" }

export const changes = containerChanges

export function layout(world, time, size) {
  const rows = isNarrow(size)
  const foot = footerHeight(size)
  const height = Math.max(size.height, rows ? 560 : 270)
  const shown = opened(world)
  const [image, container] = boxes(size.width, height - foot, rows)
  const parts = [
    ...zone("image", image, shown.image ? `Image ${shown.image}` : "An image"),
    ...zone("container", container, shown.container ? `Container ${shown.container.name}` : "A container", {
      live: Boolean(shown.container && alive(shown.container)),
    }),
    ...snapshot(shown, halves(image)[0]),
    ...startup(shown, halves(image)[1]),
    ...segment(shown, halves(container)[0]),
    ...process(shown, halves(container)[1]),
    ...arrows(shown, image, container, rows),
    ...headline(verdict(shown), { y: height - foot + 26, width: size.width - 8 }),
  ]
  return frame(world, size, height, parts)
}

// Private: positions

function boxes(width, height, rows) {
  if (rows) {
    const tall = (height - 6 - 56) / 2
    return [
      { x: 2, y: 2, width: width - 4, height: tall },
      { x: 2, y: 2 + tall + 56, width: width - 4, height: tall },
    ]
  }
  const gap = Math.min(220, Math.max(168, width * 0.2))
  const wide = (width - 4 - gap) / 2
  return [
    { x: 2, y: 2, width: wide, height: height - 6 },
    { x: 2 + wide + gap, y: 2, width: wide, height: height - 6 },
  ]
}

function halves(box) {
  const inner = { x: box.x + 12, width: box.width - 24 }
  const room = box.height - 34 - 12 - 10
  const first = room * 0.56
  return [
    { ...inner, y: box.y + 34, height: first },
    { ...inner, y: box.y + 44 + first, height: room - first },
  ]
}

// Private: contents

function snapshot({ image, files }, box) {
  const room = {
    x: box.x + 14,
    y: box.y + 45,
    width: box.width - 26,
    most: Math.max(1, Math.floor((box.height - 60) / 17)),
    mono: true,
  }
  return [
    rect("snapshot", "block", box, 9),
    text("snapshot:name", "strong", box.x + 12, box.y + 22, TITLE.snapshot),
    ...(files.length ? lines("snapshot:files", "mono", filesText(files, "  "), room) : folders("snapshot", box, "")),
    ...(box.height > 84
      ? lines("snapshot:words", "soft", image ? "Frozen: nothing changes it" : "Files and folders, frozen", {
          x: box.x + 12,
          y: box.y + box.height - 10,
          width: box.width - 24,
          most: 1,
        })
      : []),
  ]
}

// A symbol for files, not a listing: the engine has not told which files there are.
function folders(key, box, name) {
  const top = box.y + 34
  const room = Math.max(0, Math.min(3, Math.floor((box.height - 46 - 18) / 15)))
  const parts = []
  for (let n = 0; n < room; n += 1) {
    const x = box.x + 14 + (n ? 18 : 0)
    parts.push(path(`${key}:folder${n}`, `sheet-sign ${name}`, `M${x} ${top + n * 15 + 2}h4l2 2h6v7h-12z`))
    parts.push(path(`${key}:line${n}`, `sheet-line ${name}`, `M${x + 18} ${top + n * 15 + 8}h${[58, 84, 66][n]}`))
  }
  return parts
}

function startup({ own, container, image }, box) {
  const replaced = Boolean(container?.overridden)
  const words = own || (image ? "the image's own" : "what begins when a container starts")
  return [
    rect("startup", "block", box, 9),
    text("startup:name", "strong", box.x + 12, box.y + 22, TITLE.command),
    text(
      "startup:own",
      `${own ? "mono" : "soft"} ${replaced && own ? "struck" : ""}`,
      box.x + 12,
      box.y + 43,
      fits(words, box.width - 24, Boolean(own)),
    ),
    ...(replaced && box.height > 66
      ? [
          text(
            "startup:not",
            "soft",
            box.x + 12,
            box.y + 62,
            longest(["not used: another one was given", "another one was given"], box.width - 24),
          ),
        ]
      : []),
  ]
}

function segment({ container, files }, box) {
  const here = Boolean(container)
  const room = {
    x: box.x + 14,
    y: box.y + 45,
    width: box.width - 26,
    most: Math.max(1, Math.floor((box.height - 60) / 17)),
    mono: true,
  }
  return [
    rect("segment", `block ${here ? "lit" : "dead"}`, box, 9),
    text(
      "segment:name",
      "strong",
      box.x + 12,
      box.y + 22,
      fits(here ? "Its own files: a copy" : "Its own files", box.width - 24),
    ),
    ...(!here
      ? []
      : files.length
        ? lines("segment:files", "mono", filesText(files, "  "), room)
        : folders("segment", box, "own")),
    ...lines(
      "segment:words",
      "soft",
      here
        ? longest(["A segment of the disk, for it alone", "Its own segment of disk"], box.width - 24)
        : "create copies the snapshot here",
      { x: box.x + 12, y: here ? box.y + box.height - 10 : box.y + 43, width: box.width - 24, most: here ? 1 : 2 },
    ),
  ]
}

function process({ container, failed }, box) {
  const lives = container && alive(container)
  const state = failed ? "bad" : lives ? "live" : "dead"
  const command = container ? commandOf(container) : ""
  return [
    rect("process", `block ${state}`, box, 9),
    text("process:name", "strong", box.x + 12, box.y + 22, lives ? "Process" : "No process"),
    ...(lives ? [heartbeat(container, box.x + box.width - 18, box.y + 18)] : []),
    text(
      "process:command",
      command ? "mono" : "soft",
      box.x + 12,
      box.y + 43,
      fits(command || "start runs the startup command", box.width - 24, Boolean(command)),
    ),
    ...(container && box.height > 58
      ? lines("process:state", failed ? "tone-forced" : "soft", failed || stateText(container), {
          x: box.x + 12,
          y: box.y + 62,
          width: box.width - 24,
          most: Math.max(1, Math.floor((box.height - 50) / 17)),
        })
      : []),
  ]
}

function stateText(container) {
  if (container.state === "created") return "waits for start"
  if (container.state === "exited") return `ended: ${exitText(container)}`
  return container.state === "paused" ? "paused" : "running, PID 1 in its own numbering"
}

function arrows(shown, image, container, rows) {
  const { container: made } = shown
  const given = made?.overridden
  const [top, bottom] = rows ? down(image, container) : across(image, container)
  const parts = [...arrow("copy", top, "copy", made ? "open" : "", rows)]
  if (!given) return [...parts, ...arrow("startup", bottom, "start", made && alive(made) ? "open" : "", rows)]
  parts.push(...arrow("startup", bottom, "your command", "open", rows, true))
  return parts
}

function across(image, container) {
  const [first, second] = halves(image)
  const [left, right] = [image.x + image.width + 4, container.x - 5]
  return [first, second].map((half) => ({
    x1: left,
    x2: right,
    y1: half.y + half.height / 2,
    y2: half.y + half.height / 2,
  }))
}

const down = (image, container) =>
  [0.28, 0.62].map((share) => {
    const x = image.x + image.width * share
    return { x1: x, x2: x, y1: image.y + image.height + 4, y2: container.y - 5 }
  })

// A command given instead comes from the learner, so its arrow does not begin at the image.
function arrow(key, { x1, y1, x2, y2 }, verb, state, rows, given = false) {
  const start = given && !rows ? x1 + 40 : x1
  const at = rows
    ? { x: x1 + 9, y: (y1 + y2) / 2 + 5, anchor: "start" }
    : { x: (start + x2) / 2, y: y1 - 9, anchor: "middle" }
  return [
    path(`arrow:${key}`, `link ${state}`, `M${start} ${y1}L${x2} ${y2}`, state ? "tip-live" : "tip"),
    ...(given && !rows ? [path("arrow:cut", "cut", `M${x1} ${y1}h12m4 -6l12 12m-12 0l12 -12`)] : []),
    text(`arrow:${key}:verb`, `verb ${state}`, at.x, at.y, verb, at.anchor),
  ]
}

const longest = (ways, width) => ways.find((words) => fits(words, width) === words) ?? ways.at(-1)
