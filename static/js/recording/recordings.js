// Takes recordings from the shelf: each is a script that says `slipway:recording`, for scripts can be loaded from a web
// server and from a folder alike, where fetch() can't.

const taken = new Map()

// The recording of a step. Throws an Error with a sentence when there is none.
export function recordingOf(shelf, lesson, step) {
  const name = `${lesson}/${step}`
  if (!taken.has(name))
    taken.set(
      name,
      take(`${shelf}${name}.js`, lesson, step).catch((error) => forget(name, error)),
    )
  return taken.get(name)
}

export const castOf = (shelf, lesson, step) => `${shelf}${lesson}/${step}.cast`

function take(address, lesson, step) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script")
    const heard = ({ detail }) => detail.lesson === lesson && detail.step === step && resolve(detail)
    const done = () => {
      removeEventListener("slipway:recording", heard)
      script.remove()
      reject(new Error("The recording of this step can't be loaded. Is the lab still running?")) // if it has come, too late
    }
    addEventListener("slipway:recording", heard)
    script.addEventListener("load", done)
    script.addEventListener("error", done)
    script.src = address
    document.head.append(script)
  })
}

function forget(name, error) {
  taken.delete(name)
  throw error
}
