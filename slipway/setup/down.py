"""`./lab down`: stops the lab of this install and removes what it created, by label, and nothing else."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from slipway.engine import client, host
from slipway.engine.cleanup import remove_install
from slipway.engine.image_pins import ImagePins
from slipway.settings import Settings
from slipway.setup import machine_facts, plan, running
from slipway.setup.console import Console, StageFailed

LEFT = "What this install created in its engine is still there: run ./lab down again."


def down(settings: Settings, console: Console, *, images: bool) -> None:
    """Stop the lab and remove its containers, volumes and networks, and with `images` its images. Idempotent.

    Raises StageFailed when no engine answers.
    """
    stopped = running.stop(settings.state)
    console.print(f"Stopped the lab (process {stopped.pid})." if stopped else "No lab of this install is running.")
    docker_host = host.find_engine(settings)
    if docker_host is None and stopped and "token=" not in stopped.url:
        console.print("It served only the static course, so there is nothing to remove.")
        return
    if docker_host is None:
        raise _unreachable(settings)
    with closing(client.connect(replace(settings, docker_host=docker_host))) as engine:
        count = remove_install(engine, settings.install, _no_progress, images)
    if images:
        ImagePins(settings.state).clear()  # the next set-up pins newer ones
    kinds = "containers, volumes, networks" + (" and images" if images else "")
    nothing = "Nothing of this install was left in Docker."
    console.print(f"Removed {count} {kinds} of this install." if count else nothing)


def _unreachable(settings: Settings) -> StageFailed:
    """Return why no engine answers, and what to do about it."""
    match plan.for_engine(machine_facts.collect(settings)):
        case plan.TellUser(why, command):
            return StageFailed(why, hint=f"Run: {command}\n{LEFT}")
        case _:
            return StageFailed("No Docker engine answers.", hint=f"Start the engine (./lab doctor says how).\n{LEFT}")


def _no_progress(stage: str, text: str, part: float | None) -> None:
    """Ignore progress: the removal is quick, and a summary line follows."""
