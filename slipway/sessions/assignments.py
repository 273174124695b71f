"""Which learner has which sandbox, such that no learner ever gets a sandbox that another one has used.

Two places know it, and the app may end between any two steps: the host's engine knows whether a sandbox was ever
assigned (`SandboxService.claim`), and survives the loss of the store; the store knows to whom. A sandbox goes from
spare, to a row in the store, to claimed, to the learner's first key; and back from removed to a deleted row. A sandbox
that is claimed and has no row is removed at the next start.
"""

from __future__ import annotations

import logging
from typing import Any

from slipway.sessions.ports import AssignmentStore, SandboxService
from slipway.sessions.warm_pool import Pool

log = logging.getLogger(__name__)


class Assignments:
    """Assigns sandboxes of the pool to learners, and removes them afterwards."""

    def __init__(self, store: AssignmentStore, sandboxes: SandboxService, pool: Pool) -> None:
        self._store, self._sandboxes, self._pool = store, sandboxes, pool
        self._removing: dict[str, tuple[str, Any]] = {}  # key → (learner, sandbox), until the removal is confirmed

    def restore(self) -> set[str]:
        """Take over the sandboxes of an earlier run, and return the learners who still have theirs.

        Spare ones go to the pool. The rest is removed, and so are those of a lab that was online while this one is not,
        or the other way round. If none is left, one is created. Raises SandboxFailed.
        """
        rows, spare = self._store.assignments(), self._sandboxes.spare_keys()
        owned = set(rows.values())
        running = {
            sandbox.key: sandbox
            for sandbox in self._sandboxes.all()
            if sandbox.key in owned | spare
            and self._sandboxes.is_running(sandbox)
            and self._sandboxes.is_current(sandbox)
        }
        self._pool.adopt(sandbox for key, sandbox in running.items() if key not in owned)
        self._sandboxes.remove_except(set(running))
        if not running:
            self._pool.add()
        return {learner for learner, key in rows.items() if key in running}

    def assign(self, learner: str) -> Any:
        """Return the learner's own sandbox if it runs, else assign a spare or a new one.

        Raises the exceptions of the engine and of the store.
        """
        key = self._store.assignment(learner)
        own = self._sandboxes.find(key) if key and key not in self._removing else None
        if own is not None:
            if self._sandboxes.is_running(own):
                self._sandboxes.claim(own)  # the app may have ended between the row and the claim
                return own
            self.remove(learner, own)
        return self._assign_from_pool(learner)

    def remove(self, learner: str, sandbox: Any) -> None:
        """Remove the learner's sandbox, now or in `retry_removals`. It is assigned to nobody meanwhile."""
        self._removing[sandbox.key] = learner, sandbox
        self._try_remove(learner, sandbox)

    def remove_sandbox_of(self, learner: str) -> bool:
        """Remove the sandbox that the store has for the learner. False when there was none."""
        key = self._store.assignment(learner)
        sandbox = self._sandboxes.find(key) if key else None
        if sandbox is not None:
            self.remove(learner, sandbox)
        elif key:
            self._store.release_sandbox(learner, key)
        return sandbox is not None

    def retry_removals(self) -> None:
        """Try again to remove the sandboxes that could not be removed."""
        for learner, sandbox in list(self._removing.values()):
            self._try_remove(learner, sandbox)

    def _assign_from_pool(self, learner: str) -> Any:
        sandbox = self._pool.take()
        try:
            self._store.assign_sandbox(learner, sandbox.key)
        except ValueError:  # another learner's, in a store that was exchanged meanwhile: not for the pool any more
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

    def _try_remove(self, learner: str, sandbox: Any) -> None:
        """Remove the sandbox, then its row: until the removal is confirmed, the row says whose sandbox it is."""
        try:
            self._sandboxes.remove(sandbox)
            self._store.release_sandbox(learner, sandbox.key)
        except Exception as error:  # the engine may be away, or the disk full
            log.warning("Sandbox %s is not removed yet, trying again later: %s", sandbox.key, error)
        else:
            self._removing.pop(sandbox.key, None)
