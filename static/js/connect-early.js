// Opens the page's connection while the rest of the page is still loading: the first script to run. Nothing imports
// this.

import { connectEarly } from "./shared/session.js"

connectEarly("/pty", "/lab")
