// Entry of the class dashboard's page. Nothing imports this.

import LabAccess from "./shared/lab-access.js"
import LabErrors from "./shared/lab-errors.js"
import LabAppearance from "./shared/lab-appearance.js"
import LabDashboard from "./dashboard/lab-dashboard.js"
import LabDashboardClass from "./dashboard/lab-dashboard-class.js"
import LabDashboardEngines from "./dashboard/lab-dashboard-engines.js"
import LabDashboardGroups from "./dashboard/lab-dashboard-groups.js"
import LabDashboardHands from "./dashboard/lab-dashboard-hands.js"
import LabDashboardKeys from "./dashboard/lab-dashboard-keys.js"
import LabDashboardMember from "./dashboard/lab-dashboard-member.js"
import LabDashboardPerson from "./dashboard/lab-dashboard-person.js"
import { signIn, session } from "./shared/session.js"

const WIDGETS = {
  "lab-errors": LabErrors,
  "lab-access": LabAccess,
  "lab-appearance": LabAppearance,
  "lab-dashboard": LabDashboard,
  "lab-dashboard-engines": LabDashboardEngines,
  "lab-dashboard-groups": LabDashboardGroups,
  "lab-dashboard-hands": LabDashboardHands,
  "lab-dashboard-person": LabDashboardPerson,
  "lab-dashboard-member": LabDashboardMember,
  "lab-dashboard-class": LabDashboardClass,
  "lab-dashboard-keys": LabDashboardKeys,
}

for (const [name, widget] of Object.entries(WIDGETS)) customElements.define(name, widget)

const dashboard = document.querySelector("lab-dashboard")
if (await signIn()) await dashboard.open()
else session.addEventListener("signed-in", () => dashboard.open(), { once: true })
