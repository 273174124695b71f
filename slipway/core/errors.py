"""Errors that more than one part of the lab has to know; each message is a sentence for a person."""

from __future__ import annotations


class UserFacingError(RuntimeError):
    """An error whose text is one sentence that may be shown to a learner or instructor."""


class StorageError(UserFacingError):
    """Stored data cannot be read or written: the disk is full, for example, or the file was removed."""
