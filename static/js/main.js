// Entry of the lesson's page, the home page and the reports: the list of their elements, and what is opened when.
// Nothing imports this.

import { feed } from "./shared/feed.js"
import { followConnection } from "./class/follow.js"
import LabAccess from "./shared/lab-access.js"
import LabRepeat from "./lesson/lab-repeat.js"
import LabClass from "./class/lab-class.js"
import LabCommand from "./lesson/lab-command.js"
import LabConsent from "./class/lab-consent.js"
import LabCourse from "./lesson/lab-course.js"
import LabErrors from "./shared/lab-errors.js"
import LabFollow, { listenForFollowKey } from "./class/lab-follow.js"
import LabKeys from "./lesson/lab-keys.js"
import LabLead from "./class/lab-lead.js"
import LabLesson from "./lesson/lab-lesson.js"
import LabAppearance from "./shared/lab-appearance.js"
import LabPlayer from "./recording/lab-player.js"
import LabReport from "./report/lab-report.js"
import LabScene from "./scenes/lab-scene.js"
import LabSplit from "./lesson/lab-split.js"
import LabStage from "./lesson/lab-stage.js"
import LabStatus from "./shared/lab-status.js"
import LabStep from "./lesson/lab-step.js"
import LabTabs from "./terminal/lab-tabs.js"
import LabMessages from "./class/lab-messages.js"
import LabViews from "./lesson/lab-views.js"
import LabApiCalls from "./api-calls/lab-api-calls.js"
import { liveSource } from "./shared/live-source.js"
import { unfoldForPrint } from "./lesson/print.js"
import { reportPresence } from "./shared/presence.js"
import { recreateTerminals } from "./terminal/renewal.js"
import { classroom } from "./class/classroom.js"
import { signIn } from "./shared/session.js"

const WIDGETS = {
  "lab-errors": LabErrors,
  "lab-access": LabAccess,
  "lab-appearance": LabAppearance,
  "lab-class": LabClass,
  "lab-course": LabCourse,
  "lab-report": LabReport,
  "lab-split": LabSplit,
  "lab-scene": LabScene,
  "lab-api-calls": LabApiCalls,
  "lab-player": LabPlayer,
  "lab-stage": LabStage,
  "lab-status": LabStatus,
  "lab-command": LabCommand,
  "lab-step": LabStep,
  "lab-lesson": LabLesson,
  "lab-repeat": LabRepeat,
  "lab-tabs": LabTabs,
  "lab-messages": LabMessages,
  "lab-views": LabViews,
  "lab-keys": LabKeys,
  "lab-follow": LabFollow,
  "lab-lead": LabLead,
  "lab-consent": LabConsent,
}

const MOMENT = 100 // milliseconds

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

// Loaded while the rest is set up; on other pages once they are idle, so that the first lesson has it already.
const lesson = document.querySelector("lab-lesson")
const terminal = lesson ? import("./terminal/lab-terminal.js") : null
if (!lesson) setTimeout(() => import("./terminal/lab-terminal.js").catch(() => {}), 300)

const entered = await signIn()
const drawn = terminal?.then(({ default: widget }) => customElements.define("lab-terminal", widget))
const tried = drawn?.catch(() => {}) // reported below, where it is needed

// A terminal whose code has arrived is drawn first: drawing the lesson's events would delay its prompt.
if (lesson) await Promise.race([tried, new Promise((passed) => setTimeout(passed, MOMENT))])
if (lesson) recreateTerminals()
if (lesson) reportPresence()
if (lesson) unfoldForPrint()
if (document.querySelector("lab-class")) classroom.connect()
if (lesson) feed.open(lesson.getAttribute("lesson"), liveSource)
else if (entered) await (document.querySelector("lab-course") ?? document.querySelector("lab-report"))?.load()

// Last and separate: a lesson can be read even where its terminal can't be drawn.
if (lesson) {
  await drawn
  customElements.define("lab-remote-terminal", (await import("./class/lab-remote-terminal.js")).default)
  listenForFollowKey()
  followConnection.connect()
}
