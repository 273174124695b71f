"""The adapter to Docker: the only package that imports `docker`. Knows the core's events, and neither web nor store."""
