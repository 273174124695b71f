"""What tests do with containers: pause one, run a command in one."""

from __future__ import annotations

from collections.abc import Sequence

from docker.errors import APIError
from docker.models.containers import Container

from tests.eventually import eventually


def pause(container: Container) -> None:
    """Pause the container. Retries: the freezer of cgroup v1 sometimes fails on busy processes ("unable to freeze")."""
    refusals: list[str] = []

    def paused() -> bool:
        try:
            container.pause()
        except APIError as error:
            if "unable to freeze" not in str(error):
                raise
            refusals.append(str(error))
        else:
            return True
        return False

    eventually(
        paused, f"{container.name} to be paused", lambda: f"{len(refusals)} refusals: {refusals[-1:]}", pause=0.5
    )


def output(container: Container, command: str | Sequence[str]) -> bytes:
    """Run a command in the container and return what it writes."""
    written = container.exec_run(command if isinstance(command, str) else list(command)).output
    assert isinstance(written, bytes)
    return written
