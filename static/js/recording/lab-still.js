// <lab-still shelf="recordings/"> – the picture on paper of a page that is not live: the scene of a step, as it stood at the
// end of its recording. On a screen the player shows it as it moves.

import { h } from "../shared/dom.js"
import { Feed } from "../shared/feed.js"
import { recordingOf } from "./recordings.js"
import { standing } from "./timeline.js"

// The door of one moment, which is over: nothing in it is said aloud.
class MomentFeed extends Feed {
  #at = 0

  now() {
    return this.#at
  }

  announce() {}

  stand(recording) {
    const { story } = standing(recording, recording.seconds)
    this.#at = recording.begins + recording.seconds
    this.take("seat", { state: "ready", say: "A recording", engine: story.world.version })
    this.take("story", story)
  }
}

export default class LabStill extends HTMLElement {
  feed = new MomentFeed()
  #wanted = ""

  // Throws an Error with a sentence when there is no recording.
  async load(lesson, step) {
    this.#wanted = `${lesson}/${step}`
    const recording = await recordingOf(this.getAttribute("shelf"), lesson, step)
    if (this.#wanted !== `${lesson}/${step}`) return
    const scene = h("lab-scene", { scene: recording.scene, still: true })
    this.replaceChildren(h("h2"), scene, h("p", {}, `As it stood on a real engine when “${recording.title}” was done.`))
    this.querySelector("h2").textContent = scene.caption
    this.feed.stand(recording)
  }
}
