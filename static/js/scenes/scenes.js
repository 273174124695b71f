// The registry of living diagrams, by the name in a lesson's front matter. A scene has a pure `layout`, `describe` and
// `changes` (what is announced), and a Painter. To add one: a file with its layout, and a line here.

import * as channels from "./channels.js"
import * as disk from "./disk.js"
import * as hub from "./hub.js"
import * as image from "./image.js"
import * as layers from "./layers.js"
import * as lifecycle from "./lifecycle.js"
import { Painter as LifecyclePainter } from "./lifecycle-painter.js"
import * as logs from "./logs.js"
import * as machine from "./machine.js"
import { Painter } from "./painter.js"
import * as theatre from "./theatre.js"
import * as tree from "./tree.js"

export const SCENES = {
  channels: { ...channels, Painter },
  disk: { ...disk, Painter },
  hub: { ...hub, Painter },
  image: { ...image, Painter },
  layers: { ...layers, Painter },
  lifecycle: { ...lifecycle, Painter: LifecyclePainter },
  logs: { ...logs, Painter },
  machine: { ...machine, Painter },
  theatre: { ...theatre, Painter },
  tree: { ...tree, Painter },
}
