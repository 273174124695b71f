// Runs before the first paint (a plain script, not a module), so that a stored theme or text size never flashes.
document.documentElement.classList.add("js")
try {
  document.documentElement.dataset.theme = localStorage.getItem("slipway.look.theme") || "auto"
  document.documentElement.dataset.text = localStorage.getItem("slipway.look.text") || "1"
} catch {
  // Without storage the page has its usual look.
}

// A module that fails to load (the network changed, the lab was just starting) leaves a page that looks alive but is
// dead. Reload it, three times at most, then leave it to lab-errors or the reader. If the lab refuses this page's
// origin (a proxy that it does not know), reloading is of no use: show what it says.
addEventListener(
  "error",
  async ({ target }) => {
    if (!(target instanceof HTMLScriptElement) || target.type !== "module") return
    const answer = await fetch("/healthz", { method: "POST" }).catch(() => null) // only a POST tells the page's origin
    if (answer?.status === 403) {
      const dialog = document.createElement("dialog")
      dialog.textContent = (await answer.json()).error
      document.body.append(dialog)
      return dialog.showModal()
    }
    const tries = Number(sessionStorage.getItem("slipway.tries") || 0)
    sessionStorage.setItem("slipway.tries", String(tries + 1))
    if (tries < 3) setTimeout(() => location.reload(), 500 * (tries + 1))
  },
  true,
)
addEventListener("load", () => customElements.get("lab-status") && sessionStorage.removeItem("slipway.tries"))
