// Entry of the projector's page and of the presenter's notes window. Nothing imports this.

import { feed } from "./shared/feed.js"
import { followConnection } from "./class/follow.js"
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
import { liveSource } from "./shared/live-source.js"
import { reportPresence } from "./shared/presence.js"
import { recreateTerminals } from "./terminal/renewal.js"
import { signIn } from "./shared/session.js"

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

await signIn()
recreateTerminals()
reportPresence()
feed.open(document.querySelector("lab-present, lab-notes").getAttribute("lesson"), liveSource)

// Last and separate: the rest works even where the terminal can't be drawn.
if (document.querySelector("lab-terminal"))
  customElements.define("lab-terminal", (await import("./terminal/lab-terminal.js")).default)
if (document.querySelector("lab-shared-terminal"))
  customElements.define("lab-remote-terminal", (await import("./class/lab-remote-terminal.js")).default)
followConnection.connect()
