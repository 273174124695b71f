"""What outlives the app: verdicts, who sits where, which lesson was opened when, and which clicks were typed.

The only folder that imports SQLAlchemy. It keeps what it is told and judges nothing; it knows neither web nor engine.
"""

from slipway.store.database import StoreError
from slipway.store.store import Store

__all__ = ["Store", "StoreError"]
