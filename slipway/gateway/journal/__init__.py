"""The journal: one JSON line for each call and each engine event."""
