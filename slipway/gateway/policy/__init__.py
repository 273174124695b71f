"""The policy: decides which requests pass, and in which canonical form. Pure."""
