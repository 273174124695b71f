// Draws with the graphics card. Where there is none, or it goes away, xterm.js draws with elements.
// `data-renderer` says which: webgl or dom.

import { WebglAddon } from "@xterm/addon-webgl"

export function accelerate(terminal, element) {
  try {
    const webgl = new WebglAddon()
    webgl.onContextLoss(() => {
      webgl.dispose()
      element.dataset.renderer = "dom"
    })
    terminal.loadAddon(webgl)
    element.dataset.renderer = "webgl"
  } catch {
    element.dataset.renderer = "dom"
  }
}
