"""The class on this server: members, invitation, addresses, and the monitor behind the dashboard."""
