"""Learner sessions: the session manager, sandbox leases, and the ports to engine and store."""
