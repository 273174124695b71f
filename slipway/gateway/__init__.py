"""The gateway between a learner's docker client and their engine: enforces the policy, writes the journal."""
