"""`./lab down`: stops this install's lab and removes what it made, by label, and nothing else."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from slipway.engine import client, host
from slipway.engine.cleanup import remove_install
from slipway.engine.image_pins import ImagePins
from slipway.settings import Settings
from slipway.setup import running
from slipway.setup.console import Console, StageFailed


def down(settings: Settings, voice: Console, *, images: bool) -> None:
    """Idempotent: what is gone already is fine. Raises StageFailed when the engine can't be asked."""
    stopped = running.stop(settings.state)
    voice.say(f"Stopped the lab (process {stopped.pid})." if stopped else "No lab of this install is running.")
    where = host.find(settings)
    if where is None and stopped and "token=" not in stopped.url:
        voice.say("It was only watched, so it has left nothing to remove.")
        return
    if where is None:
        raise StageFailed(
            "No Docker engine answers, so what this install left in it can't be removed.",
            then="Start the engine (./lab doctor says how), then run ./lab down again.",
        )
    with closing(client.connect(replace(settings, docker_host=where))) as engine:
        count = remove_install(engine, settings.install, _quietly, images)
    if images:
        ImagePins(settings.state).forget()  # the next set-up begins with newer ones
    kinds = "containers, volumes, networks" + (" and images" if images else "")
    voice.say(f"Removed {count} {kinds} of this install." if count else "Nothing of this install was left in Docker.")


def _quietly(stage: str, text: str, part: float | None) -> None:
    """The sweep is quick, and its own closing line says less than ours."""
