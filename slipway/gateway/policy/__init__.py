"""The policy: which requests may pass, and in which canonical form. Pure."""
