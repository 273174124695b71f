// The visible parts of <lab-player>: head, stage, verdict, controls and note.

import { h } from "../shared/dom.js"

const SPEEDS = [1, 2, 4]
const NOTE =
  "Recorded on a real engine, at its measured times. Only the pauses between commands were added, for reading."
const CAST = "The terminal’s recording as a file for asciinema, or any player of asciicasts"

// Returns the parts by name. `does`: the player's actions {close, toggle, skip(-1 or 1), seek(position),
// setSpeed(times)}.
export function createParts(does) {
  const parts = { ...headParts(does), ...controlParts(does) }
  return {
    ...parts,
    head: h(
      "header",
      { class: "player-head" },
      h("strong", { class: "player-badge" }, "Recording"),
      parts.title,
      h("span", { class: "grow" }),
      parts.cast,
      parts.close,
    ),
    stage: part("stage", "div"),
    verdict: part("verdict", "p", { role: "status" }),
    controls: h(
      "div",
      { class: "player-controls", role: "group", "aria-label": "Recording" },
      parts.play,
      parts.before,
      parts.after,
      h("div", { class: "player-track" }, parts.marks, parts.range),
      parts.time,
      parts.speeds,
    ),
    note: part("note", "p", {}, NOTE),
  }
}

function headParts({ close }) {
  const download = { class: "quiet small player-cast", download: "", title: CAST }
  return {
    title: part("title", "h2"),
    cast: part("cast", "a", download, "asciicast"),
    close: button("close", "Back to your own", close, { title: "Close the recording (Esc)" }),
  }
}

function controlParts({ toggle, skip, seek, setSpeed }) {
  const label = (text, key) => ({ "aria-label": text, title: `${text} (${key})` })
  const range = part("range", "input", { type: "range", min: 0, step: 0.1, "aria-label": "Position in the recording" })
  range.addEventListener("input", () => seek(Number(range.value)))
  return {
    play: button("play", "Play", toggle),
    before: button("before", "◂", () => skip(-1), label("The verdict before", "[")),
    after: button("after", "▸", () => skip(1), label("The next verdict", "]")),
    marks: part("marks", "div"),
    range,
    time: part("time", "span", { "aria-hidden": "true" }),
    speeds: part("speeds", "span", { role: "group", "aria-label": "Speed" }, ...SPEEDS.map((n) => speed(n, setSpeed))),
  }
}

function speed(times, setSpeed) {
  const label = { "aria-label": `${times} times as fast`, onclick: () => setSpeed(times) }
  return h("button", { type: "button", class: "quiet small", value: times, ...label }, `${times}×`)
}

const button = (name, text, does, rest = {}) =>
  h("button", { type: "button", class: `quiet small player-${name}`, onclick: does, ...rest }, text)

/** @returns {any} */
const part = (name, kind, rest = {}, ...children) => h(kind, { class: `player-${name}`, ...rest }, ...children)
