// What a learner did last, as nodes: `docker start box`, 2 min ago; then passed 1.2.

import { h } from "../shared/dom.js"

export function activityText({ typed, typedAgo, passed, passedAgo }) {
  const command = typed ? ["Last typed ", h("code", {}, typed), `, ${typedAgo}`] : []
  const step = passed ? [typed ? `; then passed ${passed}` : `Passed ${passed}, ${passedAgo}`] : []
  return [...command, ...step]
}
