// Draws with WebGL. Where there is none, or its context is lost, xterm.js draws with DOM elements. `data-renderer` is
// "webgl" or "dom".

import { WebglAddon } from "@xterm/addon-webgl"

export function useWebgl(terminal, element) {
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
