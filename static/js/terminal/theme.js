// xterm.js paints on a canvas, so it needs the style sheet's colours: the element's --term… properties.

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]

export function themeOf(element) {
  const probe = element.appendChild(document.createElement("i"))
  // A custom property is returned as written, light-dark() included; only a colour in use is resolved.
  const colour = (name) => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
  const theme = {
    background: colour("--term"),
    foreground: colour("--term-ink"),
    cursor: colour("--term-cursor"),
    cursorAccent: colour("--term"),
    selectionBackground: colour("--term-selection"),
  }
  for (const name of COLOURS) {
    theme[name] = colour(`--term-${name}`)
    theme[`bright${name[0].toUpperCase()}${name.slice(1)}`] = colour(`--term-bright-${name}`)
  }
  probe.remove()
  return theme
}

// Calls `changed` when the page turns light or dark, by the system or by its own switch.
export function onThemeChange(changed) {
  const dark = matchMedia("(prefers-color-scheme: dark)")
  const observer = new MutationObserver(changed)
  dark.addEventListener("change", changed)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class"] })
  return () => {
    dark.removeEventListener("change", changed)
    observer.disconnect()
  }
}
