// The composition root of the pages that are not live. Bundled into one plain script, so it has to begin and end in one
// go: there is nothing to wait for, and nobody to log in to.

import { feed } from "./feed.js"
import LabCommand from "./lab-command.js"
import LabErrors from "./lab-errors.js"
import LabKeys from "./lab-keys.js"
import LabLesson from "./lab-lesson.js"
import LabLook from "./lab-look.js"
import LabPlayer from "./lab-player.js"
import LabScene from "./lab-scene.js"
import LabSplit from "./lab-split.js"
import LabStill from "./lab-still.js"
import LabStep from "./lab-step.js"
import LabViews from "./lab-views.js"
import { unfoldOnPaper } from "./paper.js"
import { still } from "./still.js"

const WIDGETS = {
  "lab-errors": LabErrors,
  "lab-look": LabLook,
  "lab-split": LabSplit,
  "lab-scene": LabScene,
  "lab-player": LabPlayer,
  "lab-still": LabStill,
  "lab-command": LabCommand,
  "lab-step": LabStep,
  "lab-lesson": LabLesson,
  "lab-views": LabViews,
  "lab-keys": LabKeys,
}

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

unfoldOnPaper()

const lesson = document.querySelector("lab-lesson")
if (lesson) feed.open(lesson.getAttribute("lesson"), still)
