"""Where images came from: the label, and the sentences."""

from __future__ import annotations

import pytest

from slipway.engine.image_origins import Origin, decode, describe, encode, same_images

REDIS = Origin("redis:latest", "sha256:1", "pulled", "docker.io", f"sha256:{'ab' * 32}", size=117)
NGINX = Origin("nginx:latest", "sha256:2", "built", why='It answers "429".', size=15)
BASE = Origin("debian:trixie-slim", "sha256:3", "found", why='It answers "429".')


def test_label_keeps_all() -> None:
    assert decode(encode((REDIS, NGINX))) == (REDIS, NGINX)
    assert decode("") == ()


@pytest.mark.parametrize("text", ["{", "null", "3", "[3]", '[{"image": "redis:latest"}]', '[{"colour": "red"}]'])
def test_label_of_another_slipway_tells_nothing(text: str) -> None:
    assert decode(text) == ()


def test_images_are_the_same_whatever_is_said_of_them() -> None:
    assert same_images((REDIS, NGINX), (NGINX, Origin("redis:latest", "sha256:1", "built")))
    assert not same_images((REDIS,), (REDIS, NGINX))
    assert not same_images((REDIS,), (Origin("redis:latest", "sha256:9", "pulled"),))


def test_each_kind_is_told_with_its_reason_once() -> None:
    hello = Origin("hello-world:latest", "sha256:4", "built", why='It answers "429".')
    mirrored = Origin("busybox:latest", "sha256:5", "pulled", "mirror.example.com", f"sha256:{'cd' * 32}")
    limited = Origin("alpine:latest", "sha256:6", "built", why="There is a limit.")
    assert describe((BASE, hello, mirrored, REDIS, NGINX, limited)) == [
        "From mirror.example.com: busybox:latest (sha256:cdcdcdcdcdcd).",
        "From Docker Hub: redis:latest (sha256:abababababab).",
        'Found on this engine: debian:trixie-slim. It answers "429".',
        'Built here from Debian\'s packages: hello-world:latest, nginx:latest. It answers "429".',
        "Built here from Debian's packages: alpine:latest. There is a limit.",
    ]
