"""One install of Slipway: its state folder and its identity. Knows neither settings nor Docker."""
