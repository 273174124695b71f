"""`./lab down`: stops this install's lab and removes what it made, by label, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace

from slipway.engine import client, host
from slipway.settings import Settings
from slipway.setup import running
from slipway.setup.voice import StageFailed, Voice


def down(settings: Settings, voice: Voice, *, images: bool) -> None:
    """Idempotent: what is gone already is fine. Raises StageFailed when the engine can't be asked."""
    stopped = running.stop(settings.state)
    voice.say(f"Stopped the lab (process {stopped.pid})." if stopped else "No lab of this install is running.")
    where = host.find(settings.docker_host)
    if where is None:
        raise StageFailed(
            "No Docker engine answers, so what this install left in it can't be removed.",
            then="Start the engine (./lab doctor says how), then run ./lab down again.",
        )
    with closing(client.connect(replace(settings, docker_host=where))) as engine:
        removed: dict[str, int] = dict(host.sweep(engine, settings.install))
        if images:
            removed["image"] = host.sweep_images(engine, settings.install)
    voice.say(told(removed))


def told(removed: Mapping[str, int]) -> str:
    """What was removed, as a sentence."""
    parts = [f"{count} {kind}{'s' * (count != 1)}" for kind, count in removed.items() if count]
    return f"Removed {', '.join(parts)}." if parts else "There was nothing of this install to remove."
