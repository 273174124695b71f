// <lab-tabs most="4"><lab-terminal terminal="1"></lab-tabs> – up to `most` terminals, one visible: added, named,
// closed, and restored after a reload. Arrow keys move between tabs, F2 renames one, Delete closes it; inside a
// terminal Ctrl-Shift-arrows switch tabs.

import { announce } from "../shared/announce.js"
import { h } from "../shared/dom.js"
import { followConnection } from "../class/follow.js"
import { loadSetting, saveSetting } from "../shared/storage.js"

const NAME = 24

export default class LabTabs extends HTMLElement {
  /** @type {HTMLElement} */
  #list
  /** @type {HTMLButtonElement} */
  #add

  connectedCallback() {
    if (this.#list) return
    this.#list = h("div", { class: "tabs-list", role: "tablist", "aria-label": "Terminals" })
    this.#add = h(
      "button",
      {
        type: "button",
        class: "tabs-add",
        "aria-label": "Another terminal",
        title: "Another terminal",
        onclick: () => this.add(),
      },
      "+",
    )
    const strip = h("div", { class: "tabs" }, this.#list, this.#add)
    this.prepend(strip)
    this.#restore()
    this.addEventListener("lab-terminal-switch", ({ detail }) => this.#switch(detail))
    this.#list.addEventListener("keydown", (event) => this.#key(event))
    new ResizeObserver(() => this.style.setProperty("--tabs", `${strip.offsetWidth}px`)).observe(strip)
  }

  // Opens the terminal with the lowest free number.
  add() {
    const number = this.#numbers.free
    if (!number) return
    this.#create(number, `Terminal ${number}`, true)
    this.show(number)
    this.#terminal(number).focus()
    announce(`Terminal ${number} is open.`)
  }

  show(number) {
    for (const tab of this.#tabs) {
      const at = Number(tab.dataset.terminal) === number
      tab.setAttribute("aria-selected", String(at))
      tab.tabIndex = at ? 0 : -1
      this.#terminal(Number(tab.dataset.terminal)).hidden = !at
    }
    followConnection.showTerminal(number)
    this.#save()
  }

  // Ends the shell and what runs in it.
  close(number) {
    const [tab, terminal] = [this.#tab(number), this.#terminal(number)]
    if (
      this.#tabs.length === 1 ||
      !(terminal.hasEnded || confirm(`Close “${nameOf(tab)}”? Its shell ends, and whatever runs in it.`))
    )
      return
    const next = /** @type {HTMLElement} */ (tab.nextElementSibling ?? tab.previousElementSibling)
    terminal.end?.()
    terminal.remove()
    tab.remove()
    this.show(Number(next.dataset.terminal))
    next.focus()
    announce(`${nameOf(tab)} is closed.`)
  }

  rename(number) {
    const tab = this.#tab(number)
    const field = h("input", {
      class: "tabs-name",
      "aria-label": "Name of this terminal",
      maxlength: NAME,
      value: nameOf(tab),
    })
    const done = (event) => {
      if (event.type === "keydown") event.stopPropagation()
      if (event.type === "keydown" && !["Enter", "Escape"].includes(event.key)) return
      field.removeEventListener("blur", done)
      const name = event.key === "Escape" ? "" : field.value.trim()
      field.replaceWith(tab)
      if (name) this.#name(tab, name)
      if (event.type === "keydown") tab.focus()
      this.#save()
    }
    field.addEventListener("keydown", done)
    field.addEventListener("blur", done)
    tab.replaceWith(field)
    field.select()
    field.focus()
  }

  // Private

  get #tabs() {
    return [...this.#list.querySelectorAll("[role=tab]")]
  }

  get #numbers() {
    const most = Number(this.getAttribute("most") ?? 4)
    const taken = this.#tabs.map((tab) => Number(tab.dataset.terminal))
    return { taken, free: Array.from({ length: most }, (_, at) => at + 1).find((number) => !taken.includes(number)) }
  }

  #tab(number) {
    return this.#list.querySelector(`[data-terminal="${number}"]`)
  }

  #terminal(number) {
    return this.querySelector(`lab-terminal[terminal="${number}"]`)
  }

  #create(number, name, fresh = false) {
    const tab = h("button", {
      type: "button",
      role: "tab",
      id: `tab-${number}`,
      "data-terminal": number,
      "aria-controls": `terminal-${number}`,
    })
    tab.append(
      h("span", { class: "tabs-said" }),
      h("span", { class: "tabs-close", "aria-hidden": "true", title: "Close (Delete)" }, "×"),
    )
    tab.addEventListener("click", ({ target }) =>
      target.matches(".tabs-close") ? this.close(number) : this.show(number),
    )
    tab.addEventListener("dblclick", () => this.rename(number))
    this.#name(tab, name)
    this.#list.append(tab)
    const terminal = this.#terminal(number) ?? h("lab-terminal", { terminal: number, fresh, hidden: true })
    for (const [key, value] of Object.entries({
      id: `terminal-${number}`,
      role: "tabpanel",
      "aria-labelledby": tab.id,
    }))
      terminal.setAttribute(key, value)
    if (!terminal.isConnected) this.append(terminal)
  }

  #name(tab, name) {
    tab.firstChild.textContent = name
    tab.title = `${name} (double click or F2: another name)`
  }

  #switch(step) {
    const tabs = this.#tabs
    const at = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true")
    const number = Number(tabs.at((at + step) % tabs.length)?.dataset.terminal)
    this.show(number)
    this.#terminal(number).focus()
  }

  #key(event) {
    const tab = event.target.closest("[role=tab]")
    if (!tab || event.ctrlKey || event.altKey || event.metaKey) return
    const [tabs, number] = [this.#tabs, Number(tab.dataset.terminal)]
    const to = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (to) this.#go(tabs.at((tabs.indexOf(tab) + to) % tabs.length))
    else if (event.key === "Home") this.#go(tabs[0])
    else if (event.key === "End") this.#go(tabs.at(-1))
    else if (event.key === "F2") this.rename(number)
    else if (event.key === "Delete") this.close(number)
    else return
    event.preventDefault()
  }

  #go(tab) {
    this.show(Number(tab.dataset.terminal))
    tab.focus()
  }

  // Storage

  #restore() {
    const { tabs, at } = savedTabs()
    for (const { number, name } of tabs) this.#create(number, name)
    this.show(this.#tab(at) ? at : tabs[0].number)
  }

  #save() {
    const tabs = this.#tabs
    this.#add.hidden = !this.#numbers.free
    this.toggleAttribute("single", tabs.length === 1)
    const selected = tabs.find((tab) => tab.getAttribute("aria-selected") === "true")
    const list = tabs.map((tab) => ({ number: Number(tab.dataset.terminal), name: nameOf(tab) }))
    saveSetting("terminals", JSON.stringify({ tabs: list, at: Number(selected?.dataset.terminal) }))
  }
}

const nameOf = (tab) => tab.firstChild.textContent

// Returns the stored tabs if they are valid, else one terminal.
function savedTabs() {
  const first = { tabs: [{ number: 1, name: "Terminal 1" }], at: 1 }
  try {
    const { tabs, at } = JSON.parse(loadSetting("terminals") ?? "{}")
    const sound = tabs.filter(({ number, name }) => [1, 2, 3, 4].includes(number) && typeof name === "string")
    return sound.some(({ number }) => number === 1) || sound.length ? { tabs: sound, at } : first
  } catch {
    return first
  }
}
