// <lab-still recordings="recordings/"> – the printed picture of a static page: the scene of a step at the end of its
// recording. On a screen the player shows it moving.

import { h } from "../shared/dom.js"
import { Feed } from "../shared/feed.js"
import { loadRecording } from "./recordings.js"
import { stateAt } from "./timeline.js"

// The feed of one past moment: nothing in it is announced.
class MomentFeed extends Feed {
  #at = 0

  now() {
    return this.#at
  }

  announce() {}

  stand(recording) {
    const { story } = stateAt(recording, recording.seconds)
    this.#at = recording.begins + recording.seconds
    this.receive("seat", { state: "ready", say: "A recording", engine: story.world.version })
    this.receive("story", story)
  }
}

export default class LabStill extends HTMLElement {
  feed = new MomentFeed()
  #requested = ""

  // Throws an Error with a readable message if there is no recording.
  async load(lesson, step) {
    this.#requested = `${lesson}/${step}`
    const recording = await loadRecording(this.getAttribute("recordings"), lesson, step)
    if (this.#requested !== `${lesson}/${step}`) return
    const scene = h("lab-scene", { scene: recording.scene, still: true })
    this.replaceChildren(h("h2"), scene, h("p", {}, `As it stood on a real engine when “${recording.title}” was done.`))
    this.querySelector("h2").textContent = scene.caption
    this.feed.stand(recording)
  }
}
