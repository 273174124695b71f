"""The gateway between a learner's docker client and their engine: it guards, observes and numbers."""
