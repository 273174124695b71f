"""What a host grants is found once, even by simultaneous callers; the errors are docker-py's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from docker.errors import APIError

from slipway.engine.host_capabilities import SYSBOX, CapabilityGrant, HostCapabilities

BEST, LEAST = ("CHOWN", "SYS_RESOURCE"), ("CHOWN",)
REFUSED = APIError("500 Server Error", explanation="unable to apply caps: operation not permitted")
UNKNOWN_RUNTIME = APIError("400 Client Error", explanation=f"Unknown runtime specified {SYSBOX}")
MANY = 20


class Host:
    """A host that grants only the least set, unless `grants_all`; records the requests in `asked`."""

    def __init__(self) -> None:
        self.asked: list[CapabilityGrant] = []
        self.grants_all = False
        self.runtimes: tuple[str, ...] = ("runc",)
        self.hears: Callable[[CapabilityGrant], None] = lambda grant: None
        self.capabilities = HostCapabilities(lambda: self.runtimes, (BEST, LEAST))

    def start(self, grant: CapabilityGrant) -> tuple[str, ...]:
        self.asked.append(grant)
        self.hears(grant)
        if grant.capabilities == BEST and not self.grants_all:
            raise REFUSED
        if grant.runtime and grant.runtime not in self.runtimes:
            raise UNKNOWN_RUNTIME
        return grant.capabilities

    def starts_many(self) -> list[tuple[str, ...]]:
        """Return what MANY simultaneous callers get."""
        at_once = threading.Barrier(MANY)

        def one(_number: int) -> tuple[str, ...]:
            at_once.wait(10)
            return self.capabilities.start(self.start)

        with ThreadPoolExecutor(MANY) as pool:
            return list(pool.map(one, range(MANY)))

    def asked_for(self, capabilities: tuple[str, ...]) -> int:
        return sum(grant.capabilities == capabilities for grant in self.asked)


def test_missing_capability_is_found_by_one_of_many_simultaneous_starts() -> None:
    host = Host()
    host.hears = lambda _grant: time.sleep(0.01)  # long enough for the others to come meanwhile
    assert host.starts_many() == [LEAST] * MANY
    assert (host.asked_for(BEST), host.asked_for(LEAST)) == (1, MANY)


def test_generous_host_grants_the_best_set_to_all() -> None:
    host = Host()
    host.grants_all = True
    assert host.starts_many() == [BEST] * MANY
    assert host.asked_for(LEAST) == 0


def test_simultaneous_refusals_all_fall_back() -> None:
    host = Host()
    host.grants_all = True
    host.capabilities.start(host.start)
    host.grants_all = False
    refused = threading.Barrier(MANY)
    seen = threading.local()

    def fail_together(grant: CapabilityGrant) -> None:
        if grant.capabilities == BEST and not hasattr(seen, "once"):
            seen.once = True
            refused.wait(10)

    host.hears = fail_together
    assert host.starts_many() == [LEAST] * MANY
    assert host.capabilities.start(host.start) == LEAST


def test_temporary_refusal_of_everything_does_not_exhaust_the_choices() -> None:
    host = Host()
    for _ in range(3):
        with pytest.raises(APIError, match="400"):
            host.capabilities.start(_raising(APIError("400 Client Error", explanation="operation not permitted")))
    assert host.starts_many() == [LEAST] * MANY
    with pytest.raises(APIError, match="500"):
        host.capabilities.start(_raising(REFUSED))
    assert host.starts_many() == [LEAST] * MANY


def test_unrelated_failure_does_not_fall_back() -> None:
    host, attempts = Host(), list[CapabilityGrant]()
    full = APIError("500 Server Error", explanation="no space left on device")

    def start(grant: CapabilityGrant) -> None:
        attempts.append(grant)
        raise full

    with pytest.raises(APIError, match="no space left"):
        host.capabilities.start(start)
    assert [grant.capabilities for grant in attempts] == [BEST]
    host.grants_all = True
    assert host.capabilities.start(host.start) == BEST
    attempts.clear()
    with pytest.raises(APIError, match="no space left"):
        host.capabilities.start(start)
    assert len(attempts) == 1


def test_sysbox_is_used_while_the_host_has_it() -> None:
    host = Host()
    host.grants_all, host.runtimes = True, ("runc", SYSBOX)
    host.capabilities.start(host.start)
    assert host.asked[-1] == CapabilityGrant(BEST, SYSBOX)
    host.runtimes = ("runc",)
    assert host.starts_many() == [BEST] * MANY
    assert host.asked[-1] == CapabilityGrant(BEST, None)


def _raising(error: APIError) -> Callable[[CapabilityGrant], None]:
    def start(_grant: CapabilityGrant) -> None:
        raise error

    return start
