"""Errors that more than one part of the lab has to know; each message is a sentence for a person."""

from __future__ import annotations


class SentenceError(RuntimeError):
    """An error whose text is one sentence for a person."""


class StorageError(SentenceError):
    """What people did can't be written or read: the disk is full, say, or somebody took the file away."""
