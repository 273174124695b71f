"""The fixtures of tests/engine, for tests that need a real engine and a real docker client."""

from __future__ import annotations

from tests.engine.conftest import client, learner, sandbox, sandboxes, settings

__all__ = ["client", "learner", "sandbox", "sandboxes", "settings"]
