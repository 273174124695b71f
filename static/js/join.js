// The page where people join a class: a name and a code for this page's secret. A visitor who already has one goes
// straight on.

export {} // makes this a module, for the await below

const KEY = "slipway.secret"
const form = /** @type {any} */ (document.querySelector(".join-form"))
const say = document.querySelector(".join-say")
const done = document.querySelector(".join-done")

let key = ""

take()
addEventListener("hashchange", take)
if (await known()) location.replace("/")

form.addEventListener("submit", (event) => {
  event.preventDefault()
  join({ name: form.name.value, code: key || form.code.value })
})
document.querySelector(".join-back button").addEventListener("click", () => join({ personal: form.personal.value }))

// Takes the key of a link out of the address at once; without one the code must be typed.
function take() {
  key = location.hash.slice(1) || key
  document.querySelector(".join-code").hidden = Boolean(key)
  form.code.required = !key
  history.replaceState(null, "", location.pathname)
}

async function known() {
  const secret = localStorage.getItem(KEY)
  if (!secret) return false
  const answer = await fetch("/api/progress", { headers: { Authorization: `Bearer ${secret}` } }).catch(() => null)
  return Boolean(answer?.ok)
}

async function join(given) {
  say.textContent = "Loading…"
  const answer = await fetch("/api/join", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(given),
  }).catch(() => null)
  if (!answer) return (say.textContent = "The lab does not answer. Is this computer still on the class’s network?")
  const said = await answer.json()
  if (!answer.ok) return (say.textContent = said.error)
  localStorage.setItem(KEY, said.secret)
  welcome(said)
}

function welcome({ name, personal }) {
  done.querySelector(".join-name").textContent = name
  done.querySelector(".join-personal").textContent = `${personal.slice(0, 4)}-${personal.slice(4)}`
  form.hidden = true
  done.hidden = false
  done.querySelector("a").focus()
}
