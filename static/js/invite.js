// Entry of the invitation's page. Nothing imports this.

import LabAccess from "./shared/lab-access.js"
import LabErrors from "./shared/lab-errors.js"
import LabInvite from "./class/lab-invite.js"
import { signIn, session } from "./shared/session.js"

const WIDGETS = { "lab-errors": LabErrors, "lab-access": LabAccess, "lab-invite": LabInvite }

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

const invite = document.querySelector("lab-invite")
if (await signIn()) await invite.open()
else session.addEventListener("signed-in", () => invite.open(), { once: true })
