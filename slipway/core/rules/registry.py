"""The table of all rules that a lesson may use.

A rule is a function from a story to all its matches. Its keyword arguments are the fields of the lesson file, and its
docstring is its documentation. The time of a match is that of its *cause* (when the call began, or the engine's own
event), so no rule depends on the order in which calls and engine events are reported. `container` and `other_than` are
sets of ids: lessons/checks.py resolves the names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slipway.core.rules.calls import called, pending, pruned, pulled, refused, typed
from slipway.core.rules.containers import created, executed, exists, logs_read, started
from slipway.core.rules.lifecycle import exited, killed, removed, signalled, stopped
from slipway.core.rules.matchers import Match

Rule = Callable[..., Iterator[Match]]

RULES: dict[str, Rule] = {
    "created": created,
    "started": started,
    "logs_read": logs_read,
    "exited": exited,
    "signalled": signalled,
    "stopped": stopped,
    "killed": killed,
    "removed": removed,
    "called": called,
    "pending": pending,
    "executed": executed,
    "pulled": pulled,
    "pruned": pruned,
    "refused": refused,
    "typed": typed,
    "exists": exists,
}
