"""Slipway: a hands-on Docker course in a browser, where the engine itself is the teacher."""

__version__ = "0.2.0"
