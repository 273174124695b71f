"""What the web needs from the other packages, as small protocols.

The web gets its collaborators from `app.py` and knows them only by these protocols, so that it does not depend on the
engine or the store. Answers are plain JSON values, ready for the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from slipway.core.classroom.activity import ActivityKind
from slipway.core.classroom.members import Person

Answer: TypeAlias = dict[str, Any]
Listener: TypeAlias = Callable[[str, dict[str, Any]], None]
"""Called with the name (`story`, `step`, `seat`, `typing`) and the payload of an event for a page."""


class ProgressSource(Protocol):
    """The stored verdicts."""

    def verdicts(self, learner: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """Return lesson → step → `{"verdict", "evidence", "why", …}`; steps that were never judged are absent."""
        ...


class RecordingSource(Protocol):
    """The recorded proofs of steps, by the slugs of lesson and step; None if there is none."""

    def has(self, lesson: str, step: str, /) -> bool:
        """Whether the step has a recording."""
        ...

    def script(self, lesson: str, step: str, /) -> str | None:
        """Return the script that hands the recording to a page."""
        ...

    def lines(self, lesson: str, step: str, /) -> int | None:
        """Return how many lines the terminal needed for the step's solution."""
        ...

    def cast(self, lesson: str, step: str, /) -> str | None:
        """Return the recording of the terminal, as an asciicast."""
        ...


class SessionLike(Protocol):
    """One learner's session: their sandbox and where they are in the course.

    Each method returns at once (the listeners get the result of what takes long), and a ValueError carries a sentence
    for the learner. `open_lesson` sends the listeners the whole state.
    """

    def subscribe(self, listener: Listener) -> None:
        """Send every message to `listener` from now on."""
        ...

    def unsubscribe(self, listener: Listener) -> None:
        """Stop sending messages to `listener`. Idempotent."""
        ...

    def open_lesson(self, lesson: str) -> Answer:
        """Open a lesson, and send a snapshot to the listeners. Raises NotFoundError."""
        ...

    def mark_active(self) -> Answer:
        """Note that the learner is there, and start a new sandbox if theirs was stopped."""
        ...

    def go_to_step(self, step: str) -> Answer:
        """Make `step` the current one; unfinished steps before it are skipped. Raises NotFoundError."""
        ...

    def run_block(self, block: str, id: str, terminal: int) -> Answer:
        """Type a block of the lesson into a terminal, once for each `id`. Raises NotFoundError."""
        ...

    def hint(self, step: str) -> Answer:
        """Return the step's next hint; after the last, the last again. Raises NotFoundError."""
        ...

    def solution(self, step: str) -> Answer:
        """Return the step's solution. Raises NotFoundError."""
        ...

    def type_next_command(self, step: str, id: str, terminal: int) -> Answer:
        """Type the step's next command at a human pace, once for each `id`. Raises NotFoundError."""
        ...

    def stop_typing(self) -> Answer:
        """Stop typing."""
        ...

    def prepare_step(self, step: str, id: str, terminal: int) -> Answer:
        """Bring the sandbox to where `step` begins, and clear the lesson's verdicts. Raises NotFoundError."""
        ...

    def replace_sandbox(self) -> Answer:
        """Replace the sandbox by a new one; verdicts are kept."""
        ...

    def restart_lesson(self, lesson: str) -> Answer:
        """Clear the verdicts of the lesson. Raises NotFoundError."""
        ...


class ClassMonitorLike(Protocol):
    """The progress of the class (slipway/classroom/monitor.py). A ValueError carries a sentence for the page."""

    def connect(self, learner: str, listener: Listener) -> None:
        """Add a page of this learner."""
        ...

    def disconnect(self, learner: str, listener: Listener) -> None:
        """Remove a page of this learner."""
        ...

    def watch(self, listener: Listener) -> Answer:
        """Return the whole dashboard, and send `listener` each difference from now on."""
        ...

    def unwatch(self, listener: Listener) -> None:
        """Stop sending differences. Idempotent."""
        ...

    def send_message(self, learners: Sequence[str], lesson: str, step: str, text: str) -> int:
        """Send a message about a step to learners, and return to how many. Raises ValueError with a sentence."""
        ...

    def record(self, learner: str, kind: ActivityKind, text: str = "") -> None:
        """Record `help`, `seen`, `settled` or `read` at the learner's step, unless it would change nothing."""
        ...

    def learner_status(self, learner: str) -> Answer:
        """Return what a learner may know: the messages to them, and the state of their request for help."""
        ...


class MembersLike(Protocol):
    """Who is in the class (slipway/classroom/members.py). A ValueError carries a sentence for the page."""

    def people(self) -> Sequence[Person]:
        """Return the learners in the order in which they joined, without the instructor."""
        ...

    def personal_code(self, learner: str) -> str:
        """Return the personal code of a learner, "" for anyone else."""
        ...

    def rename(self, learner: str, name: str) -> Person:
        """Change the name of a learner. Raises JoinRefused."""
        ...

    def remove(self, learner: str) -> None:
        """Remove a learner from the class. Idempotent."""
        ...

    def start_new_class(self) -> None:
        """Start a new class with a new code and without members. Raises JoinRefused if no class is open."""
        ...


class SessionManagerLike(Protocol):
    """The sessions of all learners."""

    def session(self, learner: str) -> SessionLike:
        """Return the learner's session, created on demand. Raises UserFacingError if they are not in the class."""
        ...


class TerminalClientLike(Protocol):
    """One page at one terminal."""

    def type(self, text: str) -> bool:
        """Send input. False if the shell's queue is full."""
        ...

    def resize(self, cols: int, rows: int) -> None:
        """Set the size in columns and rows."""
        ...

    def activate(self) -> None:
        """Make this client the active one."""
        ...

    def acknowledge(self, number: int) -> None:
        """Note that the page has parsed the output before byte `number`."""
        ...

    def close(self) -> None:
        """Remove the client. Idempotent."""
        ...


class TerminalLike(Protocol):
    """A terminal. `on_output` gets the number of the first byte, the number after the last, the text, and what to call
    when everything before it has been written to the network. `stayed`: the page was attached until now."""

    def add_client(
        self,
        on_output: Callable[[int, int, str, Callable[[], None]], None],
        on_status: Callable[[dict[str, Any]], None],
        offset: int | None,
        tail: str,
        shell_id: str,
        stayed: bool,
    ) -> TerminalClientLike:
        """Attach a page. It gets the output from the oldest kept byte on, or from byte number `offset` on."""
        ...


class TerminalsLike(Protocol):
    """The terminals of all learners."""

    def terminal(self, learner: str, number: int, new_shell: bool) -> TerminalLike:
        """Return at once, even if its shell is still starting. Raises LookupError for a number beyond the limit."""
        ...

    def end(self, learner: str, number: int) -> None:
        """End a terminal's shell, now or once it is attached; does nothing if the terminal was never opened."""
        ...
