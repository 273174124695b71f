"""An instructor's changes to the class: look up a personal code, correct a name, remove a learner, start a new class.

A removed learner first can't come back, then loses their connections, then their sandbox; in this order, so that a page
that reconnects does not get a new sandbox. Knows neither sockets nor HTTP.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from slipway.core.classroom.members import format_code
from slipway.web.ports import Answer, MembersLike

log = logging.getLogger(__name__)


class Roster:
    """`disconnect` ends a learner's connections; `release` gives up their sandbox, which may take seconds."""

    def __init__(self, members: MembersLike, disconnect: Callable[[str], None], release: Callable[[str], None]) -> None:
        self._members, self._disconnect, self._release = members, disconnect, release

    def member(self, learner: str) -> Answer:
        """Return the code for coming back from another browser, "" for a learner without one."""
        return {"personal": format_code(self._members.personal_code(learner))}

    def rename(self, learner: str, name: str) -> Answer:
        """Correct a learner's name. Raises ValueError with a sentence."""
        return {"name": self._members.rename(learner, name).name}

    def remove(self, learner: str) -> Answer:
        """Remove a learner. Idempotent; the instructor is no member, and stays."""
        known = [person.learner for person in self._members.people() if person.learner == learner]
        self._members.remove(learner)
        self._end_sessions(known)
        return {}

    def new_class(self) -> Answer:
        """Start a new class without members."""
        learners = [person.learner for person in self._members.people()]
        self._members.start_new_class()
        self._end_sessions(learners)
        return {}

    def _end_sessions(self, learners: Sequence[str]) -> None:
        for learner in learners:
            self._disconnect(learner)
        threading.Thread(target=self._release_all, args=(learners,), name="release", daemon=True).start()

    def _release_all(self, learners: Sequence[str]) -> None:
        for learner in learners:
            try:
                self._release(learner)
            except Exception as error:  # the host's engine may be unreachable; an idle sandbox stops by itself
                log.warning("The sandbox of %s was not released: %s", learner, error)
