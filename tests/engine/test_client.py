"""The connection to the host's engine: errors as sentences, the engine's facts, and known escapes by version."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path

import docker
import pytest

from slipway.engine.client import EngineMissing, connect, engine_facts, known_escapes
from slipway.settings import Settings


def test_missing_engine_is_a_sentence_with_a_hint(tmp_path: Path) -> None:
    nowhere = f"unix://{tmp_path}/nothing.sock"
    settings = Settings(install="-", token="-", state=tmp_path, docker_host=nowhere)  # noqa: S106

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # docker-py forgets the socket that could not connect
        with pytest.raises(EngineMissing, match=r"No Docker engine answers at .*: start it"):
            connect(settings)
        gc.collect()


@pytest.mark.parametrize(
    ("engine", "runc", "known"),
    [
        ("29.1.0", "1.3.3", ()),
        ("28.5.2", "1.2.8", ()),
        ("28.5.2", "1.4.0", ()),
        ("26.1.5+dfsg1", "1.1.15+ds1-2+b4", ("CVE-2025-31133",)),
        ("20.10.24+dfsg1", "1.1.5+ds1", ("CVE-2024-21626", "CVE-2025-31133", "CVE-2024-41110")),
        ("27.0.3", "", ("CVE-2024-41110",)),
        ("28.0.0", "1.3.0-rc.1", ("CVE-2025-31133",)),
        ("29.0.0", "1.4.0-rc.2", ("CVE-2025-31133",)),
        ("29.0.0", "1.4.0-rc.3", ()),
        ("25.0.6", "1.1.12", ("CVE-2025-31133",)),
        ("25.0.5", "1.3.4", ("CVE-2024-41110",)),
        ("nonsense", "", ("CVE-2024-41110",)),
    ],
)
def test_known_escapes_by_version(engine: str, runc: str, known: tuple[str, ...]) -> None:
    told = known_escapes(engine, runc)

    assert len(told) == len(known)
    assert all(name in sentence for name, sentence in zip(known, told, strict=True))


@pytest.mark.engine
def test_facts_of_a_real_engine(client: docker.DockerClient) -> None:
    told = engine_facts(client)

    assert told["engine"]
    assert told["runc"]
    assert told["memory"] > 0
    assert told["cgroup"] in (1, 2)
