"""Decide from a story whether a step is done: rules met in order, names bound on the way, a sentence if it is not.

A check is a list of rule calls. `as: box` names the container of a match, `container: $box` requires that same
container, however the learner refers to it, and `other_than: $box` requires another one. A name that an earlier step of
the lesson binds stands for every container that fits that step's rule, so a container may be removed and created again.
Verdicts have three values; "cannot tell" is never shown as "not yet". Knows no learner and no page.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from slipway.core.rules.matchers import Match
from slipway.core.rules.registry import RULES
from slipway.core.story import Story

Bindings = Mapping[str, frozenset[str]]

PASSED, NOT_YET, CANNOT_TELL, SKIPPED = "passed", "not-yet", "cannot-tell", "skipped"


NO_ENGINE = "The engine does not answer, so this step cannot be checked now. What you did is not lost."


@dataclass(frozen=True)
class RuleCall:
    """One rule with its arguments, as written in the lesson file."""

    rule: str
    args: Mapping[str, Any] = field(default_factory=dict)
    unless: tuple[Mapping[str, Any], ...] = ()
    binds: str = ""
    say: str = ""
    never: bool = False

    @property
    def uses(self) -> frozenset[str]:
        """Return the names that this call refers to, without their $."""
        given = (self.args.get("container"), self.args.get("other_than"))
        return frozenset(name[1:] for name in given if isinstance(name, str) and name.startswith("$"))


@dataclass(frozen=True)
class Check:
    """The rule calls of one step, in order; `earlier` has those of earlier steps that bind names used here."""

    rule_calls: tuple[RuleCall, ...]
    earlier: Mapping[str, RuleCall] = field(default_factory=dict)


@dataclass(frozen=True)
class Mistake:
    """A pattern over the story, and the sentence for a learner who made it; `short` names it in a few words."""

    say: str
    when: tuple[RuleCall, ...]
    short: str = ""


# Possible at any step. A step's own sentence for the same call goes first.
NAME_TAKEN = Mistake(
    "That name is taken: a container from before still has it. "
    "Remove that one (`docker rm -f` and its name), and do this once more.",
    (RuleCall("called", {"call": "container.create", "status": 409}),),
)
# With control groups of version 2, the engine's helper that starts a container counts as its memory: 16 to 20 MiB. If
# the limit is lower, the kernel ends the helper, and the engine reports either of these errors (measured, runc 1.1).
LIMIT_TOO_LOW = Mistake(
    "The container ran out of memory before its program began, because starting takes some 20 MiB of its own. "
    "Remove the container, and give it more: `--memory 32m`.",
    (RuleCall("called", {"call": "container.start", "error": "memory limit too low"}),),
)
ENDED_BEFORE_START = Mistake(
    "The container was ended before its program began. Either its memory limit is too low (starting takes some 20 MiB "
    "of its own), or something stopped it in that very moment. Remove it, and try once more, with `--memory 32m` if it "
    "had a limit.",
    (RuleCall("called", {"call": "container.start", "error": "cannot start a stopped process"}),),
)
GENERAL_MISTAKES = (NAME_TAKEN, LIMIT_TOO_LOW, ENDED_BEFORE_START)


@dataclass(frozen=True)
class Verdict:
    """What is known of a step.

    `mistake_at` is the time of the mistake that `why` explains (seconds since the epoch on the engine's clock, 0.0 for
    none), so that the same mistake made again is a new verdict.
    """

    value: str = NOT_YET
    evidence: tuple[Match, ...] = ()
    why: str = ""
    mistake_at: float = 0.0

    @property
    def at(self) -> float:
        """Return the time of the last evidence (seconds since the epoch on the engine's clock, 0.0 for none)."""
        return max((match.at for match in self.evidence), default=0.0)


def judge(check: Check, mistakes: tuple[Mistake, ...], story: Story, since: float) -> Verdict:
    """Return the verdict on everything that happened after `since`."""
    if story.world.engine != "up":
        return Verdict(CANNOT_TELL, why=NO_ENGINE)
    known = {name: _bound_by(call, story) for name, call in check.earlier.items()}
    evidence = _first_match(check.rule_calls, story, since, known)
    if evidence is not None:
        return Verdict(PASSED, evidence)
    return _not_yet(check, mistakes, story, since, known)


def parse_rule_call(raw: object) -> RuleCall:
    """Return one entry of a `check` or `when` list, `{rule: {field: value}}`.

    Raises ValueError for an unknown rule or field; its message says what is wrong and lists the valid names.
    """
    if not isinstance(raw, dict) or len(raw) != 1:
        raise ValueError(f"a rule is written `name: {{field: value}}`, not {raw!r}")
    ((rule, fields),) = raw.items()
    if rule == "never":
        return replace(parse_rule_call(fields), never=True)
    if rule not in RULES:
        raise ValueError(f"unknown rule {rule!r}; the rules are {', '.join(sorted(RULES))}")
    args = _fields(rule, fields)
    extra = {key: args.pop(key, None) for key in ("as", "say", "unless")}
    _validate(rule, args, needed=True)
    for key in ("container", "other_than"):
        value = args.get(key)
        if value is not None and not (isinstance(value, str) and value.startswith("$")):
            raise ValueError(f"{rule}.{key} takes a name that a rule binds with `as`, such as $box, not {value!r}")
    return RuleCall(rule, args, _exceptions(rule, extra["unless"]), extra["as"] or "", extra["say"] or "")


def _exceptions(rule: str, raw: object) -> tuple[Mapping[str, Any], ...]:
    """Return what `unless` excludes: the fields of one exception, or of each in a list."""
    exceptions = [_fields(f"{rule}.unless", fields) for fields in (raw if isinstance(raw, list) else [raw])]
    for fields in exceptions:
        _validate(rule, fields, needed=False)
        if fields.keys() & {"container", "other_than"}:
            raise ValueError(f"{rule}.unless takes neither container nor other_than; give them to the rule itself")
    return tuple(fields for fields in exceptions if fields)


def _fields(where: str, raw: object) -> dict[str, Any]:
    if raw is not None and not isinstance(raw, dict):
        raise ValueError(f"the fields of {where} are written `{{field: value}}`, not {raw!r}")
    return dict(raw or {})


def _validate(rule: str, args: Mapping[str, Any], needed: bool) -> None:
    parameters = inspect.signature(RULES[rule]).parameters
    known = set(parameters) - {"story"}
    for key in args:
        if key not in known:
            raise ValueError(f"rule {rule} has no field {key!r}; its fields are {', '.join(sorted(known))}")
    missing = {key for key in known - args.keys() if parameters[key].default is inspect.Parameter.empty}
    if needed and missing:
        raise ValueError(f"rule {rule} needs {', '.join(sorted(missing))}")


def matches(call: RuleCall, story: Story, bindings: Bindings) -> Iterator[Match]:
    """Yield every match of one rule call, in order of time; none while a name that it refers to is unbound."""
    args = dict(call.args)
    for key in ("container", "other_than"):
        if key in args:
            ids = bindings.get(args[key][1:])
            if not ids:
                return
            args[key] = ids
    rule = RULES[call.rule]
    candidates = sorted(rule(story, **args), key=lambda match: match.at)
    excepted = {match for fields in call.unless for match in rule(story, **{**args, **fields})}
    yield from (match for match in candidates if match not in excepted)


def _bound_by(call: RuleCall, story: Story) -> frozenset[str]:
    return frozenset(match.container for match in matches(call, story, {}))


def _first_match(
    calls: tuple[RuleCall, ...], story: Story, since: float, bindings: Bindings
) -> tuple[Match, ...] | None:
    """Return the first sequence of matches that meets all calls, each at or after the one before; None for none.

    A `never` call applies from the match before it to the match after it.
    """
    if not calls:
        return ()
    first, rest = calls[0], calls[1:]
    if first.never:
        tail = _first_match(rest, story, since, bindings)
        until = tail[0].at if tail else math.inf
        return None if any(since <= match.at <= until for match in matches(first, story, bindings)) else tail
    for match in matches(first, story, bindings):
        if match.at >= since:
            tail = _first_match(rest, story, match.at, _bind(first, match, bindings))
            if tail is not None:
                return (match, *tail)
    return None


def _bind(call: RuleCall, match: Match, bindings: Bindings) -> Bindings:
    names = {call.binds} if call.binds else set()
    container = call.args.get("container")
    if isinstance(container, str):
        names.add(container[1:])
    return {**bindings, **{name: frozenset({match.container}) for name in names}} if match.container else bindings


def _progress(
    calls: tuple[RuleCall, ...], story: Story, since: float, bindings: Bindings
) -> tuple[tuple[Match, ...], Bindings]:
    """Return the longest prefix of `calls` that is met, by its latest matches, and the names bound by it."""
    best: tuple[tuple[Match, ...], Bindings] = ((), bindings)
    if not calls:
        return best
    for match in reversed(list(matches(calls[0], story, bindings))):
        if match.at >= since:
            tail, bound = _progress(calls[1:], story, match.at, _bind(calls[0], match, bindings))
            if 1 + len(tail) > len(best[0]):
                best = ((match, *tail), bound)
        if len(best[0]) == len(calls):
            break
    return best


def _not_yet(check: Check, mistakes: tuple[Mistake, ...], story: Story, since: float, known: Bindings) -> Verdict:
    done, bound = _progress(_positive(check.rule_calls), story, since, known)
    reached = done[-1].at if done else since
    made: list[tuple[float, str]] = []
    for mistake in (*mistakes, *GENERAL_MISTAKES):
        found = _latest(mistake.when, story, since, bound)
        if found is not None and found >= reached:
            made.append((found, mistake.say))
    if made:
        newest = max(at for at, _ in made)
        return Verdict(NOT_YET, done, next(say for at, say in made if at == newest), newest)
    return Verdict(NOT_YET, done, _explanation(check, done, known))


def _positive(calls: tuple[RuleCall, ...]) -> tuple[RuleCall, ...]:
    return tuple(call for call in calls if not call.never)


def _latest(calls: tuple[RuleCall, ...], story: Story, since: float, bindings: Bindings) -> float | None:
    """Return when the last of `calls` was last met, if all are and no `never` call matched since; otherwise None."""
    met, bound = _progress(_positive(calls), story, since, bindings)
    if len(met) < len(_positive(calls)):
        return None
    reached = met[-1].at if met else since
    if any(any(match.at >= reached for match in matches(call, story, bound)) for call in calls if call.never):
        return None
    return reached


def _explanation(check: Check, done: tuple[Match, ...], known: Bindings) -> str:
    """Return what was seen, with ticks, and what is missing first."""
    missing = [name for call in check.rule_calls for name in call.uses if name in check.earlier and not known.get(name)]
    seen = "".join(f"{match.text} ✓ " for match in done)
    if missing and not done:
        return check.earlier[missing[0]].say or f"The container of an earlier step is missing ({missing[0]})."
    unmet = _positive(check.rule_calls)[len(done) :]
    rest = (unmet[0].say or _default_sentence(unmet[0])) if unmet else _violated(check)
    return f"{seen[:1].upper()}{seen[1:]}{rest}"


def _violated(check: Check) -> str:
    sentences = (call.say for call in check.rule_calls if call.never and call.say)
    return next(sentences, "Something happened that should not have.")


def _default_sentence(call: RuleCall) -> str:
    fields = ", ".join(f"{key} {value}" for key, value in call.args.items())
    return f"Nothing seen yet of: {call.rule.replace('_', ' ')}{f' ({fields})' if fields else ''}."
