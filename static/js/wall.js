// The composition root of the wall. Nothing imports this.

import LabAccess from "./lab-access.js"
import LabErrors from "./lab-errors.js"
import LabLook from "./lab-look.js"
import LabWall from "./lab-wall.js"
import LabWallClass from "./lab-wall-class.js"
import LabWallEngines from "./lab-wall-engines.js"
import LabWallGroups from "./lab-wall-groups.js"
import LabWallHands from "./lab-wall-hands.js"
import LabWallKeys from "./lab-wall-keys.js"
import LabWallMember from "./lab-wall-member.js"
import LabWallPerson from "./lab-wall-person.js"
import { enter, session } from "./session.js"

const WIDGETS = {
  "lab-errors": LabErrors,
  "lab-access": LabAccess,
  "lab-look": LabLook,
  "lab-wall": LabWall,
  "lab-wall-engines": LabWallEngines,
  "lab-wall-groups": LabWallGroups,
  "lab-wall-hands": LabWallHands,
  "lab-wall-person": LabWallPerson,
  "lab-wall-member": LabWallMember,
  "lab-wall-class": LabWallClass,
  "lab-wall-keys": LabWallKeys,
}

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

const wall = document.querySelector("lab-wall")
if (await enter()) await wall.open()
else session.addEventListener("entered", () => wall.open(), { once: true })
