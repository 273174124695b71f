// Settings stored in this browser: sizes, theme, visible pane. Never anything secret.

const PREFIX = "slipway.look."

// Browsers may refuse storage, especially to a page opened from a folder; settings are then forgotten.
const store = (() => {
  try {
    return localStorage
  } catch {
    return null
  }
})()

export const loadSetting = (name) => store?.getItem(PREFIX + name) ?? null

// Calls `act` when another window of this browser changes the setting.
export const onSettingChange = (name, act) => addEventListener("storage", ({ key }) => key === PREFIX + name && act())

export const saveSetting = (name, value) => store?.setItem(PREFIX + name, value)
