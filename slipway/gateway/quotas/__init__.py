"""Quotas: how many objects a sandbox may hold, and how much may run at once."""
