// <lab-errors> – shows uncaught errors on the page: a page that silently stops working is worse.

export default class LabErrors extends HTMLElement {
  connectedCallback() {
    addEventListener("error", (event) => this.#show(event.error?.message ?? event.message))
    addEventListener("unhandledrejection", (event) => this.#show(event.reason?.message ?? String(event.reason)))
    this.querySelector(".errors-reload").addEventListener("click", () => location.reload())
    this.querySelector(".errors-close").addEventListener("click", () => (this.hidden = true))
  }

  // Private

  #show(message) {
    // Browsers report this when a layout takes a second round. It is harmless.
    if (!message || message.startsWith("ResizeObserver loop")) return
    this.querySelector(".errors-what").textContent = message
    this.hidden = false
  }
}
