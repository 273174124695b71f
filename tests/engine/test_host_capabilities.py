"""What a host grants is found once, however many ask at once; the errors are docker-py's own."""

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
    """Grants the least set alone, unless it `grants_all`; keeps what it was asked for."""

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
        """What they get who all ask at once."""
        at_once = threading.Barrier(MANY)

        def one(_number: int) -> tuple[str, ...]:
            at_once.wait(10)
            return self.capabilities.start(self.start)

        with ThreadPoolExecutor(MANY) as pool:
            return list(pool.map(one, range(MANY)))

    def asked_for(self, capabilities: tuple[str, ...]) -> int:
        return sum(grant.capabilities == capabilities for grant in self.asked)


def test_on_a_host_that_lacks_a_capability_all_who_come_at_once_get_an_engine_and_one_finds_out() -> None:
    host = Host()
    host.hears = lambda _grant: time.sleep(0.01)  # long enough for the others to come meanwhile
    assert host.starts_many() == [LEAST] * MANY
    assert (host.asked_for(BEST), host.asked_for(LEAST)) == (1, MANY)


def test_on_a_host_that_grants_all_nobody_gets_less() -> None:
    host = Host()
    host.grants_all = True
    assert host.starts_many() == [BEST] * MANY
    assert host.asked_for(LEAST) == 0


def test_when_a_host_refuses_all_at_once_what_it_granted_before_they_all_get_less() -> None:
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


def test_a_host_that_refuses_everything_for_a_while_has_used_nothing_up() -> None:
    host = Host()
    for _ in range(3):
        with pytest.raises(APIError, match="400"):
            host.capabilities.start(_raising(APIError("400 Client Error", explanation="operation not permitted")))
    assert host.starts_many() == [LEAST] * MANY
    with pytest.raises(APIError, match="500"):
        host.capabilities.start(_raising(REFUSED))
    assert host.starts_many() == [LEAST] * MANY


def test_a_failure_about_something_else_is_not_tried_again_with_less() -> None:
    host, tried = Host(), list[CapabilityGrant]()
    full = APIError("500 Server Error", explanation="no space left on device")

    def start(grant: CapabilityGrant) -> None:
        tried.append(grant)
        raise full

    with pytest.raises(APIError, match="no space left"):
        host.capabilities.start(start)
    assert [grant.capabilities for grant in tried] == [BEST]
    host.grants_all = True
    assert host.capabilities.start(host.start) == BEST
    tried.clear()
    with pytest.raises(APIError, match="no space left"):
        host.capabilities.start(start)
    assert len(tried) == 1


def test_sysbox_is_used_where_the_host_has_it_and_no_longer_when_it_has_gone() -> None:
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
