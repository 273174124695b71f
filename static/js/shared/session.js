// Who we are to the server, and the only module that knows socket.io.
// The token in the address is exchanged once for this page's secret; the secret lives in localStorage.

import { io } from "socket.io-client"
import { stale, wait } from "./backoff.js"

const KEY = "slipway.secret"

// Says `locked` (there is no valid secret), `entered`, and `link` {state: "up" | "down" | "refused",
// retry: seconds, say, namespace}: the connection that all namespaces share, or one namespace that was refused.
export const session = new EventTarget()

export const secret = () => read(KEY)

// Exchanges the token of the address, if there is one; answers whether the page has a secret.
export async function enter() {
  const token = new URLSearchParams(location.search).get("token")
  const wrong = token ? await exchange(token) : ""
  if (!secret()) lock(wrong || locked)
  return Boolean(secret())
}

// Exchanges a token (or the whole link that `./lab up` printed) for a secret; answers "" or what is wrong.
export async function exchange(link) {
  const token = tokenOf(link)
  let answer
  try {
    answer = await fetch("/api/enter", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
    })
  } catch {
    return "The lab does not answer. Is it still running?"
  }
  forgetAddress()
  if (!answer.ok) return "This link is not valid any more. Use the last one that was printed."
  localStorage.setItem(KEY, (await answer.json()).secret)
  session.dispatchEvent(new Event("entered"))
  return ""
}

// JSON from the lab's API. Throws an Error with a sentence when there is no answer, or not a good one.
export async function api(path, options = {}) {
  return (await ask(path, options)).json()
}

// A file of the lab's API, saved under a name. Throws as `api` does.
export async function download(path, name) {
  const address = URL.createObjectURL(await (await ask(path)).blob())
  const link = document.createElement("a")
  Object.assign(link, { href: address, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

// Whether the connection that all namespaces share is there.
export const linked = () => up

// The page's socket on one of the lab's namespaces; it connects, and after a loss connects again, by itself.
export function socket(namespace) {
  if (!sockets.has(namespace)) sockets.set(namespace, opened(namespace))
  return sockets.get(namespace)
}

// Opens sockets that the rest of the page will ask for, unless its address is about to make it somebody else's.
export function openAhead(...namespaces) {
  if (!new URLSearchParams(location.search).has("token")) namespaces.forEach(socket)
}

// Private

const sockets = new Map()
let locked = "" // why, for whoever was not there yet when it was said

// `attaches` is for `/pty`: the page will say by itself which terminal it wants.
function opened(namespace) {
  const made = io(namespace, {
    auth: (give) => give({ token: secret(), attaches: true }),
    autoConnect: false,
    reconnection: false,
    timeout: 10_000,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
  })
  if (namespace === "/pty") made.on("disconnect", () => (made.sendBuffer = [])) // it would be sent before `attach`
  made.on("connect_error", (error) => refused(made, error))
  keep(made.io)
  if (secret()) made.connect()
  session.addEventListener("entered", () => made.connect())
  return made
}

async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: { ...options.headers, Authorization: `Bearer ${secret()}` } })
  if (answer.status === 401) lock("This page's key is not valid any more.")
  if (answer.status === 403) throw new Error((await answer.json()).error)
  if (!answer.ok) throw new Error(`The lab answered ${answer.status} to ${path}.`)
  return answer
}

let up = false
let attempt = 0
let heard = 0
let timer
const kept = new WeakSet()

// One loop for the connection that all namespaces share, so that the page can say when it tries again.
function keep(manager) {
  if (kept.has(manager)) return
  kept.add(manager)
  manager.on("open", () => {
    clearTimeout(timer)
    up = true
    attempt = 0
    heard = Date.now()
    tell({ state: "up" })
  })
  manager.on("ping", () => (heard = Date.now()))
  manager.on("close", () => later(manager))
  manager.on("error", () => later(manager))
  for (const event of ["online", "pageshow", "focus"]) addEventListener(event, () => now(manager))
  document.addEventListener("visibilitychange", () => document.hidden || now(manager))
}

function later(manager) {
  clearTimeout(timer)
  up = false
  const retry = wait(attempt)
  attempt += 1
  tell({ state: "down", retry })
  timer = setTimeout(() => manager.open(), retry * 1000)
}

// Somebody looks at the page again, or the network is back: nobody waits for a timer then, least of all for one that
// slept as the machine did.
function now(manager) {
  if (up && stale(heard)) manager.engine.close()
  if (!up && attempt) manager.open()
}

// The server said no to one namespace, while the connection itself stands: a bad secret, or it is not ready yet.
async function refused(made, error) {
  if (made.active) return
  tell({ state: "refused", say: error.message, namespace: made.nsp })
  await api("/api/progress").catch(() => null)
  if (secret()) setTimeout(() => made.connect(), 3000)
}

function lock(why) {
  localStorage.removeItem(KEY)
  locked = why
  session.dispatchEvent(new CustomEvent("locked", { detail: { why } }))
}

function tell(detail) {
  session.dispatchEvent(new CustomEvent("link", { detail }))
}

function tokenOf(link) {
  const text = link.trim()
  return text.includes("token=") ? new URLSearchParams(text.slice(text.indexOf("token="))).get("token") : text
}

function forgetAddress() {
  const address = new URL(location.href)
  address.searchParams.delete("token")
  history.replaceState(history.state, "", address)
}

function read(key) {
  return localStorage.getItem(key) ?? ""
}
