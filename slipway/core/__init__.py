"""The pure core: events, world, checks, lessons and the session's step function."""
