"""One install of Slipway: its state folder, its identity, its public address. Knows neither settings nor Docker."""
