"""`./lab up`: the stages in their order, then the lab serves until it is stopped.

Everything that could stop it is looked at before the long work begins.
"""

from __future__ import annotations

import shutil
import webbrowser
from collections.abc import Callable
from contextlib import closing
from typing import Any, Protocol

from slipway.classroom.invitation import invitation
from slipway.core.lessons.parser import LessonError
from slipway.engine import base_image, client, images
from slipway.engine.image_build import ImageFailed, OnProgress
from slipway.engine.image_pins import ImagePins
from slipway.engine.sandboxes import SandboxFailed
from slipway.proofs import course
from slipway.settings import Settings
from slipway.setup import browser_libraries, debian, docker_engine, ports, running
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent
from slipway.setup.invite import invite


class NoEngine(StageFailed):
    """No Docker engine can be had here, or none that carries a sandbox. There is still the course to watch."""


class ClassLike(Protocol):
    """slipway/classroom/members.py"""

    open: bool

    @property
    def code(self) -> str: ...
    @property
    def key(self) -> str: ...


class LabLike(Protocol):
    """app.py's lab."""

    @property
    def classroom(self) -> ClassLike: ...

    def start(self) -> None: ...
    def serve(self, ready: Callable[[], None]) -> None: ...


Build = Callable[[Settings], LabLike]

CLASS_EXPOSED = (
    "Other machines can reach this lab: it lets in whoever has the class's code, and as its instructor whoever has the "
    "address below. The way there is not encrypted. Use it in a network that you trust."
)


def up(settings: Settings, voice: Console, consent: Consent, build: Build, *, browser: bool) -> None:
    """Sets up, serves, and returns when the lab is stopped. Raises StageFailed when a stage can't go on."""
    try:
        with running.only_one(settings.state, settings.url):
            ports.check(settings.host, settings.port)
            _lessons_can_be_read()
            lab, settings = _with_engine(settings, voice, consent, build)
            with ports.blamed(settings.host, settings.port):
                lab.serve(lambda: _ready(lab, settings, voice, browser))
    except running.AlreadyRunning as already:
        url, pid = already.running.url, already.running.pid
        raise StageFailed(
            f"This lab runs already: {url}", then=f"Open it, or stop it (process {pid}): ./lab down"
        ) from None


def _with_engine(settings: Settings, voice: Console, consent: Consent, build: Build) -> tuple[LabLike, Settings]:
    """The lab, on an engine that answers, and the settings with its address. Raises NoEngine."""
    browser_libraries.ensure(settings.state, voice)
    try:
        settings = prepare(settings, voice, consent)
        return _open(build(settings), voice), settings
    except StageFailed as failure:
        raise NoEngine(failure.what, failure.why, failure.then) from None


def _open(lab: LabLike, voice: Console) -> LabLike:
    try:
        with voice.stage("A sandbox, so that the first prompt is there at once"):
            lab.start()
    except SandboxFailed as failure:
        raise StageFailed(str(failure), then="./lab doctor shows what this machine lacks.") from None
    return lab


def prepare(settings: Settings, voice: Console, consent: Consent) -> Settings:
    """All that serving, proving and testing need; the settings with the engine's address."""
    browser_libraries.ensure(settings.state, voice)
    settings = docker_engine.ensure(settings, voice, consent)
    _images(settings, voice, consent)
    return settings


def _lessons_can_be_read() -> None:
    try:
        course.read()
    except LessonError as error:
        raise StageFailed(str(error), then="Mend the lesson; ./lab check tells whether it can be read.") from None


def _images(settings: Settings, voice: Console, consent: Consent) -> None:
    with closing(client.connect(settings)) as engine:
        if images.ready(engine):
            return
        try:
            _base(engine, settings, voice, consent)
            with voice.stage("Images: the learner's engine, the hub, the terminal"):
                images.ensure_images(engine, settings, _told(voice))
        except ImageFailed as failure:
            what, _, why = str(failure).partition("\n")
            raise StageFailed(
                what, why, "Run the same command again; ./lab doctor shows what the machine lacks."
            ) from None


def _base(engine: Any, settings: Settings, voice: Console, consent: Consent) -> None:
    """What all images stand on can be had, or made: the tool for that is a package, which is asked for."""
    if (
        base_image.had(engine, ImagePins(settings.state), _told(voice))
        or shutil.which(base_image.BOOTSTRAPPER)
        or not debian.possible()
    ):
        return
    why = f"{base_image.BASE} can't be pulled from Docker Hub; Debian's own tool can make it from Debian's mirror."
    debian.install(voice, consent, [base_image.BOOTSTRAPPER, "debian-archive-keyring"], why)


def _told(voice: Console) -> OnProgress:
    return lambda stage, text, part: voice.progress(f"{stage}: {text}" if text else stage, part)


def exposure(settings: Settings) -> str:
    """What to know when other machines can reach the lab; "" when none can."""
    if settings.host in ("localhost", "::1") or settings.host.startswith("127."):
        return ""
    if settings.classroom:
        return CLASS_EXPOSED
    return (
        f"Other machines can reach this lab at {settings.host}. It lets in whoever has its token, which is in the "
        "address below, and nobody else; the way there is not encrypted. Use it in a network that you trust."
    )


def _ready(lab: LabLike, settings: Settings, voice: Console, browser: bool) -> None:
    if lab.classroom.open:
        invite(invitation(settings, lab.classroom.code, lab.classroom.key), settings.url, voice)
    if told := exposure(settings):
        voice.say(told)
    voice.say(f"Slipway is ready: {settings.url}")
    if browser:
        webbrowser.open(settings.url)
