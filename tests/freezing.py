"""A container is paused, as by an administrator who tries again."""

from __future__ import annotations

from docker.errors import APIError
from docker.models.containers import Container

from tests.eventually import eventually


def pause(container: Container) -> None:
    """Pause it. The freezer of cgroup v1 gives up now and then on processes that are busy ("unable to freeze")."""
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
