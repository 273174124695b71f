// The page's composition root: the list of all widgets, and who is opened when. Nothing imports this.

import { feed } from "./feed.js"
import { room } from "./follow/room.js"
import LabAccess from "./lab-access.js"
import LabAgain from "./lab-again.js"
import LabClass from "./lab-class.js"
import LabCommand from "./lab-command.js"
import LabConsent from "./lab-consent.js"
import LabCourse from "./lab-course.js"
import LabErrors from "./lab-errors.js"
import LabFollow, { listenForKey } from "./lab-follow.js"
import LabKeys from "./lab-keys.js"
import LabLead from "./lab-lead.js"
import LabLesson from "./lab-lesson.js"
import LabLook from "./lab-look.js"
import LabPlayer from "./lab-player.js"
import LabReport from "./lab-report.js"
import LabScene from "./lab-scene.js"
import LabSplit from "./lab-split.js"
import LabStage from "./lab-stage.js"
import LabStatus from "./lab-status.js"
import LabStep from "./lab-step.js"
import LabTabs from "./lab-tabs.js"
import LabTold from "./lab-told.js"
import LabViews from "./lab-views.js"
import LabWire from "./lab-wire.js"
import { live } from "./live.js"
import { unfoldOnPaper } from "./paper.js"
import { tellPresence } from "./presence.js"
import { renewTerminals } from "./renewal.js"
import { classroom } from "./classroom.js"
import { enter } from "./session.js"

const WIDGETS = {
  "lab-errors": LabErrors,
  "lab-access": LabAccess,
  "lab-look": LabLook,
  "lab-class": LabClass,
  "lab-course": LabCourse,
  "lab-report": LabReport,
  "lab-split": LabSplit,
  "lab-scene": LabScene,
  "lab-wire": LabWire,
  "lab-player": LabPlayer,
  "lab-stage": LabStage,
  "lab-status": LabStatus,
  "lab-command": LabCommand,
  "lab-step": LabStep,
  "lab-lesson": LabLesson,
  "lab-again": LabAgain,
  "lab-tabs": LabTabs,
  "lab-told": LabTold,
  "lab-views": LabViews,
  "lab-keys": LabKeys,
  "lab-follow": LabFollow,
  "lab-lead": LabLead,
  "lab-consent": LabConsent,
}

const MOMENT = 100 // milliseconds

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

// On its way while the rest is set up; on the other pages once they are at rest, so that the first lesson has it already.
const lesson = document.querySelector("lab-lesson")
const terminal = lesson ? import("./lab-terminal.js") : null
if (!lesson) setTimeout(() => import("./lab-terminal.js").catch(() => {}), 300)

const entered = await enter()
const drawn = terminal?.then(({ default: widget }) => customElements.define("lab-terminal", widget))
const tried = drawn?.catch(() => {}) // said below, where it is needed

// A terminal whose code is here already is drawn first: to draw a lesson's news would keep its prompt waiting.
if (lesson) await Promise.race([tried, new Promise((passed) => setTimeout(passed, MOMENT))])
if (lesson) renewTerminals()
if (lesson) tellPresence()
if (lesson) unfoldOnPaper()
if (document.querySelector("lab-class")) classroom.join()
if (lesson) feed.open(lesson.getAttribute("lesson"), live)
else if (entered) await document.querySelector("lab-course, lab-report")?.load()

// Last, and apart: a lesson can be read even where its terminal can't be drawn.
if (lesson) {
  await drawn
  customElements.define("lab-sight", (await import("./lab-sight.js")).default)
  listenForKey()
  room.enter()
}
