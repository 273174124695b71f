// The disk: what containers and images leave on it, and what was taken away again, by whom, and what that gave back.

import { changes as containerChanges, engineWords } from "./lifecycle-words.js"
import { alive, CARD, containerCard, fits, footOf, frame, group, headline, imageCard, narrow, rect, shelf, text, zone } from "./kit.js"
import { imageWords, many, size as bytes } from "./words.js"
import { pending } from "../wire.js"

export const title = "What is on the disk"

export const changes = containerChanges

export function layout(world, time, size) {
  const rows = narrow(size)
  const foot = footOf(size)
  const height = Math.max(size.height, rows ? 560 : 260)
  const [containers, images, gone] = boxes(size.width, height - foot, rows)
  const taken = goneFrom(world)
  const from = (one, home) => ({ from: { x: home.x + 10, y: home.y + 34 } })
  const parts = [
    ...zone("containers", containers, "Containers", { count: world.containers.length || "", note: world.containers.length ? "" : "None: nothing to clean up" }),
    ...zone("images", images, "Image cache", { count: world.images.length ? `${world.images.length} · ${bytes(total(world.images))}` : "", note: world.images.length ? "" : "Empty: the next run has to pull" }),
    ...zone("gone", gone, "Cleaned up", { count: taken.length || "", note: taken.length ? "" : "What prune or rm takes goes here" }),
    ...shelf("containers", world.containers, containers, (one, at) => containerCard(one, at, { line: wroteWords(one) }), { more: "docker ps -a" }),
    ...shelf("images", world.images, images, (one, at) => imageCard(one, at), { more: "docker images" }),
    ...shelf("gone", taken, gone, (one, at) => goneCard(one, at, from(one, one.what === "image" ? images : containers)), { more: "gone before" }),
    ...headline(verdict(world), { y: height - foot + 26, width: size.width - 8 }),
  ]
  return frame(world, size, height, parts)
}

export function describe(world) {
  const still = world.containers.filter((one) => !alive(one)).map((one) => one.name)
  const names = world.images.map((one) => `${imageWords(one).name}${one.size ? ` (${bytes(one.size)})` : ""}`)
  const gone = goneFrom(world).slice(-8).map((one) => one.name)
  return [
    engineWords(world),
    ...measured(world),
    `${many(world.containers.length, "container")} on the disk${still.length ? `; without a process: ${still.join(", ")}` : ""}.`,
    names.length ? `${many(names.length, "image")} in the image cache: ${names.join(", ")}.` : "No image is in the image cache.",
    ...(gone.length ? [`Removed: ${gone.join(", ")}.`] : []),
    verdict(world),
  ]
}

function measured(world) {
  const wrote = world.containers.filter((one) => one.wrote)
  return wrote.length ? [`When docker system df last asked, ${wrote.map((one) => `${one.name} had written ${bytes(one.wrote)}`).join(", ")}.`] : []
}

// What was removed and has not come back: an image that was pulled again is the same one.
function goneFrom(world) {
  const here = new Set([...world.containers, ...world.images].map((one) => one.id))
  return (world.tale?.gone ?? []).filter((one) => !here.has(one.id))
}

// How much a container has written, once somebody has asked with `docker system df`.
const wroteWords = (one) => (one.wrote ? bytes(one.wrote) : "")

const total = (images) => images.reduce((sum, one) => sum + (one.size || 0), 0)

// The last prune, which is one call for each kind of thing, as the engine answered it.
export function lastPrune(world) {
  const prunes = (world.tale?.calls ?? []).filter((call) => call.name.endsWith(".prune") && !pending(call) && call.status === 200)
  const last = prunes.at(-1)
  if (!last) return null
  const same = prunes.filter((call) => last.at - call.at < 5)
  const taken = (name) => same.filter((call) => call.name === name).reduce((sum, call) => sum + (call.result?.deleted?.length ?? 0), 0)
  return { at: last.at, containers: taken("container.prune"), images: taken("image.prune"), reclaimed: same.reduce((sum, call) => sum + (call.result?.reclaimed ?? 0), 0) }
}

function verdict(world) {
  const prune = lastPrune(world)
  const idle = world.containers.filter((one) => !alive(one)).length
  if (prune && !world.containers.some((one) => one.created_at > prune.at)) return pruneWords(prune, world)
  if (idle) return `${many(idle, "container")} without a process still ${idle === 1 ? "keeps its" : "keep their"} files here: prune or rm takes them away.`
  return "A container that has ended keeps its files until someone removes it; images stay in the cache until someone asks."
}

function pruneWords({ containers, images, reclaimed }, world) {
  const took = [containers ? many(containers, "container") : "", images ? `${many(images, "part")} of images` : ""].filter(Boolean).join(" and ")
  const kept = world.images.length ? ` ${many(world.images.length, "image")} stayed in the cache.` : ""
  return `The prune took ${took || "nothing"}${reclaimed ? ` and gave ${bytes(reclaimed)} back` : ""}.${kept}`
}

function boxes(width, height, rows) {
  const gap = rows ? 12 : 18
  const shares = rows ? [0.38, 0.34, 0.28] : [0.4, 0.32, 0.28]
  const room = (rows ? height - 6 : width - 4) - 2 * gap
  let at = 2
  return shares.map((share) => {
    const box = rows ? { x: 2, y: at, width: width - 4, height: room * share } : { x: at, y: 2, width: room * share, height: height - 6 }
    at += room * share + gap
    return box
  })
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
