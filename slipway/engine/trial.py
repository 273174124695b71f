"""Tries on the host's engine what every learner does: a container in a sandbox. For engines that may not allow it."""

from __future__ import annotations

from docker import DockerClient
from docker.errors import DockerException

from slipway.engine.sandboxes import Sandboxes, SandboxFailed
from slipway.settings import Settings

COMMAND = ["timeout", "60", "docker", "run", "--rm", "hello-world"]


def run_container(client: DockerClient, settings: Settings) -> None:
    """Start a sandbox, run a container in it and remove it. Raises SandboxFailed, with what the engine said."""
    sandboxes = Sandboxes(client, settings)
    sandbox = sandboxes.create()
    try:
        result = sandboxes.start_terminal(sandbox, 1).exec_run(COMMAND)
        assert isinstance(result.output, bytes)
        if result.exit_code:
            reason = _error_line(result.output.decode(errors="replace")) or f"exit status {result.exit_code}"
            raise SandboxFailed(f"A sandbox starts here, but no container in it: {reason}")
    except (DockerException, OSError) as error:
        raise SandboxFailed(f"A sandbox starts here, but can't be used: {error}") from error
    finally:
        sandboxes.remove(sandbox)


def _error_line(output: str) -> str:
    """Return the line with the engine's error; the client may print a hint after it."""
    return next((line.removeprefix("docker: ") for line in output.splitlines() if "rror" in line), "")
