"""The rules of a lesson's checks: questions to a story, in one registry."""
