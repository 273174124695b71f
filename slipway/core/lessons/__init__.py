"""Lessons: their format, their steps, and the checks of a step."""
