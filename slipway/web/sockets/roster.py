"""The instructor's hands on the class: look up a personal code, correct a name, take somebody out, begin another class.

Whoever is taken out can't come back, then loses their pages, then their engine; in this order, so that no page that
connects again meets an engine of its own. Knows neither sockets nor HTTP.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from slipway.core.classroom.members import format_code
from slipway.web.ports import Answer, MembersLike

log = logging.getLogger(__name__)


class Roster:
    """`put_out` ends somebody's connections; `dismiss` gives back their engine, which may take seconds."""

    def __init__(self, members: MembersLike, put_out: Callable[[str], None], dismiss: Callable[[str], None]) -> None:
        self._members, self._put_out, self._dismiss = members, put_out, dismiss

    def member(self, learner: str) -> Answer:
        """The code with which they come back from another browser, "" for somebody who has none."""
        return {"personal": format_code(self._members.personal(learner))}

    def rename(self, learner: str, name: str) -> Answer:
        return {"name": self._members.rename(learner, name).name}

    def remove(self, learner: str) -> Answer:
        """Gone already is fine; the instructor is no member, and stays."""
        known = [one.learner for one in self._members.people() if one.learner == learner]
        self._members.remove(learner)
        self._see_off(known)
        return {}

    def anew(self) -> Answer:
        gone = [one.learner for one in self._members.people()]
        self._members.begin_anew()
        self._see_off(gone)
        return {}

    def _see_off(self, learners: Sequence[str]) -> None:
        for learner in learners:
            self._put_out(learner)
        threading.Thread(target=self._give_back, args=(learners,), name="farewell", daemon=True).start()

    def _give_back(self, learners: Sequence[str]) -> None:
        for learner in learners:
            try:
                self._dismiss(learner)
            except Exception as error:  # the host's engine may be away: what is left idles out
                log.warning("The engine of %s was not given back: %s", learner, error)
