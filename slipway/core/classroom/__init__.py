"""A class: its members, their progress, the instructor's dashboard, and consent to be watched."""
