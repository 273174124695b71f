// A bell between the windows of one browser: whoever rings asks for the invitation, or for what was there before it.

import { heard, remember } from "../shared/storage.js"

const NAME = "invite-bell"

export const ring = () => remember(NAME, Date.now())

// Only the other windows hear it.
export const onRing = (act) => heard(NAME, act)
