// Opens the page's connection while most of the page is still on its way: the first script to run. Nothing imports this.

import { openAhead } from "./shared/session.js"

openAhead("/pty", "/lab")
