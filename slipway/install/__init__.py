"""The install on this machine: its identity, and the folder that holds its state."""
