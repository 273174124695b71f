"""A file of progress, and the store that it is opened as."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "progress.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store.at(path)
    yield opened
    opened.close()
