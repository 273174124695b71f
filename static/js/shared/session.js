// The page's identity and connection: the only module that knows socket.io. The token in the address is exchanged once
// for this page's secret, which is kept in localStorage.

import { io } from "socket.io-client"
import { isStale, retryDelay } from "./backoff.js"

const KEY = "slipway.secret"

// Dispatches `signed-out` (there is no valid secret), `signed-in`, and `link` {state: "up" | "down" | "refused", retry:
// seconds, say, namespace}: the state of the connection that all namespaces share, or of one namespace that was
// refused.
export const session = new EventTarget()

export const secret = () => stored(KEY)

// Exchanges the token in the address, if there is one. Returns whether the page has a secret.
export async function signIn() {
  const token = new URLSearchParams(location.search).get("token")
  const wrong = token ? await exchangeToken(token) : ""
  if (!secret()) signOut(wrong || signOutReason)
  return Boolean(secret())
}

// Exchanges a token (or the whole link that `./lab up` printed) for a secret. Returns "" or what is wrong.
export async function exchangeToken(link) {
  const token = tokenFrom(link)
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
  removeTokenFromAddress()
  if (!answer.ok) return "This link is not valid any more. Use the last one that was printed."
  localStorage.setItem(KEY, (await answer.json()).secret)
  session.dispatchEvent(new Event("signed-in"))
  return ""
}

// Returns JSON from the lab's API. Throws an Error with a readable message without a good answer.
export async function api(path, options = {}) {
  return (await ask(path, options)).json()
}

// Saves a file of the lab's API under a name. Throws like `api`.
export async function download(path, name) {
  const address = URL.createObjectURL(await (await ask(path)).blob())
  const link = document.createElement("a")
  Object.assign(link, { href: address, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

// Whether the connection that all namespaces share is open.
export const isConnected = () => connected

// Returns the page's socket for one namespace. It connects and reconnects by itself.
export function socket(namespace) {
  if (!sockets.has(namespace)) sockets.set(namespace, createSocket(namespace))
  return sockets.get(namespace)
}

// Opens sockets that the page will need, unless a token in the address is about to change its identity.
export function connectEarly(...namespaces) {
  if (!new URLSearchParams(location.search).has("token")) namespaces.forEach(socket)
}

// Private

const sockets = new Map()
let signOutReason = "" // for listeners added after the event

// `attaches` is for `/pty`: the page itself will say which terminal it wants.
function createSocket(namespace) {
  const made = io(namespace, {
    auth: (done) => done({ token: secret(), attaches: true }),
    autoConnect: false,
    reconnection: false,
    timeout: 10_000,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
  })
  if (namespace === "/pty") made.on("disconnect", () => (made.sendBuffer = [])) // it would be sent before `attach`
  made.on("connect_error", (error) => onRefused(made, error))
  supervise(made.io)
  if (secret()) made.connect()
  session.addEventListener("signed-in", () => made.connect())
  return made
}

async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: { ...options.headers, Authorization: `Bearer ${secret()}` } })
  if (answer.status === 401) signOut("This page's key is not valid any more.")
  if (answer.status === 403) throw new Error((await answer.json()).error)
  if (!answer.ok) throw new Error(`The lab answered ${answer.status} to ${path}.`)
  return answer
}

let connected = false
let attempt = 0
let lastHeard = 0
let timer
const supervised = new WeakSet()

// Reconnects the connection that all namespaces share, so that the page can say when the next attempt is.
function supervise(manager) {
  if (supervised.has(manager)) return
  supervised.add(manager)
  manager.on("open", () => {
    clearTimeout(timer)
    connected = true
    attempt = 0
    lastHeard = Date.now()
    dispatch({ state: "up" })
  })
  manager.on("ping", () => (lastHeard = Date.now()))
  manager.on("close", () => scheduleRetry(manager))
  manager.on("error", () => scheduleRetry(manager))
  for (const event of ["online", "pageshow", "focus"]) addEventListener(event, () => retryNow(manager))
  document.addEventListener("visibilitychange", () => document.hidden || retryNow(manager))
}

function scheduleRetry(manager) {
  clearTimeout(timer)
  connected = false
  const retry = retryDelay(attempt)
  attempt += 1
  dispatch({ state: "down", retry })
  timer = setTimeout(() => manager.open(), retry * 1000)
}

// The page is visible again or the network is back: retry now instead of waiting for the timer, which slept if the
// machine did.
function retryNow(manager) {
  if (connected && isStale(lastHeard)) manager.engine.close()
  if (!connected && attempt) manager.open()
}

// The server refused one namespace while the connection itself is open: a bad secret, or not ready yet.
async function onRefused(made, error) {
  if (made.active) return
  dispatch({ state: "refused", say: error.message, namespace: made.nsp })
  await api("/api/progress").catch(() => null)
  if (secret()) setTimeout(() => made.connect(), 3000)
}

function signOut(why) {
  localStorage.removeItem(KEY)
  signOutReason = why
  session.dispatchEvent(new CustomEvent("signed-out", { detail: { why } }))
}

function dispatch(detail) {
  session.dispatchEvent(new CustomEvent("link", { detail }))
}

function tokenFrom(link) {
  const text = link.trim()
  return text.includes("token=") ? new URLSearchParams(text.slice(text.indexOf("token="))).get("token") : text
}

function removeTokenFromAddress() {
  const address = new URL(location.href)
  address.searchParams.delete("token")
  history.replaceState(history.state, "", address)
}

function stored(key) {
  return localStorage.getItem(key) ?? ""
}
