// Entry of the static pages. Bundled into one plain script, so it must not wait for anything, and there is no login.

import { feed } from "./shared/feed.js"
import LabCommand from "./lesson/lab-command.js"
import LabErrors from "./shared/lab-errors.js"
import LabKeys from "./lesson/lab-keys.js"
import LabLesson from "./lesson/lab-lesson.js"
import LabAppearance from "./shared/lab-appearance.js"
import LabPlayer from "./recording/lab-player.js"
import LabScene from "./scenes/lab-scene.js"
import LabSplit from "./lesson/lab-split.js"
import LabStill from "./recording/lab-still.js"
import LabStep from "./lesson/lab-step.js"
import LabViews from "./lesson/lab-views.js"
import { unfoldForPrint } from "./lesson/print.js"
import { staticSource } from "./shared/static-source.js"

const WIDGETS = {
  "lab-errors": LabErrors,
  "lab-appearance": LabAppearance,
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

unfoldForPrint()

const lesson = document.querySelector("lab-lesson")
if (lesson) feed.open(lesson.getAttribute("lesson"), staticSource)
