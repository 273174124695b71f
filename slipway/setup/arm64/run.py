"""`./lab test --arm64`: builds the images for arm64, starts each program in them, and reports one line for each.

An engine on arm64 builds natively; for another, this machine's kernel emulates for the time being (emulation.py). Knows
nothing of what the programs are for (programs.py). Removes what it made from Docker and from the kernel.
"""

from __future__ import annotations

import platform
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial

from slipway.engine import client
from slipway.engine.base_image import BOOTSTRAPPER, find_base
from slipway.engine.image_build import ImageFailed
from slipway.engine.image_origins import Origin
from slipway.engine.image_programs import Program
from slipway.engine.image_sources import sources as image_sources
from slipway.engine.platform_images import PlatformImages
from slipway.install import state_folder
from slipway.settings import Settings
from slipway.setup import debian, docker_engine
from slipway.setup.arm64 import emulation, emulator
from slipway.setup.arm64.programs import PROGRAMS, ProgramStart
from slipway.setup.console import Console, StageFailed, duration
from slipway.setup.debian import Consent
from slipway.setup.up import report_to

ARCHITECTURE = "arm64"
START_TIMEOUT = 600
"""Seconds for one program: an emulated one takes some ten times as long."""
EVIDENCE_WIDTH = 120


def test_on_arm64(settings: Settings, console: Console, consent: Consent) -> int:
    """Run the command; return 0 if every program starts. Raises StageFailed when something can't be set up."""
    settings = docker_engine.ensure(settings, console, consent)
    # An install of its own, so that the removal concerns nothing else.
    own = replace(settings, install=f"{ARCHITECTURE}-{secrets.token_hex(4)}", state=settings.state / ARCHITECTURE)
    state_folder.create(own.state)
    with closing(client.connect(settings)) as engine:
        images = PlatformImages(engine, ARCHITECTURE, own.install, report_to(console))
        with _removed_afterwards(images, console), _able_to_start(images, own, console, consent) as native:
            names = _build(images, own, console, consent, native)
            results = list(_judge_all(images, names, console))
    console.print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


@contextmanager
def _removed_afterwards(images: PlatformImages, console: Console) -> Iterator[None]:
    try:
        yield
    finally:
        console.print("Removing what this command made in Docker.")
        images.remove()


@contextmanager
def _able_to_start(images: PlatformImages, settings: Settings, console: Console, consent: Consent) -> Iterator[bool]:
    """Have the engine's kernel start programs for arm64 within this context; yield whether it does so by itself."""
    facts = client.engine_facts(images.client)
    if is_native(facts["architecture"]):
        console.print(f"The engine runs on {ARCHITECTURE}: nothing is emulated.")
        yield True
        return
    if problem := why_not_here(facts["kernel"], facts["architecture"]):
        raise StageFailed(problem, hint="Run the command on the machine with that engine.")
    with emulation.arm64(partial(emulator.ensure, settings.state, console, consent)) as interpreter:
        console.print(f"The kernel starts programs for {ARCHITECTURE} with {interpreter} until this command ends.")
        yield False


def is_native(architecture: str) -> bool:
    """Whether an engine on this architecture (Docker's name, or the kernel's) starts arm64 programs by itself."""
    return architecture in (ARCHITECTURE, "aarch64")


def why_not_here(kernel: str, architecture: str) -> str:
    """Return why this machine can't emulate for an engine with this kernel; "" if it can."""
    if kernel == platform.release():
        return ""
    return (
        f"The engine runs on {architecture}, with a kernel ({kernel}) that is not this machine's. "
        f"This command can't have it start programs for {ARCHITECTURE}."
    )


def _build(
    images: PlatformImages, settings: Settings, console: Console, consent: Consent, native: bool
) -> Mapping[str, str]:
    """Build all images, and return their names by what they are. Raises StageFailed."""
    try:
        found = find_base(image_sources(images.client, settings, images.say)) if native else None
        if not isinstance(found, Origin):
            _ensure_bootstrapper(console, consent)
        with console.stage(f"Images for {ARCHITECTURE}: Debian, stand-ins, registry, terminal, engine"):
            return images.build_all(found.id if isinstance(found, Origin) else images.build_base())
    except ImageFailed as failure:
        what, _, why = str(failure).partition("\n")
        raise StageFailed(what, why) from None


def _ensure_bootstrapper(console: Console, consent: Consent) -> None:
    if not shutil.which(BOOTSTRAPPER) and debian.can_install():
        why = f"The images for {ARCHITECTURE} are built on a Debian that mmdebstrap makes from Debian's mirror."
        debian.install(console, consent, [BOOTSTRAPPER, "debian-archive-keyring"], why)


def _judge_all(images: PlatformImages, names: Mapping[str, str], console: Console) -> Iterator[bool]:
    for what, name in names.items():
        yield _report(console, f"{what}: every program is for {ARCHITECTURE}", partial(_judge_files, images, name))
    for start in PROGRAMS:
        yield _report(console, str(start), partial(_judge_start, images, names[start.image], start))


def _report(console: Console, title: str, judge: Callable[[], tuple[bool, str]]) -> bool:
    began = time.monotonic()
    passed, evidence = judge()
    seconds = duration(time.monotonic() - began)
    console.print(f"{'✓' if passed else '✗'} {title} → {evidence} ({seconds})")
    return passed


def _judge_files(images: PlatformImages, name: str) -> tuple[bool, str]:
    return judge_files(images.programs(name))


def _judge_start(images: PlatformImages, name: str, start: ProgramStart) -> tuple[bool, str]:
    return judge_start(*images.start(name, start.command, START_TIMEOUT), start.expected)


def judge_files(found: Sequence[Program]) -> tuple[bool, str]:
    """Judge the files of an image: programs that nobody starts must be for arm64 and find their interpreter too."""
    wrong = [f"{one.path} is for {one.machine}" for one in found if one.machine != ARCHITECTURE]
    wrong += [f"{one.path} needs {one.interpreter}, which is missing" for one in found if not one.found]
    return not wrong, "; ".join(wrong[:3]) or f"{len(found)} with their interpreters"


def judge_start(status: int, output: str, expected: str) -> tuple[bool, str]:
    """Return whether a program ended well and printed the expected words, and the line that shows it."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if status:
        return False, f"exit status {status}: {lines[-1] if lines else 'it printed nothing'}"
    line = next((line for line in lines if expected in line), "")
    return bool(line), line[:EVIDENCE_WIDTH] or f"it did not print {expected!r}, but: {' | '.join(lines[-3:])}"
