"""The stage that ends with an answering Docker engine: used, started, or installed, as plan.py says.

Starts and installs only; never stops, configures or replaces an engine.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import assert_never

from slipway.engine import host
from slipway.settings import Settings
from slipway.setup import debian, machine_facts, plan, processes
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent

PATIENCE = 90.0


def ensure(settings: Settings, voice: Console, consent: Consent) -> Settings:
    """The settings with the address of an engine that answers. Raises StageFailed when there can be none."""
    action = plan.for_engine(machine_facts.look(settings))
    if isinstance(action, plan.Install):
        debian.install(voice, consent, action.packages, action.why)
        action = plan.for_engine(machine_facts.look(settings))
    match action:
        case plan.UseEngine():
            pass
        case plan.StartService():
            _start_service(settings, voice)
        case plan.StartDaemon(mount_cgroups):
            _start_daemon(settings, voice, mount_cgroups)
        case plan.TellUser(why, command):
            raise StageFailed(why, then=f"Run: {command}")
        case plan.Install(packages):
            raise StageFailed(f"{' '.join(packages)} is installed, and still: {action.why}", then="Run: ./lab doctor")
        case _:
            assert_never(action)
    return host.at(settings)


def _start_service(settings: Settings, voice: Console) -> None:
    with voice.stage("Docker engine: systemctl start docker"):
        then = "Look at: journalctl -u docker -n 50"
        what = "systemd could not start Docker."
        processes.run(voice, ["systemctl", "start", "docker"], what=what, then=then)
        _wait(settings, voice, None, StageFailed("Docker was started, but does not answer.", then=then))


def _start_daemon(settings: Settings, voice: Console, mount_cgroups: bool) -> None:
    """Detached, in a session of its own: the engine stays when the lab goes, as a service would."""
    log = settings.state / "dockerd.log"
    with voice.stage(f"Docker engine: starting dockerd (its log: {log})"):
        if mount_cgroups:
            what, then = "The control groups of this kernel can't be mounted.", "Look at: /proc/cgroups, /proc/mounts"
            processes.run(voice, [plan.MOUNTING], what=what, then=then)
        with log.open("wb") as output:
            daemon = subprocess.Popen(
                ["dockerd"], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        failure = StageFailed("dockerd was started, but does not answer.", then=f"Look at: {log}")
        _wait(settings, voice, daemon, failure, log)


def _wait(
    settings: Settings,
    voice: Console,
    daemon: subprocess.Popen[bytes] | None,
    failure: StageFailed,
    log: Path | None = None,
) -> None:
    began = time.monotonic()
    while host.find(settings) is None:
        waited = time.monotonic() - began
        if waited > PATIENCE or (daemon is not None and daemon.poll() is not None):
            failure.why = _worrying(log) if log else ""
            raise failure
        voice.progress(f"waiting for its first answer ({waited:.0f} s)")
        time.sleep(0.25)


def _worrying(log: Path) -> str:
    return "\n".join(line for line in log.read_text(errors="replace").splitlines() if "level=info" not in line)
