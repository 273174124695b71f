// <lab-shared-terminal> – a learner's picture and terminal on the projector for as long as the learner agrees. It says
// so without a name. `x` takes it down, as the learner's own click does.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { followConnection } from "../class/follow.js"
import { remoteFeed } from "../shared/feed.js"

export default class LabSharedTerminal extends HTMLElement {
  connectedCallback() {
    this.hidden = true
    this.append(
      h("p", { class: "shared-terminal-text" }, "A learner’s own engine and terminal, with their consent"),
      h("lab-scene", { scene: this.getAttribute("scene"), remote: true }),
      h("lab-remote-terminal", { easy: "28", most: "60", "aria-label": "A learner’s terminal" }),
    )
    followConnection.addEventListener("connected", () => followConnection.request("project"))
    followConnection.addEventListener("consent", ({ detail }) => this.#onConsent(detail))
  }

  // Private

  #onConsent({ shown }) {
    if (shown === !this.hidden) return
    this.hidden = !shown
    if (!shown) remoteFeed.receive("over", {})
    dispatchEvent(new Event("slipway:appearance"))
    announce(shown ? "A learner’s terminal is on the projector." : "The projector is yours again.")
  }
}
