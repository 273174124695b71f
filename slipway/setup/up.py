"""`./lab up`: runs the set-up stages in order, then serves the lab until it is stopped.

Whatever can be checked in advance is checked before the long work begins.
"""

from __future__ import annotations

import shutil
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Protocol

from slipway.classroom.invitation import invitation
from slipway.core.lessons.finding import LessonError
from slipway.engine import base_image, client, course_images, image_origins, images, trial
from slipway.engine.hub import HubFailed
from slipway.engine.image_build import ImageFailed, OnProgress
from slipway.engine.image_sources import ImageSources
from slipway.engine.image_sources import sources as image_sources
from slipway.engine.online_check import online_fault
from slipway.engine.sandboxes import SandboxFailed
from slipway.proofs import course
from slipway.settings import Settings
from slipway.setup import browser_libraries, debian, docker_engine, health, ports, processes, running
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent
from slipway.setup.invite import print_invitation


class NoEngine(StageFailed):
    """No Docker engine is available, or none that runs a sandbox. The static course still works."""


class ClassLike(Protocol):
    """The classroom (slipway/classroom/members.py)."""

    open: bool

    @property
    def code(self) -> str:
        """Return the short code of the class."""
        ...

    @property
    def key(self) -> str:
        """Return the key of the class for links and QR codes."""
        ...


class LabLike(Protocol):
    """The lab (app.py)."""

    @property
    def classroom(self) -> ClassLike:
        """Return the class of this lab."""
        ...

    def start(self) -> None:
        """Make the lab ready. Raises SandboxFailed."""
        ...

    def serve(self, ready: Callable[[], None]) -> None:
        """Serve until stopped; call `ready` once connections are accepted."""
        ...


LabFactory = Callable[[Settings], LabLike]

CLASS_EXPOSED = (
    "Other machines can reach this lab: the class code admits learners, and the address below admits instructors. The "
    "connection is not encrypted. Use it only on a network that you trust."
)


def up(
    settings: Settings, console: Console, consent: Consent, build: LabFactory, *, browser: bool, refresh: bool = False
) -> None:
    """Set up and serve the lab; return when it is stopped. Raises StageFailed when a stage can't go on.

    With `refresh`, ask the hub for newer images.
    """
    try:
        with running.hold_lock(settings.state, settings.url, settings.local_url):
            ports.check(settings.host, settings.port)
            _check_lessons()
            lab, settings = _with_engine(settings, console, consent, build, refresh)
            with ports.explain_bind_errors(settings.host, settings.port):
                lab.serve(lambda: _announce(lab, settings, console, browser))
    except running.AlreadyRunning as already:
        url, pid = already.running.url, already.running.pid
        hint = f"Open it, or stop it (process {pid}): ./lab down"
        raise StageFailed(f"This lab is already running: {url}", hint=hint) from None


def _with_engine(
    settings: Settings, console: Console, consent: Consent, build: LabFactory, refresh: bool
) -> tuple[LabLike, Settings]:
    """Return the lab, with its first sandbox, and the settings that `prepare` returns. Raises NoEngine."""
    browser_libraries.ensure(settings.state, console)
    try:
        settings = prepare(settings, console, consent, refresh)
        lab = _start(build(settings), console)
        if settings.online:
            _warn_without_docker_hub(settings, console)
        return lab, settings
    except StageFailed as failure:
        raise NoEngine(failure.message, failure.details, failure.hint) from None


def _start(lab: LabLike, console: Console) -> LabLike:
    try:
        with console.stage("A sandbox, so that the first terminal opens at once"):
            lab.start()
    except SandboxFailed as failure:
        raise StageFailed(str(failure), hint="./lab doctor shows what this machine lacks.") from None
    return lab


def _warn_without_docker_hub(settings: Settings, console: Console) -> None:
    """Say so if learners can't pull from Docker Hub. The course's own images work all the same."""
    with console.stage("Docker Hub, asked from a sandbox"), closing(client.connect(settings)) as engine:
        fault, detail = online_fault(engine, settings) or ("", "")
    if fault:
        finding = health.check_docker_hub(fault, detail)
        console.print(f"Only the course's images can be pulled: Docker Hub: {finding.text}.\n  → {finding.hint}")


def prepare(settings: Settings, console: Console, consent: Consent, refresh: bool = False) -> Settings:
    """Install what serving, proving and testing need; with `refresh`, ask the hub for newer images.

    Return the settings with the engine's address, and with limits that have room for the course's images.
    """
    browser_libraries.ensure(settings.state, console)
    settings = docker_engine.ensure(settings, console, consent)
    known_to_work = docker_engine.check_support(settings, console)
    size = _ensure_images(settings, console, consent, refresh)
    settings = replace(settings, limits=settings.limits.with_course_images(size))
    if not known_to_work:
        _try_container(settings, console)
    return settings


def _try_container(settings: Settings, console: Console) -> None:
    """On an engine with warnings, run a container in a sandbox before anybody counts on it."""
    try:
        with (
            console.stage("A container in a sandbox, because of the warning"),
            closing(client.connect(settings)) as engine,
        ):
            trial.run_container(engine, settings)
    except SandboxFailed as failure:
        raise StageFailed(str(failure), hint="See the warning above; ./lab doctor repeats it.") from None


def _check_lessons() -> None:
    try:
        course.read()
    except LessonError as error:
        raise StageFailed(str(error), hint="Correct the lesson; ./lab check verifies it.") from None


def _ensure_images(settings: Settings, console: Console, consent: Consent, refresh: bool) -> int:
    """Return how many bytes the course's images need in a sandbox."""
    with closing(client.connect(settings)) as engine:
        sources = image_sources(engine, settings, report_to(console), refresh)
        try:
            news = _ensure_ready(sources, console, consent)
        except ImageFailed as failure:
            what, _, why = str(failure).partition("\n")
            again = "Run the same command again; ./lab doctor shows what the machine lacks."
            raise StageFailed(what, why, processes.hint_for(str(failure)) or again) from None
        origins = images.origins(engine)
        if news or refresh:
            _print_origins(sources, origins, console)
        return images.course_bytes(origins)


def _ensure_ready(sources: ImageSources, console: Console, consent: Consent) -> bool:
    """Build or refresh the images where necessary; return whether they are new to this install."""
    if images.are_ready(sources.client) and not sources.refresh:
        return images.ensure(sources)
    _ensure_bootstrapper(sources, console, consent)
    with console.stage("Images: the learner's engine, the registry, the terminal"):
        return images.ensure(sources)


def _print_origins(sources: ImageSources, origins: Sequence[image_origins.Origin], console: Console) -> None:
    for line in image_origins.describe(origins):
        console.print(f"  {line}")
    if any(origin.why for origin in origins):
        console.print("  Later, when that has changed: ./lab up --refresh-images")
    for reason in dict.fromkeys(str(failure) for failure in sources.failures if sources.refresh):
        console.print(f"  Not refreshed: {reason}")


def _ensure_bootstrapper(sources: ImageSources, console: Console, consent: Consent) -> None:
    """Ensure that the base image can be pulled or bootstrapped; ask before installing the tool for the latter."""
    with console.stage(f"The base of the images: {course_images.BASE}"):
        found = base_image.find_base(sources)
    if not isinstance(found, HubFailed) or shutil.which(base_image.BOOTSTRAPPER) or not debian.can_install():
        return
    why = f"{found} mmdebstrap can build {course_images.BASE} from Debian's mirror instead."
    debian.install(console, consent, [base_image.BOOTSTRAPPER, "debian-archive-keyring"], why)


def report_to(console: Console) -> OnProgress:
    """Return what shows the progress of an image's build on the console."""
    return lambda stage, text, part: console.progress(f"{stage}: {text}" if text else stage, part)


def exposure_warning(settings: Settings) -> str:
    """Return a warning when other machines can reach the lab without a proxy, "" when they can't."""
    if settings.host in ("localhost", "::1") or settings.host.startswith("127."):
        return ""
    if settings.classroom:
        return CLASS_EXPOSED
    return (
        f"Other machines can reach this lab at {settings.host}. Only its token, which is in the address below, admits "
        "them; the connection is not encrypted. Use it only on a network that you trust."
    )


def proxy_warning(settings: Settings) -> str:
    """Return a warning when the lab has a public URL and believes no proxy, "" otherwise."""
    if not settings.public_url or settings.proxies:
        return ""
    return (
        "Everybody behind the proxy counts as one address, with the limits of one. Name the proxy's address, so that "
        "its X-Forwarded-For is believed: SLIPWAY_PROXIES=127.0.0.1 if it runs on this machine."
    )


def _announce(lab: LabLike, settings: Settings, console: Console, browser: bool) -> None:
    if lab.classroom.open:
        print_invitation(invitation(settings, lab.classroom.code, lab.classroom.key), settings.url, console)
    for warning in filter(None, (exposure_warning(settings), proxy_warning(settings))):
        console.print(warning)
    console.print(f"Slipway is ready: {settings.url}")
    if browser:
        webbrowser.open(settings.url)
