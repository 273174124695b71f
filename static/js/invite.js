// The composition root of the invitation. Nothing imports this.

import LabAccess from "./shared/lab-access.js"
import LabErrors from "./shared/lab-errors.js"
import LabInvite from "./class/lab-invite.js"
import { enter, session } from "./shared/session.js"

const WIDGETS = { "lab-errors": LabErrors, "lab-access": LabAccess, "lab-invite": LabInvite }

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

const invite = document.querySelector("lab-invite")
if (await enter()) await invite.open()
else session.addEventListener("entered", () => invite.open(), { once: true })
