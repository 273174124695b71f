"""What outlives the app: verdicts, sandbox assignments, opened lessons, commands that were run, and the class.

The only package that imports SQLAlchemy. Stores what it is given and judges nothing; knows neither web nor engine.
"""

from slipway.store.database import StoreError
from slipway.store.store import Store

__all__ = ["Store", "StoreError"]
