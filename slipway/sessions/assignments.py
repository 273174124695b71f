"""Which learner has which sandbox, so that nobody is ever given one that somebody else has used.

Two places know of it, and the app may end between any two steps: the host's engine knows whether a sandbox was ever
assigned (`Sandboxes.claim`), and survives the loss of the store; the store knows whose it is. A sandbox goes from
spare, to a row in the store, to claimed, to the learner's first key; and back from removed to a row deleted. Whatever
is claimed and has no row is removed at the next start.
"""

from __future__ import annotations

import logging
from typing import Any

from slipway.sessions.ports import AssignmentStore, SandboxService
from slipway.sessions.warm_pool import Pool

log = logging.getLogger(__name__)


class Assignments:
    """Assigns sandboxes of the pool to learners, and removes them afterwards."""

    def __init__(self, register: AssignmentStore, sandboxes: SandboxService, pool: Pool) -> None:
        self._register, self._sandboxes, self._pool = register, sandboxes, pool
        self._leaving: dict[str, tuple[str, Any]] = {}  # by key: whose it was, until the removal is confirmed

    def restore(self) -> set[str]:
        """Sort what an earlier run left, have one sandbox at least, and return the learners who still have theirs.

        The spare ones go to the pool; whatever else has no owner is removed. Raises SandboxFailed when there is none.
        """
        rows, spare = self._register.assignments(), self._sandboxes.spare_keys()
        owned = set(rows.values())
        living = {
            one.key: one
            for one in self._sandboxes.all()
            if one.key in owned | spare and self._sandboxes.is_running(one)
        }
        self._pool.begin(one for key, one in living.items() if key not in owned)
        self._sandboxes.remove_except(set(living))
        if not living:
            self._pool.add()
        return {learner for learner, key in rows.items() if key in living}

    def assign(self, learner: str) -> Any:
        """The learner's own sandbox if it lives, else a spare or a new one.

        Raises what the engine or the store raises.
        """
        key = self._register.assignment(learner)
        own = self._sandboxes.find(key) if key and key not in self._leaving else None
        if own is not None:
            if self._sandboxes.is_running(own):
                self._sandboxes.claim(own)  # the app may have ended between the row and the mark
                return own
            self.remove(learner, own)
        return self._assign_new(learner)

    def remove(self, learner: str, sandbox: Any) -> None:
        """Remove a sandbox that was the learner's, now or when `retry` succeeds. Nobody gets it meanwhile."""
        self._leaving[sandbox.key] = learner, sandbox
        self._remove(learner, sandbox)

    def remove_of(self, learner: str) -> bool:
        """Remove whatever the store says is the learner's. False when there was no sandbox."""
        key = self._register.assignment(learner)
        sandbox = self._sandboxes.find(key) if key else None
        if sandbox is not None:
            self.remove(learner, sandbox)
        elif key:
            self._register.release_sandbox(learner, key)
        return sandbox is not None

    def retry(self) -> None:
        """Try again to remove what could not be removed."""
        for learner, sandbox in list(self._leaving.values()):
            self._remove(learner, sandbox)

    def _assign_new(self, learner: str) -> Any:
        sandbox = self._pool.take()
        try:
            self._register.assign_sandbox(learner, sandbox.key)
        except ValueError:  # somebody else's, in a store that was exchanged meanwhile: no longer the pool's
            raise
        except Exception:
            self._pool.give_back(sandbox)
            raise
        try:
            self._sandboxes.claim(sandbox)
        except Exception:
            self.remove(learner, sandbox)
            raise
        return sandbox

    def _remove(self, learner: str, sandbox: Any) -> None:
        """The row goes last: until the removal is confirmed it says whose sandbox that is."""
        try:
            self._sandboxes.remove(sandbox)
            self._register.release_sandbox(learner, sandbox.key)
        except Exception as error:  # the engine may be away, or the disk full
            log.warning("Sandbox %s is not removed yet and will be tried again: %s", sandbox.key, error)
        else:
            self._leaving.pop(sandbox.key, None)
