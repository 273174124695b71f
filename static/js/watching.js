// The composition root of the instructor's window on a learner. Nothing imports this.

import { room } from "./follow/room.js"
import LabAccess from "./lab-access.js"
import LabErrors from "./lab-errors.js"
import LabScene from "./lab-scene.js"
import LabSight from "./lab-sight.js"
import LabWatch from "./lab-watch.js"
import { enter } from "./session.js"

const WIDGETS = { "lab-errors": LabErrors, "lab-access": LabAccess, "lab-scene": LabScene, "lab-sight": LabSight, "lab-watch": LabWatch }

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

await enter()
room.enter()
