"""The rim towards Docker: the only folder that imports `docker`. Knows the core's events, and neither web nor store."""
