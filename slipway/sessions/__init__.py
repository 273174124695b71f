"""Learner sessions: the session manager, sandbox leases, activities, and the ports to engine and store."""
