// The living diagrams, by the name that a lesson's front matter gives. A scene is a pure `layout` and `describe`,
// `changes` for what is said aloud, and a Painter.

import * as lifecycle from "./lifecycle.js"
import { Painter } from "./lifecycle-paint.js"

export const SCENES = { lifecycle: { ...lifecycle, Painter } }
