// Runs before the first paint (a plain script, not a module) so that a remembered theme or text size never flashes.
document.documentElement.classList.add("js")
try {
  document.documentElement.dataset.theme = localStorage.getItem("slipway.look.theme") || "auto"
  document.documentElement.dataset.text = localStorage.getItem("slipway.look.text") || "1"
} catch {
  // A browser that keeps nothing for this page has the usual look.
}

// A module that does not arrive (the network changed under the page, the lab was just starting) leaves a page that is
// dead and looks alive: load it again, three times at most, then leave it to lab-errors' bar or the reader.
addEventListener(
  "error",
  ({ target }) => {
    if (!(target instanceof HTMLScriptElement) || target.type !== "module") return
    const tries = Number(sessionStorage.getItem("slipway.tries") || 0)
    sessionStorage.setItem("slipway.tries", String(tries + 1))
    if (tries < 3) setTimeout(() => location.reload(), 500 * (tries + 1))
  },
  true,
)
addEventListener("load", () => customElements.get("lab-status") && sessionStorage.removeItem("slipway.tries"))
