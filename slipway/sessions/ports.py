"""What the sessions need from the engine, the store and the terminals, as protocols.

app.py passes in the implementations, so this package never imports them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from slipway.core import events as e
from slipway.core.classroom.activity import Activity
from slipway.sessions.engine_failures import EngineFailures

JournalStream: TypeAlias = tuple[tuple[e.Event, ...], Iterator[e.Event]]
"""All events of a sandbox so far, and an iterator over the following ones, which ends with the sandbox."""

RecordActivity: TypeAlias = Callable[[Activity], None]
"""Records an activity. Returns promptly and does not raise."""


class SandboxLike(Protocol):
    """A learner's private Docker engine with its terminals."""

    @property
    def key(self) -> str:
        """Return the id of the sandbox."""
        ...


class SandboxProvider(Protocol):
    """What one learner's session asks of the session manager: a sandbox, its journal, and input to its terminals.

    `failures` collects why learners have no sandbox.
    """

    @property
    def failures(self) -> EngineFailures:
        """Return the current failures of all learners."""
        ...

    def queue_position(self, learner: str) -> int:
        """Return 0 when the learner may have a sandbox, else their position in the waiting list.

        Joins the waiting list if necessary; to be called until it returns 0. Does not block.
        """
        ...

    def assign_sandbox(self, learner: str) -> SandboxLike:
        """Return the learner's sandbox, existing or new. Blocks. Raises OSError or UserFacingError."""
        ...

    def journal_stream(self, sandbox: Any) -> JournalStream:
        """Return the events of a sandbox so far, and the following ones."""
        ...

    def is_running(self, sandbox: Any) -> bool:
        """Whether the sandbox's engine container runs."""
        ...

    def remove_sandbox(self, learner: str, sandbox: Any) -> None:
        """Remove the sandbox, now or as soon as the engine allows it; it is not assigned again. Does not raise."""
        ...

    def type_command(self, learner: str, terminal: int, text: str, id: str) -> bool:
        """Type a command into a terminal, once for each `id`. False if it was not typed."""
        ...

    def send_keys(self, learner: str, terminal: int, keys: str) -> bool:
        """Send keys to a terminal. False if it does not accept input."""
        ...


class ProgressStore(Protocol):
    """Verdicts, and when lessons were opened (slipway/store)."""

    def verdicts(self, learner: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """Return lesson → step → `{"verdict", "evidence", "why", "at", "version"}` of every judged step."""
        ...

    def save_verdict(
        self, learner: str, lesson: str, step: str, verdict: str, evidence: list[dict[str, Any]], why: str, at: float
    ) -> None:
        """Save this verdict, replacing the previous one of the step."""
        ...

    def opened_at(self, learner: str, lesson: str) -> float | None:
        """Return when the learner opened the lesson (seconds since the epoch, the engine's clock), None if never."""
        ...

    def save_opened_at(self, learner: str, lesson: str, at: float) -> None:
        """Make the lesson the learner's current one, opened at `at` (seconds since the epoch, the engine's clock)."""
        ...


class AssignmentStore(ProgressStore, Protocol):
    """The progress, which learner has which sandbox, and which commands were typed for a page (slipway/store)."""

    def assignment(self, learner: str) -> str | None:
        """Return the key of the learner's sandbox, None without one."""
        ...

    def assignments(self) -> Mapping[str, str]:
        """Return learner → key of their sandbox."""
        ...

    def assign_sandbox(self, learner: str, sandbox: str) -> None:
        """Assign the sandbox to the learner, in place of any other. Raises ValueError when another learner has it."""
        ...

    def release_sandbox(self, learner: str, sandbox: str) -> None:
        """Remove the assignment of this sandbox to the learner. Idempotent; an assignment to another one stays."""
        ...

    def claim_run(self, learner: str, id: str) -> bool:
        """Record that the click `id` runs its command. False when it was recorded before: the command has run."""
        ...

    def release_run(self, learner: str, id: str) -> None:
        """Delete the record of the click `id`, whose command could not be typed, so that it can be tried again."""
        ...


class ActivityStore(Protocol):
    """The learners' activities (slipway/store/class_store.py)."""

    def save_activity(self, activity: Activity) -> bool:
        """Save the activity. False when it was there already: a repeated one is saved once."""
        ...

    def activities(self, learner: str | None = None, since: float = 0.0) -> Sequence[Activity]:
        """Return the activities of one learner or of all, at `since` or later, in the order of saving."""
        ...


class SandboxService(Protocol):
    """All sandboxes of this install (slipway/engine/sandboxes.py)."""

    def create(self) -> Any:
        """Start a sandbox and wait until its gateway answers. Raises SandboxFailed, leaving nothing behind."""
        ...

    def all(self) -> list[Any]:
        """Return every sandbox of this install, running or not, oldest first."""
        ...

    def find(self, key: str) -> Any | None:
        """Return the sandbox with this key, running or not."""
        ...

    def spare_keys(self) -> set[str]:
        """Return the keys of the sandboxes that were never claimed."""
        ...

    def claim(self, sandbox: Any) -> None:
        """Mark the sandbox as used, permanently. Idempotent. Must be called before anyone can type in it."""
        ...

    def is_running(self, sandbox: Any) -> bool:
        """Return whether the engine container runs; whether the engine in it answers is in the journal."""
        ...

    def is_current(self, sandbox: Any) -> bool:
        """Return whether the sandbox is as this lab creates them: with a way to the internet, or without."""
        ...

    def attach(self, sandbox: Any, number: int, new_shell: bool = False) -> Any:
        """Attach to terminal `number`, before its shell writes anything, or to a new shell. Raises SandboxFailed."""
        ...

    def warm_up(self, sandbox: Any) -> None:
        """Attach to the first terminal in advance, so that its prompt is ready. Raises SandboxFailed."""
        ...

    def remove(self, sandbox: Any) -> None:
        """Remove the terminals, the engine and the volumes of a sandbox. Idempotent."""
        ...

    def unpause_all(self) -> set[str]:
        """Unpause every paused container of a sandbox; return the keys of those sandboxes."""
        ...

    def free_memory(self) -> int | None:
        """Return the free memory of the engine's machine in bytes; None unless a sandbox runs, which it is read in."""
        ...

    def remove_except(self, keep: set[str]) -> None:
        """Remove the sandboxes of this install, and leftovers of sandboxes, whose key is not in `keep`."""
        ...


class WritableTerminal(Protocol):
    """A terminal that accepts input (slipway/terminal/terminal.py)."""

    def type_command(self, text: str, run_id: str) -> bool:
        """Type a command and Enter, once for each `run_id`; return False if it was typed before or cannot be now."""
        ...

    def send_keys(self, keys: str) -> bool:
        """Send input not typed in a page; return False if the terminal is not live or its queue is full."""
        ...


class TerminalInput(Protocol):
    """The terminals of all learners (slipway/terminal/terminals.py)."""

    def terminal(self, learner: str, number: int) -> WritableTerminal:
        """Return the terminal, at once; its shell may still be starting."""
        ...

    def close(self, learner: str) -> None:
        """Close a learner's terminals, but not their containers, which belong to the sandbox."""
        ...
