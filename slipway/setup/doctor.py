"""`./lab doctor`: looks at everything, changes nothing, and says it in words. The opinions are health.py's."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from slipway.engine import client, host, images
from slipway.engine.image_build import ImageFailed
from slipway.engine.image_pins import ImagePins
from slipway.settings import ROOT, Settings
from slipway.setup import browser_libraries, health, lab_probe, machine_facts, plan, ports, running
from slipway.setup.console import Console, StageFailed
from slipway.setup.health import Finding


def doctor(settings: Settings, voice: Console) -> bool:
    """Whether nothing is bad."""
    findings = list(_findings(settings))
    for finding in findings:
        voice.say(f"{finding.sign:<5} {finding.subject}: {finding.says}")
        if finding.then:
            voice.say(f"      → {finding.then}")
    count = {sign: sum(finding.sign == sign for finding in findings) for sign in ("ok", "warn", "bad")}
    voice.say(f"\n{count['ok']} ok, {count['warn']} to know about, {count['bad']} bad.")
    return not count["bad"]


def _findings(settings: Settings) -> Iterator[Finding]:
    seen = machine_facts.look(settings)
    yield Finding("ok", "python", platform.python_version())
    if seen.engine == "answers":
        yield from _of_engine(settings, seen.cgroups_mounted)
    else:
        yield health.of_missing_engine(plan.for_engine(seen))
    yield health.of_disk(shutil.disk_usage(ROOT).free)
    yield _of_port(settings)
    yield health.of_libraries(browser_libraries.are_there(), seen.npm)
    yield health.of_chromium(plan.for_chromium(seen), machine_facts.chromium())
    yield from _of_state(settings.state)


def _of_engine(settings: Settings, cgroups_mounted: bool) -> Iterator[Finding]:
    with closing(client.connect(host.at(settings))) as engine:
        seen = client.facts(engine)
        yield from health.of_engine(seen)
        yield health.of_cgroups(seen["cgroup"], cgroups_mounted)
        yield health.of_memory(seen["memory"], settings.limits)
        yield _of_pins(settings)
        there = images.ready(engine)
        yield health.of_images(there)
        if there and (inside := images.contents(engine)):
            yield health.of_contents(inside)
            yield from health.of_inner(client.escapes("", inside.get("runc", "")), seen["sysbox"])


def _of_pins(settings: Settings) -> Finding:
    try:
        return health.of_pins(ImagePins(settings.state).all())
    except ImageFailed as failure:
        return Finding("bad", "pinned images", str(failure))


def _of_port(settings: Settings) -> Finding:
    lab = running.find(settings.state)
    if lab is not None:
        return health.of_lab(lab.pid, lab.address, lab_probe.ask(lab.address))
    try:
        ports.check(settings.host, settings.port)
    except StageFailed as failure:
        return Finding("bad", "port", failure.what, failure.then)
    return Finding("ok", "port", f"{settings.host}:{settings.port} is free")


def _of_state(state: Path) -> Iterator[Finding]:
    yield health.of_state(str(state), state.stat().st_mode & 0o777, os.access(state, os.W_OK))
    yield health.of_state_disk(str(state), shutil.disk_usage(state).free)
    progress = state / "progress.db"
    if progress.exists():
        yield health.of_progress(str(progress), progress.is_file() and os.access(progress, os.R_OK | os.W_OK))
