"""`./lab doctor`: inspects the machine, changes nothing, and prints findings. health.py judges what is found."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from slipway.engine import client, host, images
from slipway.engine.image_build import ImageFailed
from slipway.engine.image_pins import ImagePins
from slipway.engine.online_check import online_fault
from slipway.engine.root_certificates import extra_roots
from slipway.install import ownership
from slipway.settings import ROOT, Settings
from slipway.setup import browser_libraries, engine_support, health, lab_probe, machine_facts, plan, ports, running
from slipway.setup.console import Console, StageFailed
from slipway.setup.health import HealthFinding


def doctor(settings: Settings, console: Console) -> bool:
    """Print all findings; return whether none of them is bad."""
    findings = list(_check_all(settings))
    for finding in findings:
        console.print(f"{finding.level:<5} {finding.subject}: {finding.text}")
        if finding.hint:
            console.print(f"      → {finding.hint}")
    count = {level: sum(finding.level == level for finding in findings) for level in ("ok", "warn", "bad")}
    console.print(f"\n{count['ok']} ok, {count['warn']} warnings, {count['bad']} bad.")
    return not count["bad"]


def _check_all(settings: Settings) -> Iterator[HealthFinding]:
    facts = machine_facts.collect(settings)
    yield HealthFinding("ok", "python", platform.python_version())
    if facts.engine == "answers":
        yield from _check_engine(settings, facts.cgroups_mounted)
    else:
        yield health.check_missing_engine(plan.for_engine(facts))
    yield health.check_disk(shutil.disk_usage(ROOT).free)
    yield _check_port(settings)
    installed = browser_libraries.are_installed()
    yield health.check_browser_libraries(installed, facts.npm, browser_libraries.write_problem())
    yield health.check_chromium(plan.for_chromium(facts), machine_facts.find_chromium())
    yield from _check_state_folder(settings.state)


def _check_engine(settings: Settings, cgroups_mounted: bool) -> Iterator[HealthFinding]:
    address = host.with_engine_address(settings).docker_host
    with closing(client.connect(replace(settings, docker_host=address))) as engine:
        facts = client.engine_facts(engine)
        yield engine_support.check_address(address, settings.docker_context, named=bool(settings.docker_host))
        support = engine_support.check(facts)
        yield from support
        if any(finding.level == "bad" for finding in support):
            return
        yield from health.check_engine(facts)
        yield health.check_cgroups(facts["cgroup"], cgroups_mounted)
        built, origins = images.are_ready(engine), images.origins(engine)
        yield health.check_memory(facts["memory"], settings.limits, images.course_bytes(origins))
        yield health.check_online_access(extra_roots(settings.root_certificates), facts["proxy"])
        if found := online_fault(engine, settings):
            yield health.check_docker_hub(*found)
        yield _check_image_pins(settings)
        yield health.check_images(built)
        yield from health.check_image_origins(origins)
        if built and (contents := images.contents(engine)):
            yield health.check_image_contents(contents)
            yield from health.check_sandbox_runc(client.known_escapes("", contents.get("runc", "")), facts["sysbox"])


def _check_image_pins(settings: Settings) -> HealthFinding:
    try:
        return health.check_image_pins(ImagePins(settings.state).all())
    except ImageFailed as failure:
        return HealthFinding("bad", "pinned images", str(failure))


def _check_port(settings: Settings) -> HealthFinding:
    lab = running.find(settings.state)
    if lab is not None:
        return health.check_running_lab(lab.pid, lab.address, lab_probe.probe(lab.address))
    try:
        ports.check(settings.host, settings.port)
    except StageFailed as failure:
        return HealthFinding("bad", "port", failure.message, failure.hint)
    return HealthFinding("ok", "port", f"{settings.host}:{settings.port} is free")


def _check_state_folder(state: Path) -> Iterator[HealthFinding]:
    yield health.check_state_folder(str(state), state.stat().st_mode & 0o777, os.access(state, os.W_OK))
    yield health.check_state_disk(str(state), shutil.disk_usage(state).free)
    progress = state / "progress.db"
    if progress.exists():
        usable = progress.is_file() and os.access(progress, os.R_OK | os.W_OK)
        yield health.check_progress_file(
            str(progress), usable, ownership.advice(progress) if progress.is_file() else ""
        )
