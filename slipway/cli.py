"""The command line: which words are understood, and which part answers to them.

`lab` calls it with the right Python. The help texts lie in slipway/setup/help, where `lab` finds them without Python.
"""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from slipway.core.errors import StorageError
from slipway.install import state_folder
from slipway.settings import ROOT, InvalidSetting, Settings, environment, from_env, port
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent

HELP = ROOT / "slipway" / "setup" / "help"
DISK_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
ROOM = "Free some space on that disk, or make it writable, then run the same command again."


def main(words: Sequence[str] | None = None) -> int:
    """Does what the words say; the exit status: 0 done, 1 failed or bad, 2 not understood, 130 interrupted."""
    own, extra = _split(list(sys.argv[1:] if words is None else words))
    given = parser().parse_args(own)
    given.extra = extra
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        return _do(given, Console())
    finally:
        _forget_unsaid()


def _do(given: argparse.Namespace, voice: Console) -> int:
    try:
        return COMMANDS[given.command](given, voice)
    except Stopped:
        voice.say("\nStopped. What is done stays done: the same command goes on from here.")
        return 130
    except Exception as error:
        voice.fail(_in_words(error))
        return 1


def _forget_unsaid() -> None:
    """What could not be said would be tried once more as Python ends, and told as an accident."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _in_words(error: Exception) -> StageFailed:
    """What to tell a person. Only what nobody foresaw has a traceback."""
    match error:
        case StageFailed():
            return error
        case InvalidSetting():
            return StageFailed(str(error), then="docs/settings.md tells what can be set, and how.")
        case state_folder.StateError():
            return StageFailed(str(error), then=error.then)
        case StorageError():
            return StageFailed(str(error), then="./lab doctor looks at the state folder and its disk.")
        case OSError(errno=number, filename=str() | Path() as file) if number in DISK_FAULTS:
            return StageFailed(f"{file} can't be written: {state_folder.reason(error)}.", then=ROOM)
    why = traceback.format_exc()
    return StageFailed(f"The lab stumbled: {error}", why, "Try ./lab doctor, then the same command again.")


def parser() -> argparse.ArgumentParser:
    """All commands with all their flags."""
    top = _Parser("lab", allow_abbrev=False)
    commands = top.add_subparsers(dest="command", required=True)
    made = {name: commands.add_parser(name, allow_abbrev=False) for name in COMMANDS}
    made["up"].add_argument("--host")
    made["up"].add_argument("--port", type=_port)
    for flag in ("--no-browser", "--online", "--class", "--watch"):
        made["up"].add_argument(flag, action="store_true")
    made["down"].add_argument("--images", action="store_true")
    made["export"].add_argument("folder", type=Path, metavar="DIR")
    made["check"].add_argument("lessons", nargs="*")
    made["prove"].add_argument("lessons", nargs="*")
    made["prove"].add_argument("--walk", action="store_true")
    made["prove"].add_argument("--dry-run", action="store_true")
    made["bench"].add_argument("name", nargs="?")
    made["test"].add_argument("--fast", action="store_true")
    for name in ("up", "prove", "test", "bench"):
        made[name].add_argument("--yes", action="store_true")
    return top


def up(given: argparse.Namespace, voice: Console) -> int:
    from app import Lab  # first of all: it patches the standard library for gevent
    from slipway.setup import static_course, up

    around = environment()
    browser = not given.no_browser and around.display and not around.ci
    class_ = bool(getattr(given, "class"))
    if class_ and given.watch:
        raise StageFailed("A class needs engines, and --watch has none.", then="Run: ./lab up --class")
    settings = from_env(host=given.host, port=given.port, online=given.online or None, classroom=class_ or None)
    if given.watch:
        return _watch(settings, voice, browser)
    try:
        up.up(settings, voice, _consent(given), Lab, browser=browser)
    except up.NoEngine as failure:
        asks = sys.stdin.isatty() and not given.yes and not around.ci
        return _watch(settings, voice, browser) if static_course.offered(failure, voice, asks=asks) else 1
    return 0


def _watch(settings: Settings, voice: Console, browser: bool) -> int:
    from slipway.proofs.static_site import StaticSite
    from slipway.setup import static_course

    static_course.serve_static_course(settings, voice, StaticSite, browser=browser)
    return 0


def export(given: argparse.Namespace, voice: Console) -> int:
    from slipway.proofs.static_site import site_files
    from slipway.setup import export

    export.export(from_env(), voice, given.folder, site_files)
    return 0


def down(given: argparse.Namespace, voice: Console) -> int:
    from slipway.setup import down

    down.down(from_env(), voice, images=given.images)
    return 0


def doctor(given: argparse.Namespace, voice: Console) -> int:
    from slipway.setup import doctor

    return 0 if doctor.doctor(from_env(), voice) else 1


def check(given: argparse.Namespace, voice: Console) -> int:
    from slipway.setup import lesson_check

    return 0 if lesson_check.check(given.lessons, voice) else 1


def prove(given: argparse.Namespace, voice: Console) -> int:
    from slipway.proofs import course, run
    from slipway.setup.up import prepare

    settings = prepare(from_env(), voice, _consent(given))
    folder = settings.state / "proofs" if given.dry_run else course.LESSONS
    try:
        if given.walk:
            wrong = run.walk_through(settings, given.lessons, voice.say)
        else:
            wrong = run.prove(settings, given.lessons, voice.say, folder)
    except LookupError as error:
        raise StageFailed(f"{error}.") from None
    voice.say(f"{wrong} plays went wrong." if wrong else "Proved.")
    return 1 if wrong else 0


def test(given: argparse.Namespace, voice: Console) -> int:
    from slipway.setup import test_suite

    return test_suite.test(from_env(), voice, _consent(given), fast=given.fast, extra=given.extra)


def bench(given: argparse.Namespace, voice: Console) -> int:
    from slipway.setup.bench import bench as run_bench

    return run_bench(from_env(), voice, _consent(given), given.name, given.extra)


def _port(word: str) -> int:
    try:
        return port(word)
    except InvalidSetting as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


def _consent(given: argparse.Namespace) -> Consent:
    return Consent(given.yes or environment().ci)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Our own words, and those after `--`, which are pytest's."""
    if "--" not in words:
        return words, []
    border = words.index("--")
    return words[:border], words[border + 1 :]


class Stopped(SystemExit):
    """Ctrl-C, or somebody's `./lab down`. A SystemExit, because gevent's hub prints every other exception."""


def _stop(number: int, frame: Any) -> NoReturn:
    raise Stopped(130)


class _Parser(argparse.ArgumentParser):
    def format_help(self) -> str:
        return (HELP / f"{self.prog.split()[-1]}.txt").read_text()

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"lab: {message}\nSee: ./{self.prog} --help\n")


COMMANDS: dict[str, Callable[[argparse.Namespace, Console], int]] = {
    "up": up,
    "down": down,
    "export": export,
    "doctor": doctor,
    "check": check,
    "prove": prove,
    "test": test,
    "bench": bench,
}

if __name__ == "__main__":
    sys.exit(main())
