"""A full disk: nothing that was passed is lost while the lab runs, it is written once there is room, and it is told."""

from __future__ import annotations

from typing import Any

from slipway.core.checks import PASSED, Verdict
from slipway.ledger import FULL, Ledger
from tests.lodgings import Notebook
from tests.patience import eventually


class FullDisk(Notebook):
    """A notebook on a disk that is full for a while."""

    full = True

    def keep_verdict(self, *given: Any) -> None:
        self._check()
        super().keep_verdict(*given)

    def keep_opened(self, *given: Any) -> None:
        self._check()
        super().keep_opened(*given)

    def _check(self) -> None:
        if self.full:
            raise OSError(28, "No space left on device")


def test_what_is_passed_on_a_full_disk_is_known_and_written_later() -> None:
    told: list[str] = []
    book = FullDisk()
    ledger = Ledger("me", book, told.append, again=0.05)
    assert ledger.opened("one", 5.0) == 5.0
    ledger.keep("one", "first", Verdict(PASSED))
    ledger.keep("one", "second", Verdict(PASSED))
    assert ledger.verdicts("one").keys() == {"first", "second"}
    assert ledger.verdicts("two") == {}
    assert told[-1] == FULL

    book.full = False
    eventually(lambda: not told[-1] and book.kept.get("one", {}).keys() == {"first", "second"})
    assert ledger.verdicts("one").keys() == {"first", "second"}
