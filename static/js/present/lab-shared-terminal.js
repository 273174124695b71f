// <lab-shared-terminal> – a learner's picture and terminal on the projector, for as long as they agree. It says that they do, and
// not who they are. `x` takes it down, as the learner's own click does.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { room, stream } from "../class/follow.js"

export default class LabSharedTerminal extends HTMLElement {
  connectedCallback() {
    this.hidden = true
    this.append(
      h("p", { class: "shared-terminal-text" }, "A learner’s own engine and terminal, with their consent"),
      h("lab-scene", { scene: this.getAttribute("scene"), theirs: true }),
      h("lab-remote-terminal", { easy: "28", most: "60", "aria-label": "A learner’s terminal" }),
    )
    room.addEventListener("came", () => room.ask("project"))
    room.addEventListener("consent", ({ detail }) => this.#told(detail))
  }

  // Private

  #told({ shown }) {
    if (shown === !this.hidden) return
    this.hidden = !shown
    if (!shown) stream.take("over", {})
    dispatchEvent(new Event("slipway:appearance"))
    announce(shown ? "A learner’s terminal is on the projector." : "The projector is yours again.")
  }
}
