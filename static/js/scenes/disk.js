// The disk: what containers, images and builds leave on it, what was removed, and what that freed.

import { changes as containerChanges, engineText } from "./lifecycle-text.js"
import {
  alive,
  CARD,
  containerCard,
  fits,
  footerHeight,
  frame,
  group,
  headline,
  imageCard,
  isNarrow,
  rect,
  cardGrid,
  text,
  zone,
} from "./parts.js"
import { BALANCE, balance, balanceText, bars, lastPrune, measures } from "./disk-balance.js"
import { commandOf, exitText, imageNames, many, size as bytes } from "./format.js"

export const title = "What is on the disk"

export const changes = containerChanges

const BUILD = 58 // units, the height of the build cache
const TOLD = 12 // containers that get a sentence each

export function layout(world, time, size) {
  const rows = isNarrow(size)
  const foot = footerHeight(size)
  const height = Math.max(size.height, rows ? 560 : 260)
  const held = balance(world)
  const floor = height - foot - (held.length ? BALANCE : 0)
  const { containers, images, build, gone } = boxes(size.width, floor, rows)
  const taken = goneFrom(world)
  const from = (one, home) => ({ from: { x: home.x + 10, y: home.y + 34 } })
  const parts = [
    ...zone("containers", containers, "Containers", {
      count: world.containers.length || "",
      note: world.containers.length ? "" : "None: nothing to clean up",
    }),
    ...zone("images", images, "Image cache", {
      count: world.images.length
        ? [world.images.length, bytes(measures(world).at(-1)?.images)].filter(Boolean).join(" · ")
        : "",
      note: world.images.length ? "" : "Empty: the next run has to pull",
    }),
    ...zone("build", build, "Build cache", buildNote(world, build)),
    ...zone("gone", gone, "Cleaned up", {
      count: taken.length || "",
      note: taken.length ? "" : "What prune or rm takes goes here",
    }),
    ...cardGrid(
      "containers",
      world.containers,
      containers,
      (one, at) => containerCard(one, at, { line: wroteText(one) }),
      { more: "docker ps -a" },
    ),
    ...cardGrid("images", world.images, images, (one, at) => imageCard(one, at), { more: "docker images" }),
    ...cardGrid(
      "gone",
      taken,
      gone,
      (one, at) => goneCard(one, at, from(one, one.what === "image" ? images : containers)),
      { more: "gone before" },
    ),
    ...bars(held, { y: floor + 4, width: size.width }),
    ...headline(verdict(world), { y: height - foot + 26, width: size.width - 8 }),
  ]
  return frame(world, size, height, parts)
}

export function describe(world) {
  const still = world.containers.filter((one) => !alive(one)).map((one) => one.name)
  const names = world.images.map((one) => `${imageNames(one)}${one.size ? ` (${bytes(one.size)})` : ""}`)
  const gone = goneFrom(world)
    .slice(-8)
    .map((one) => one.name)
  const idle = still.length ? `; without a process: ${still.join(", ")}` : ""
  const { count, note } = buildText(world)
  return [
    engineText(world),
    `${many(world.containers.length, "container")} on the disk${idle}.`,
    ...world.containers.slice(-TOLD).map(cardText),
    names.length
      ? `${many(names.length, "image")} in the image cache: ${names.join("; ")}.`
      : "No image is in the image cache.",
    `Build cache: ${count || note[0].toLowerCase() + note.slice(1)}.`,
    ...(gone.length ? [`Removed: ${gone.join(", ")}.`] : []),
    ...balanceText(balance(world)),
    verdict(world),
  ]
}

// A container's card: what it had written when last asked, and its state.
function cardText(one) {
  const wrote = one.wrote ? [`had written ${bytes(one.wrote)} when docker system df last asked`] : []
  return `${one.name}: ${[stateOf(one), ...wrote].join("; ")}.`
}

function stateOf(one) {
  if (one.state === "created") return "files, no process"
  if (one.state === "exited") return `${exitText(one)}${one.oom ? ", out of memory" : ""}`
  return one.state === "paused" ? "paused" : ["running", commandOf(one).replace(/\s+/g, " ")].filter(Boolean).join(" ")
}

// This lab's builder keeps build steps among the images, as the classic builder does.
function buildText(world) {
  const known = measures(world).at(-1)?.build
  if (known) return { count: bytes(known), note: "" }
  if (known === undefined)
    return { count: "", note: "docker system df tells how much", short: "docker system df tells" }
  const built = world.history.calls.some((call) => call.name === "image.build")
  if (built)
    return { count: "", note: "Empty: this builder keeps its parts as images", short: "Empty: parts are images" }
  return { count: "", note: "Empty: nothing built yet" }
}

// Its zone is one line high.
function buildNote(world, box) {
  const { count, note, short = note } = buildText(world)
  return { count, note: fits(note, box.width - 26) === note ? note : short }
}

// Returns what was removed and has not come back: an image that was pulled again is the same one.
function goneFrom(world) {
  const here = new Set([...world.containers, ...world.images].map((one) => one.id))
  return (world.history?.gone ?? []).filter((one) => !here.has(one.id))
}

// Returns how much a container has written, if `docker system df` has asked.
const wroteText = (one) => (one.wrote ? bytes(one.wrote) : "")

function verdict(world) {
  const prune = lastPrune(world)
  const idle = world.containers.filter((one) => !alive(one)).length
  if (prune && !world.containers.some((one) => one.created_at > prune.at)) return pruneText(prune, world)
  const keep = idle === 1 ? "keeps its" : "keep their"
  if (idle) return `${many(idle, "container")} without a process still ${keep} files here: prune or rm takes them away.`
  const files = "A container that has ended keeps its files until someone removes it"
  return `${files}; images stay in the cache until someone asks.`
}

function pruneText({ containers, images, reclaimed }, world) {
  const took = [containers ? many(containers, "container") : "", images ? `${many(images, "part")} of images` : ""]
    .filter(Boolean)
    .join(" and ")
  const kept = world.images.length ? ` ${many(world.images.length, "image")} stayed in the cache.` : ""
  return `The prune took ${took || "nothing"}${reclaimed ? ` and gave ${bytes(reclaimed)} back` : ""}.${kept}`
}

// The build cache is a narrow zone below the image cache.
function boxes(width, height, rows) {
  const gap = rows ? 12 : 18
  const shares = rows ? [0.38, 0.34, 0.28] : [0.4, 0.32, 0.28]
  const room = (rows ? height - 6 - BUILD - gap : width - 4) - 2 * gap
  let at = 2
  const [containers, images, gone] = shares.map((share, index) => {
    const box = rows
      ? { x: 2, y: at, width: width - 4, height: room * share }
      : { x: at, y: 2, width: room * share, height: height - 6 }
    at += room * share + gap + (rows && index === 1 ? BUILD + gap : 0)
    return box
  })
  const above = rows ? images : { ...images, height: images.height - BUILD - 10 }
  return {
    containers,
    images: above,
    build: { ...images, y: rows ? images.y + images.height + gap : above.y + above.height + 10, height: BUILD },
    gone,
  }
}

function goneCard(one, { x, y, width }, rest) {
  const words = [one.what, one.size ? bytes(one.size) : ""].filter(Boolean).join(" · ")
  const face = [
    rect("face", "", { x: 0.75, y: 0.75, width: width - 1.5, height: CARD - 1.5 }, 9),
    text("name", "name struck", 12, 20, fits(one.name, width - 22, true)),
    text("line", "line", 12, 38, fits(`${words}, gone`, width - 22)),
  ]
  return group(`gone:${one.id}`, "card removed", x, y, face, { full: one.name, ...rest })
}
