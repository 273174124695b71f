"""The stage that ends with a Docker engine that answers: used, started or installed, as plan.py decides.

Only starts and installs; never stops, configures or replaces an engine.
"""

from __future__ import annotations

import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import assert_never

from slipway.engine import client, host
from slipway.settings import Settings
from slipway.setup import debian, engine_support, machine_facts, plan, processes
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent

START_TIMEOUT = 90.0


def ensure(settings: Settings, console: Console, consent: Consent) -> Settings:
    """Return the settings with the address of an engine that answers. Raises StageFailed when there is none."""
    action = plan.for_engine(machine_facts.collect(settings))
    if isinstance(action, plan.Install):
        debian.install(console, consent, action.packages, action.why)
        action = plan.for_engine(machine_facts.collect(settings))
    match action:
        case plan.UseExisting():
            pass
        case plan.StartService():
            _start_service(settings, console)
        case plan.StartDaemon(mount_cgroups):
            _start_daemon(settings, console, mount_cgroups)
        case plan.TellUser(why, command):
            raise StageFailed(why, hint=f"Run: {command}")
        case plan.Install(packages):
            raise StageFailed(f"{' '.join(packages)} is installed, but: {action.why}", hint="Run: ./lab doctor")
        case _:
            assert_never(action)
    return host.with_engine_address(settings)


def check_support(settings: Settings, console: Console) -> bool:
    """Print the warnings about this engine, and return whether there are none.

    Raises StageFailed when the sandboxes can't run on it.
    """
    with closing(client.connect(settings)) as engine:
        findings = engine_support.check(client.engine_facts(engine))
    for finding in findings:
        if finding.level == "bad":
            raise StageFailed(f"{finding.text}.", hint=f"{finding.hint}.")
        if finding.level == "warn":
            console.print(f"! {finding.subject}: {finding.text}\n  → {finding.hint}")
    return all(finding.level == "ok" for finding in findings)


def _start_service(settings: Settings, console: Console) -> None:
    with console.stage("Docker engine: systemctl start docker"):
        hint = "Look at: journalctl -u docker -n 50"
        error = "systemd could not start Docker."
        processes.run(console, ["systemctl", "start", "docker"], error=error, hint=hint)
        _wait_for_answer(settings, console, None, StageFailed("Docker was started, but does not answer.", hint=hint))


def _start_daemon(settings: Settings, console: Console, mount_cgroups: bool) -> None:
    """Start dockerd detached, in its own session: like a service it keeps running when the lab ends."""
    log = settings.state / "dockerd.log"
    with console.stage(f"Docker engine: starting dockerd (log: {log})"):
        if mount_cgroups:
            error, hint = "The cgroups of this kernel can't be mounted.", "Look at: /proc/cgroups, /proc/mounts"
            processes.run(console, [plan.MOUNTING], error=error, hint=hint)
        with log.open("wb") as output:
            daemon = subprocess.Popen(
                ["dockerd"], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        failure = StageFailed("dockerd was started, but does not answer.", hint=f"Look at: {log}")
        _wait_for_answer(settings, console, daemon, failure, log)


def _wait_for_answer(
    settings: Settings,
    console: Console,
    daemon: subprocess.Popen[bytes] | None,
    failure: StageFailed,
    log: Path | None = None,
) -> None:
    began = time.monotonic()
    while host.find_engine(settings) is None:
        waited = time.monotonic() - began
        if waited > START_TIMEOUT or (daemon is not None and daemon.poll() is not None):
            failure.details = _warnings(log) if log else ""
            raise failure
        console.progress("waiting for its first answer")
        time.sleep(0.25)


def _warnings(log: Path) -> str:
    return "\n".join(line for line in log.read_text(errors="replace").splitlines() if "level=info" not in line)
