"""What holds for every test: none is timed, not even by hypothesis, because the machine may be busy."""

from __future__ import annotations

from hypothesis import settings

from tests.disks import disk

__all__ = ["disk"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
