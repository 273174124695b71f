// A signal between the windows of one browser that shows the invitation, or returns to what was shown before.

import { onSettingChange, saveSetting } from "../shared/storage.js"

const NAME = "invite-bell"

export const signalInvite = () => saveSetting(NAME, Date.now())

// Only the other windows receive it.
export const onInviteSignal = (act) => onSettingChange(NAME, act)
