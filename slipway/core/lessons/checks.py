"""From a story to a verdict: rules met in order, names bound on the way, and the sentence when it is not so yet.

A check is a list of rule calls. `as: box` gives the container of a match a name, `container: $box` asks for that very
container, however the learner refers to it, and `other_than: $box` for any other. A name that an earlier step of the
lesson gives stands for every container that fits that step's rule, so that one may be removed and made again.
Verdicts have three values, and "cannot tell" is never said as "not yet".
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


@dataclass(frozen=True)
class RuleCall:
    """One rule with its arguments, as the lesson file has it."""

    rule: str
    args: Mapping[str, Any] = field(default_factory=dict)
    unless: tuple[Mapping[str, Any], ...] = ()
    binds: str = ""
    say: str = ""
    never: bool = False

    @property
    def uses(self) -> frozenset[str]:
        """The names that this asks for, without their $."""
        given = (self.args.get("container"), self.args.get("other_than"))
        return frozenset(one[1:] for one in given if isinstance(one, str) and one.startswith("$"))


@dataclass(frozen=True)
class Check:
    """The asks of one step, in order; `given` are the asks of earlier steps that bind names used here."""

    asks: tuple[RuleCall, ...]
    given: Mapping[str, RuleCall] = field(default_factory=dict)


@dataclass(frozen=True)
class Mistake:
    """A pattern over the story, and the sentence for whoever did it; `short` says in a few words what they did."""

    say: str
    when: tuple[RuleCall, ...]
    short: str = ""


# What may go wrong at any step, for lessons leave containers behind. A step's own sentence about the same goes first.
TAKEN = Mistake(
    "That name is taken: a container from before still has it. "
    "Remove that one (`docker rm -f` and its name), and do this once more.",
    (RuleCall("called", {"call": "container.create", "status": 409}),),
)


@dataclass(frozen=True)
class Verdict:
    """What is known of a step. `at` is the time of the last evidence, `slip` that of the mistake which `why` names (0.0
    for none), both on the engine's clock: so a mistake that is made once more is a new verdict."""

    value: str = NOT_YET
    evidence: tuple[Match, ...] = ()
    why: str = ""
    slip: float = 0.0

    @property
    def at(self) -> float:
        return max((one.at for one in self.evidence), default=0.0)


def judge(check: Check, mistakes: tuple[Mistake, ...], story: Story, since: float) -> Verdict:
    """The verdict over everything that happened after `since`."""
    if story.world.engine != "up":
        return Verdict(CANNOT_TELL, why="The engine does not answer, so nobody can tell. What you did is not lost.")
    known = {name: _known(ask, story) for name, ask in check.given.items()}
    found = _chain(check.asks, story, since, known)
    if found is not None:
        return Verdict(PASSED, found)
    return _not_yet(check, mistakes, story, since, known)


def parse_ask(raw: object) -> RuleCall:
    """One entry of a `check` or `when` list: `{rule: {field: value}}`.

    Raises ValueError, naming what is wrong and the valid names, for an unknown rule or field.
    """
    if not isinstance(raw, dict) or len(raw) != 1:
        raise ValueError(f"a rule is written `name: {{field: value}}`, not {raw!r}")
    ((rule, fields),) = raw.items()
    if rule == "never":
        return replace(parse_ask(fields), never=True)
    if rule not in RULES:
        raise ValueError(f"unknown rule {rule!r}; the rules are {', '.join(sorted(RULES))}")
    args = _fields(rule, fields)
    extra = {key: args.pop(key, None) for key in ("as", "say", "unless")}
    _validate(rule, args, needed=True)
    for key in ("container", "other_than"):
        value = args.get(key)
        if value is not None and not (isinstance(value, str) and value.startswith("$")):
            raise ValueError(f"{rule}.{key} is a name that a rule gave with `as`, such as $box, not {value!r}")
    return RuleCall(rule, args, _exceptions(rule, extra["unless"]), extra["as"] or "", extra["say"] or "")


def _exceptions(rule: str, raw: object) -> tuple[Mapping[str, Any], ...]:
    """What `unless` leaves out: the fields of one exception, or a list of such."""
    found = [_fields(f"{rule}.unless", one) for one in (raw if isinstance(raw, list) else [raw])]
    for fields in found:
        _validate(rule, fields, needed=False)
        if fields.keys() & {"container", "other_than"}:
            raise ValueError(f"{rule}.unless names no containers; use container or other_than of the rule itself")
    return tuple(fields for fields in found if fields)


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


def matches(ask: RuleCall, story: Story, bindings: Bindings) -> Iterator[Match]:
    """Every match of one ask, in order of time; none while a name that it asks for is not bound."""
    args = dict(ask.args)
    for key in ("container", "other_than"):
        if key in args:
            ids = bindings.get(args[key][1:])
            if not ids:
                return
            args[key] = ids
    rule = RULES[ask.rule]
    found = sorted(rule(story, **args), key=lambda match: match.at)
    excepted = {match for fields in ask.unless for match in rule(story, **{**args, **fields})}
    yield from (one for one in found if one not in excepted)


def _known(ask: RuleCall, story: Story) -> frozenset[str]:
    return frozenset(match.container for match in matches(ask, story, {}))


def _chain(asks: tuple[RuleCall, ...], story: Story, since: float, bindings: Bindings) -> tuple[Match, ...] | None:
    """The first way to meet all asks, each at or after the one before; None if there is none. What must never happen
    counts from the ask before it to the ask after it."""
    if not asks:
        return ()
    first, rest = asks[0], asks[1:]
    if first.never:
        tail = _chain(rest, story, since, bindings)
        until = tail[0].at if tail else math.inf
        return None if any(since <= match.at <= until for match in matches(first, story, bindings)) else tail
    for match in matches(first, story, bindings):
        if match.at >= since:
            tail = _chain(rest, story, match.at, _bind(first, match, bindings))
            if tail is not None:
                return (match, *tail)
    return None


def _bind(ask: RuleCall, match: Match, bindings: Bindings) -> Bindings:
    names = {ask.binds} if ask.binds else set()
    container = ask.args.get("container")
    if isinstance(container, str):
        names.add(container[1:])
    return {**bindings, **{name: frozenset({match.container}) for name in names}} if match.container else bindings


def _progress(
    asks: tuple[RuleCall, ...], story: Story, since: float, bindings: Bindings
) -> tuple[tuple[Match, ...], Bindings]:
    """The longest beginning of the chain that is met, by its latest matches."""
    best: tuple[tuple[Match, ...], Bindings] = ((), bindings)
    if not asks:
        return best
    for match in reversed(list(matches(asks[0], story, bindings))):
        if match.at >= since:
            tail, bound = _progress(asks[1:], story, match.at, _bind(asks[0], match, bindings))
            if 1 + len(tail) > len(best[0]):
                best = ((match, *tail), bound)
        if len(best[0]) == len(asks):
            break
    return best


def _not_yet(check: Check, mistakes: tuple[Mistake, ...], story: Story, since: float, known: Bindings) -> Verdict:
    done, bound = _progress(_wanted(check.asks), story, since, known)
    reached = done[-1].at if done else since
    made: list[tuple[float, str]] = []
    for mistake in (*mistakes, TAKEN):
        found = _latest(mistake.when, story, since, bound)
        if found is not None and found >= reached:
            made.append((found, mistake.say))
    if made:
        newest = max(at for at, _ in made)
        return Verdict(NOT_YET, done, next(say for at, say in made if at == newest), newest)
    return Verdict(NOT_YET, done, _in_words(check, done, known))


def _wanted(asks: tuple[RuleCall, ...]) -> tuple[RuleCall, ...]:
    return tuple(ask for ask in asks if not ask.never)


def _latest(asks: tuple[RuleCall, ...], story: Story, since: float, bindings: Bindings) -> float | None:
    """When the last of `asks` was last met, if all are, and nothing has happened since then that never should."""
    met, bound = _progress(_wanted(asks), story, since, bindings)
    if len(met) < len(_wanted(asks)):
        return None
    reached = met[-1].at if met else since
    if any(any(match.at >= reached for match in matches(ask, story, bound)) for ask in asks if ask.never):
        return None
    return reached


def _in_words(check: Check, done: tuple[Match, ...], known: Bindings) -> str:
    """What was seen, with ticks, and the first thing that was not."""
    missing = [name for ask in check.asks for name in ask.uses if name in check.given and not known.get(name)]
    seen = "".join(f"{match.text} ✓ " for match in done)
    if missing and not done:
        return check.given[missing[0]].say or f"The container of an earlier step is missing ({missing[0]})."
    unmet = _wanted(check.asks)[len(done) :]
    spoilt = next((ask.say for ask in check.asks if ask.never and ask.say), "Something happened that should not have.")
    rest = (unmet[0].say or _plainly(unmet[0])) if unmet else spoilt
    return f"{seen[:1].upper()}{seen[1:]}{rest}"


def _plainly(ask: RuleCall) -> str:
    fields = ", ".join(f"{key} {value}" for key, value in ask.args.items())
    return f"Nothing seen yet of: {ask.rule.replace('_', ' ')}{f' ({fields})' if fields else ''}."
