"""A sandbox that goes, or is left, and the next one; and an engine that is out of reach for a while."""

from __future__ import annotations

from tests.core.telling import Engine
from tests.lodgings import CREATE, WATCH, Bed, Inn, Notebook, Page, created, seated
from tests.patience import eventually


def test_an_engine_that_goes_is_told_in_words_and_replaced() -> None:
    inn, notebook, reader = Inn(), Notebook(), Page()
    seated(inn, notebook, reader)
    inn.tell(*created(Engine()))
    eventually(lambda: reader.verdict(CREATE) == "passed")
    inn.break_down()
    eventually(lambda: len(inn.beds) == 2 and reader.of("seat")[-1]["state"] == "ready")
    assert inn.left == ["bed1"]
    assert "gone" in {one["state"] for one in reader.of("seat")}
    assert "cannot-tell" in {one["verdict"] for one in reader.of("step") if one["step"] == WATCH}
    assert reader.verdict(CREATE) == "passed"


def test_afresh_is_a_new_sandbox_with_the_same_progress() -> None:
    inn, notebook, reader = Inn(), Notebook(), Page()
    seat = seated(inn, notebook, reader)
    inn.tell(*created(Engine()))
    eventually(lambda: reader.verdict(CREATE) == "passed")
    seat.afresh()
    eventually(lambda: len(inn.beds) == 2 and reader.of("seat")[-1]["state"] == "ready")
    assert not seat.session.world.containers
    assert reader.verdict(CREATE) == "passed"


class FarInn(Inn):
    """An inn that can be out of reach, as the host's engine is when it was killed."""

    away = False

    def settle(self, learner: str) -> Bed:
        self._check()
        return super().settle(learner)

    def alive(self, bed: Bed) -> bool:
        self._check()
        return super().alive(bed)

    def _check(self) -> None:
        if self.away:
            raise ConnectionError("no answer")


def test_what_went_while_the_hosts_engine_was_away_is_told_when_it_is_back() -> None:
    inn, notebook, reader = FarInn(), Notebook(), Page()
    seated(inn, notebook, reader)
    inn.away = True
    inn.break_down()
    eventually(lambda: reader.of("seat")[-1]["state"] == "lost")
    inn.away = False
    eventually(lambda: reader.of("seat")[-1]["state"] == "ready")
    assert "Your Docker engine has gone" in [one["say"] for one in reader.of("seat") if one["state"] == "gone"][-1]
    assert inn.left == ["bed1"]
