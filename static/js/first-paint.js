// Runs before the first paint (a plain script, not a module) so that a remembered theme or text size never flashes.
document.documentElement.dataset.theme = localStorage.getItem("slipway.look.theme") || "auto"
document.documentElement.dataset.text = localStorage.getItem("slipway.look.text") || "1"
document.documentElement.classList.add("js")
