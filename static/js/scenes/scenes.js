// The living diagrams, by the name that a lesson's front matter gives. A scene is a pure `layout` and `describe`,
// `changes` for what is said aloud, and a Painter. To add one: its layout in a file of its own, and a line here.

import * as channels from "./channels.js"
import * as hub from "./hub.js"
import * as image from "./image.js"
import * as lifecycle from "./lifecycle.js"
import { Painter as LifecyclePainter } from "./lifecycle-paint.js"
import { Painter } from "./paint.js"
import * as theatre from "./theatre-runs.js"

export const SCENES = {
  lifecycle: { ...lifecycle, Painter: LifecyclePainter },
  hub: { ...hub, Painter },
  channels: { ...channels, Painter },
  image: { ...image, Painter },
  theatre: { ...theatre, Painter },
}
