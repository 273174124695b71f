"""A container is paused, as by an administrator who tries again."""

from __future__ import annotations

import time

from docker.errors import APIError
from docker.models.containers import Container


def pause(container: Container) -> None:
    """Pause it. The freezer of cgroup v1 gives up now and then on processes that are busy ("unable to freeze")."""
    for _ in range(20):
        try:
            return container.pause()
        except APIError as error:
            if "unable to freeze" not in str(error):
                raise
            time.sleep(0.5)
    raise AssertionError("it can't be paused")
