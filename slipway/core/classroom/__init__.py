"""A class: its members, their progress, the dashboard, and who may see whom."""
