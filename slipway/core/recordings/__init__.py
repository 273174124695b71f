"""Recordings: proofs, terminal casts, and what a page plays back of them."""
