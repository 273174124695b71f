"""Presenting a lesson: commands typed at a human pace."""
