// The composition root of the projector and of the presenter's window. Nothing imports this.

import { feed } from "./shared/feed.js"
import { room } from "./class/follow.js"
import LabAccess from "./shared/lab-access.js"
import LabClock from "./present/lab-clock.js"
import LabErrors from "./shared/lab-errors.js"
import LabIdea from "./present/lab-idea.js"
import LabLead from "./class/lab-lead.js"
import LabNotes from "./present/lab-notes.js"
import LabPlayer from "./recording/lab-player.js"
import LabPresent from "./present/lab-present.js"
import LabPresentKeys from "./present/lab-present-keys.js"
import LabScene from "./scenes/lab-scene.js"
import LabSharedTerminal from "./present/lab-shared-terminal.js"
import LabStatus from "./shared/lab-status.js"
import LabApiCalls from "./api-calls/lab-api-calls.js"
import { live } from "./shared/live-source.js"
import { tellPresence } from "./shared/presence.js"
import { renewTerminals } from "./terminal/renewal.js"
import { enter } from "./shared/session.js"

const WIDGETS = {
  "lab-errors": LabErrors,
  "lab-access": LabAccess,
  "lab-scene": LabScene,
  "lab-clock": LabClock,
  "lab-status": LabStatus,
  "lab-api-calls": LabApiCalls,
  "lab-idea": LabIdea,
  "lab-player": LabPlayer,
  "lab-present": LabPresent,
  "lab-notes": LabNotes,
  "lab-present-keys": LabPresentKeys,
  "lab-lead": LabLead,
  "lab-shared-terminal": LabSharedTerminal,
}

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

await enter()
renewTerminals()
tellPresence()
feed.open(document.querySelector("lab-present, lab-notes").getAttribute("lesson"), live)

// Last, and apart: the rest can be shown even where the terminal can't be drawn.
if (document.querySelector("lab-terminal"))
  customElements.define("lab-terminal", (await import("./terminal/lab-terminal.js")).default)
if (document.querySelector("lab-shared-terminal"))
  customElements.define("lab-remote-terminal", (await import("./class/lab-remote-terminal.js")).default)
room.enter()
