// The composition root of the projector and of the presenter's window. Nothing imports this.

import { feed } from "./feed.js"
import { room } from "./follow/room.js"
import LabAccess from "./lab-access.js"
import LabClock from "./lab-clock.js"
import LabErrors from "./lab-errors.js"
import LabIdea from "./lab-idea.js"
import LabLead from "./lab-lead.js"
import LabNotes from "./lab-notes.js"
import LabPlayer from "./lab-player.js"
import LabPresent from "./lab-present.js"
import LabPresentKeys from "./lab-present-keys.js"
import LabScene from "./lab-scene.js"
import LabShown from "./lab-shown.js"
import LabStatus from "./lab-status.js"
import LabWire from "./lab-wire.js"
import { live } from "./live.js"
import { tellPresence } from "./presence.js"
import { renewTerminals } from "./renewal.js"
import { enter } from "./session.js"

const WIDGETS = {
  "lab-errors": LabErrors,
  "lab-access": LabAccess,
  "lab-scene": LabScene,
  "lab-clock": LabClock,
  "lab-status": LabStatus,
  "lab-wire": LabWire,
  "lab-idea": LabIdea,
  "lab-player": LabPlayer,
  "lab-present": LabPresent,
  "lab-notes": LabNotes,
  "lab-present-keys": LabPresentKeys,
  "lab-lead": LabLead,
  "lab-shown": LabShown,
}

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

await enter()
renewTerminals()
tellPresence()
feed.open(document.querySelector("lab-present, lab-notes").getAttribute("lesson"), live)

// Last, and apart: the rest can be shown even where the terminal can't be drawn.
if (document.querySelector("lab-terminal")) customElements.define("lab-terminal", (await import("./lab-terminal.js")).default)
if (document.querySelector("lab-shown")) customElements.define("lab-sight", (await import("./lab-sight.js")).default)
room.enter()
