"""A small course, an app with its test client, and labs that serve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from slipway.classroom.members import Classroom
from slipway.core.lessons.lesson import Lesson
from slipway.core.lessons.parser import parse
from slipway.settings import Settings
from slipway.store import Store
from slipway.web.factory import create_app
from slipway.web.security.auth import Authenticator
from tests.disks import Disk
from tests.web.lab_server import LabServer, Running

TOKEN = "the-token-of-this-install"  # noqa: S105 - a test's own
HOST = "127.0.0.1:8000"

COURSE = """---
title: The life of a container
minutes: 10
scene: lifecycle
lede: From image to exit.
---

A container is a **process** with a file system of its own.

## Create, but do not start

`docker create` stops there:

```console
$ docker create busybox echo "hi <there>"
4f1c
```

```text
Created
```

```check
- created: {image: busybox}
```

```hint
It begins with `docker create`.
```

## Start it

```check
- created: {image: redis}
```

```solution
docker start -a box
```

```remember
`run` is **create** and start.
```

```question
ask: What does `create` run?
answer: Nothing *yet*.
```
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(install="test", token=TOKEN, state=tmp_path)


@pytest.fixture
def lessons() -> tuple[Lesson, ...]:
    return (parse("01-the-life-of-a-container", COURSE), parse("02-once-more", COURSE))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store.open(settings)
    yield store
    store.close()


@pytest.fixture
def app(settings: Settings, lessons: tuple[Lesson, ...], store: Store) -> Flask:
    return create_app(settings, lessons, store, Authenticator(settings.token))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.test_client_class = Browser
    return app.test_client()


class Browser(FlaskClient):
    """A test client at the address that the lab printed."""

    def open(self, *args: Any, **given: Any) -> TestResponse:
        return super().open(*args, **{"base_url": f"http://{HOST}", **given})


@pytest.fixture(scope="module")
def running(server: LabServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One lab for the tests of a file that do not disturb each other."""
    lab = Running.start(server, tmp_path_factory.mktemp("lab"))
    yield lab
    lab.stop()


@pytest.fixture
def fresh(server: LabServer, tmp_path: Path) -> Iterator[Running]:
    """A lab for one test, with its own log."""
    lab = Running.start(server, tmp_path)
    yield lab
    lab.stop()


@pytest.fixture
def classroom(server: LabServer, tmp_path: Path) -> Iterator[tuple[Running, dict[str, str]]]:
    """A class of three, and their page secrets by name."""
    yield from _class(server, tmp_path, tmp_path)


@pytest.fixture
def classroom_on_disk(server: LabServer, tmp_path: Path, disk: Disk) -> Iterator[tuple[Running, dict[str, str]]]:
    """The same, with its state on a disk that can be filled."""
    yield from _class(server, disk.path, tmp_path)


def _class(server: LabServer, state: Path, logs: Path) -> Iterator[tuple[Running, dict[str, str]]]:
    store = Store.open(Settings(install="test", token=TOKEN, state=state))
    made = Classroom(store, open=True)
    people = [made.join(name, made.code) for name in ("Ada", "Ben", "Cem")]
    store.close()
    lab = Running.start(server, state, "class", logs=logs)
    yield lab, {one.name: Authenticator(TOKEN).secret(one.learner) for one in people}
    lab.stop()


def lab_with_limits(server: LabServer, state: Path, limits: str) -> Iterator[Running]:
    """Yield a lab with other limits (as JSON), and with a path that fails."""
    lab = Running.start(server, state, "accident", limits)
    yield lab
    lab.stop()
