// Entry of the instructor's window on a learner. Nothing imports this.

import { followConnection } from "./class/follow.js"
import LabAccess from "./shared/lab-access.js"
import LabErrors from "./shared/lab-errors.js"
import LabScene from "./scenes/lab-scene.js"
import LabRemoteTerminal from "./class/lab-remote-terminal.js"
import LabWatch from "./class/lab-watch.js"
import { signIn } from "./shared/session.js"

const WIDGETS = {
  "lab-errors": LabErrors,
  "lab-access": LabAccess,
  "lab-scene": LabScene,
  "lab-remote-terminal": LabRemoteTerminal,
  "lab-watch": LabWatch,
}

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

await signIn()
followConnection.connect()
