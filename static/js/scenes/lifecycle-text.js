// The life-cycle picture in words: the present state, and what has just changed. Pure.

import { lastEpisode, gracePeriod, sentence } from "./signal-timeline.js"
import { clock, commandOf, exitText, imageText, many } from "./format.js"

const LISTED = 12

// Returns sentences that say all that the picture shows, and nothing more.
export function describe(world, time) {
  const now = world.engine === "up" ? time : world.at
  return [engineText(world), imagesText(world), ...containersText(world, now)]
}

// Returns the difference of two worlds as short sentences to announce. The first world is no change.
export function changes(before, after) {
  if (!before || before.engine === "unknown") return []
  const old = new Map(before.containers.map((one) => [one.id, one]))
  const said = before.engine !== after.engine ? [engineText(after)] : []
  for (const container of after.containers) {
    const words = changeOf(old.get(container.id), container)
    if (words) said.push(words)
    old.delete(container.id)
  }
  return [...said, ...[...old.values()].map((one) => `${one.name} was removed.`)]
}

export function engineText(world) {
  if (world.engine === "up")
    return world.version ? `Your engine, version ${world.version}, is up.` : "Your engine is up."
  if (world.engine === "lost") return `Your engine does not answer. This is what was so at ${clock(world.at)}.`
  if (world.engine === "unreached")
    return `Your engine can't be reached right now. This is what was so at ${clock(world.at)}.`
  return "Your engine has not answered yet."
}

function imagesText(world) {
  const names = world.images.slice(0, LISTED).map((image) => imageText(image).name)
  if (!names.length) return "No image is in the image cache."
  const more = world.images.length > LISTED ? ` and ${world.images.length - LISTED} more` : ""
  return `${many(world.images.length, "image")} in the image cache: ${names.join(", ")}${more}.`
}

function containersText(world, now) {
  if (!world.containers.length)
    return ["There is no container: create copies an image's files, start begins its process."]
  return world.containers.map((container) => containerText(container, now))
}

function containerText(container, now) {
  const whose = `${container.name} (${container.image})`
  if (container.stopping) return stoppingText(container, whose, now)
  if (container.state === "created") return `${whose} is created: it has its files, and no process.`
  if (container.state === "paused") return `${whose} is paused.`
  if (container.state === "running") return runningText(container, whose)
  return exitedText(container, whose, now)
}

function stoppingText(container, whose, now) {
  const { left, gone } = gracePeriod(container, now)
  const asked = `${whose} was asked to stop ${Math.round(gone)} seconds ago`
  return left === null ? `${asked}.` : `${asked}; SIGKILL follows in ${Math.ceil(left)} seconds unless it ends.`
}

function runningText(container, whose) {
  const since = container.started_at ? ` since ${clock(container.started_at)}` : ""
  const sent = container.signals.length ? ` ${sentence(lastEpisode(container, 0))}` : ""
  return `${[whose, "is running", commandOf(container)].filter(Boolean).join(" ")}${since}.${sent}`
}

function exitedText(container, whose, now) {
  if (container.oom) return `${whose} was killed because its memory ran out: ${exitText(container)}.`
  if (container.signals.length) return `${sentence(lastEpisode(container, now))} Its files are still there.`
  return `${whose} has ended: ${exitText(container)}. Its files are still there.`
}

function changeOf(was, is) {
  if (!was) return is.state === "created" ? `${is.name} was created.` : `${is.name} is ${is.state}.`
  if (is.stopping && !was.stopping) return `${is.name} was asked to stop.`
  if (is.signals.length > was.signals.length && is.signals.at(-1)[1] === 9) return `${is.name} was sent SIGKILL.`
  if (is.name !== was.name) return `${was.name} is now called ${is.name}.`
  if (is.state === was.state) return is.runs > was.runs ? `${is.name} was started again.` : ""
  return stateText(was, is)
}

function stateText(was, is) {
  if (is.state === "running") return was.state === "paused" ? `${is.name} goes on.` : `${is.name} is running.`
  if (is.state === "exited") return `${is.name} has ended, ${exitText(is)}.`
  return `${is.name} is ${is.state}.`
}
