// Loads recordings. Each is a script that dispatches `slipway:recording`, because scripts load from a web server and
// from a folder alike, where fetch() does not.

const loaded = new Map()

// Returns the recording of a step. Throws an Error with a readable message if there is none.
export function loadRecording(base, lesson, step) {
  const name = `${lesson}/${step}`
  if (!loaded.has(name))
    loaded.set(
      name,
      take(`${base}${name}.js`, lesson, step).catch((error) => forget(name, error)),
    )
  return loaded.get(name)
}

export const castAddress = (base, lesson, step) => `${base}${lesson}/${step}.cast`

function take(address, lesson, step) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script")
    const heard = ({ detail }) => detail.lesson === lesson && detail.step === step && resolve(detail)
    const done = () => {
      removeEventListener("slipway:recording", heard)
      script.remove()
      // no effect after resolve
      reject(new Error("The recording of this step can't be loaded. Is the lab still running?"))
    }
    addEventListener("slipway:recording", heard)
    script.addEventListener("load", done)
    script.addEventListener("error", done)
    script.src = address
    document.head.append(script)
  })
}

function forget(name, error) {
  loaded.delete(name)
  throw error
}
