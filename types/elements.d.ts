// The page's own elements and events by name. A new element needs a line here, else tsc takes it for a plain one.

interface HTMLElementTagNameMap {
  "lab-api-calls": import("../static/js/api-calls/lab-api-calls.js").default
  "lab-class": import("../static/js/class/lab-class.js").default
  "lab-consent": import("../static/js/class/lab-consent.js").default
  "lab-follow": import("../static/js/class/lab-follow.js").default
  "lab-invite": import("../static/js/class/lab-invite.js").default
  "lab-lead": import("../static/js/class/lab-lead.js").default
  "lab-messages": import("../static/js/class/lab-messages.js").default
  "lab-remote-terminal": import("../static/js/class/lab-remote-terminal.js").default
  "lab-watch": import("../static/js/class/lab-watch.js").default
  "lab-dashboard-class": import("../static/js/dashboard/lab-dashboard-class.js").default
  "lab-dashboard-engines": import("../static/js/dashboard/lab-dashboard-engines.js").default
  "lab-dashboard-groups": import("../static/js/dashboard/lab-dashboard-groups.js").default
  "lab-dashboard-hands": import("../static/js/dashboard/lab-dashboard-hands.js").default
  "lab-dashboard-keys": import("../static/js/dashboard/lab-dashboard-keys.js").default
  "lab-dashboard-member": import("../static/js/dashboard/lab-dashboard-member.js").default
  "lab-dashboard-person": import("../static/js/dashboard/lab-dashboard-person.js").default
  "lab-dashboard": import("../static/js/dashboard/lab-dashboard.js").default
  "lab-command": import("../static/js/lesson/lab-command.js").default
  "lab-course": import("../static/js/lesson/lab-course.js").default
  "lab-keys": import("../static/js/lesson/lab-keys.js").default
  "lab-lesson": import("../static/js/lesson/lab-lesson.js").default
  "lab-repeat": import("../static/js/lesson/lab-repeat.js").default
  "lab-split": import("../static/js/lesson/lab-split.js").default
  "lab-stage": import("../static/js/lesson/lab-stage.js").default
  "lab-step": import("../static/js/lesson/lab-step.js").default
  "lab-views": import("../static/js/lesson/lab-views.js").default
  "lab-clock": import("../static/js/present/lab-clock.js").default
  "lab-idea": import("../static/js/present/lab-idea.js").default
  "lab-notes": import("../static/js/present/lab-notes.js").default
  "lab-present-keys": import("../static/js/present/lab-present-keys.js").default
  "lab-present": import("../static/js/present/lab-present.js").default
  "lab-shared-terminal": import("../static/js/present/lab-shared-terminal.js").default
  "lab-player": import("../static/js/recording/lab-player.js").default
  "lab-recorded-terminal": import("../static/js/recording/lab-recorded-terminal.js").default
  "lab-still": import("../static/js/recording/lab-still.js").default
  "lab-report": import("../static/js/report/lab-report.js").default
  "lab-scene": import("../static/js/scenes/lab-scene.js").default
  "lab-access": import("../static/js/shared/lab-access.js").default
  "lab-appearance": import("../static/js/shared/lab-appearance.js").default
  "lab-errors": import("../static/js/shared/lab-errors.js").default
  "lab-status": import("../static/js/shared/lab-status.js").default
  "lab-tabs": import("../static/js/terminal/lab-tabs.js").default
  "lab-terminal": import("../static/js/terminal/lab-terminal.js").default
}

interface ParentNode {
  querySelector<K extends keyof HTMLElementTagNameMap>(
    selectors: `${K}[${string}` | `${K}:${string}` | `${K}.${string}`,
  ): HTMLElementTagNameMap[K]
  querySelectorAll<K extends keyof HTMLElementTagNameMap>(
    selectors: `${K}[${string}` | `${K}:${string}` | `${K}.${string}`,
  ): NodeListOf<HTMLElementTagNameMap[K]>
}

interface GlobalEventHandlersEventMap {
  "lab-player-close": CustomEvent
  "lab-player-ended": CustomEvent
  "lab-player-moved": CustomEvent
  "lab-player-playing": CustomEvent
  "lab-terminal-state": CustomEvent
  "lab-terminal-switch": CustomEvent
  "slipway:appearance": CustomEvent
  "slipway:dashboard": CustomEvent
  "slipway:follow": CustomEvent
  "slipway:lead": CustomEvent
  "slipway:person": CustomEvent
  "slipway:ran": CustomEvent
  "slipway:recording": CustomEvent
  "slipway:refused": CustomEvent
  "slipway:show": CustomEvent
  "slipway:ticked": CustomEvent
}
