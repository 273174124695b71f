"""The command line: parses the arguments and calls the part that implements each command.

`lab` starts it with the right Python. The help texts are in slipway/setup/help, where `lab` finds them without Python.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from slipway.core.errors import StorageError
from slipway.install import ownership, state_folder
from slipway.settings import ROOT, InvalidSetting, Settings, environment, from_env, parse_port
from slipway.setup.console import Console, StageFailed
from slipway.setup.debian import Consent
from slipway.setup.vm.debian_suite import DEFAULT, SUITES

HELP = ROOT / "slipway" / "setup" / "help"
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
KEPT_STAGES = "Finished stages are kept: run the same command again to continue."
FREE_SPACE = "Free some space on that disk, or make it writable, then run the same command again."


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 succeeded, 1 failed, 2 wrong usage, 130 interrupted."""
    arguments, extra = _split_at_dashes(list(sys.argv[1:] if argv is None else argv))
    args = parser().parse_args(arguments)
    args.extra = extra
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _raise_stopped)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without "●" still gets the words
    try:
        place = environment()
        return _run(args, Console(dumb=place.dumb, colours=place.colours))
    finally:
        _flush_stdout()


def _run(args: argparse.Namespace, console: Console) -> int:
    try:
        return COMMANDS[args.command](args, console)
    except Stopped:
        kept = "" if getattr(args, "arm64", False) or getattr(args, "vm", None) else KEPT_STAGES
        console.print(f"\nStopped. {kept}".rstrip())
        return 130
    except Exception as error:
        console.fail(_as_failure(error))
        return 1


def _flush_stdout() -> None:
    """Discard output that can't be written: Python would try again at exit and print an exception."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as_failure(error: Exception) -> StageFailed:
    """Return the failure to print for an exception; only unexpected ones have a traceback."""
    match error:
        case StageFailed():
            return error
        case InvalidSetting():
            return StageFailed(str(error), hint="docs/settings.md lists the settings.")
        case state_folder.StateError():
            return StageFailed(str(error), hint=error.hint)
        case StorageError():
            return StageFailed(str(error), hint="./lab doctor checks the state folder and its disk.")
        case OSError(errno=number, filename=str() | Path() as file) if number in DISK_ERRORS:
            return StageFailed(f"{file} can't be written: {state_folder.reason(error)}.", hint=FREE_SPACE)
        case PermissionError(filename=str() | Path() as file):
            return StageFailed(f"This user may not use {file}.", hint=ownership.advice(file))
    if said := _said_by_engine(error):
        return StageFailed(said, hint="./lab doctor shows what this machine lacks.")
    details = traceback.format_exc()
    return StageFailed(f"Internal error: {error}", details, "Try ./lab doctor, then the same command again.")


def _said_by_engine(error: Exception) -> str:
    """Return the sentence of an engine that is missing, too slow or starts no sandbox, "" for other errors."""
    from requests.exceptions import Timeout  # of the library below docker-py

    from slipway.engine.client import EngineMissing
    from slipway.engine.sandboxes import SandboxFailed

    if isinstance(error, Timeout):
        return f"The Docker engine answers too late: this machine is overloaded, or the engine hangs ({error})."
    return str(error) if isinstance(error, EngineMissing | SandboxFailed) else ""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands and their options."""
    top = _Parser("lab", allow_abbrev=False)
    commands = top.add_subparsers(dest="command", required=True)
    sub = {name: commands.add_parser(name, allow_abbrev=False) for name in COMMANDS}
    sub["up"].add_argument("--host")
    sub["up"].add_argument("--port", type=_port)
    for flag in ("--no-browser", "--online", "--refresh-images", "--class", "--watch"):
        sub["up"].add_argument(flag, action="store_true")
    sub["down"].add_argument("--images", action="store_true")
    sub["export"].add_argument("folder", type=Path, metavar="DIR")
    sub["check"].add_argument("lessons", nargs="*")
    sub["prove"].add_argument("lessons", nargs="*")
    sub["prove"].add_argument("--walk", action="store_true")
    sub["prove"].add_argument("--slow", action="store_true")
    sub["prove"].add_argument("--dry-run", action="store_true")
    sub["prove"].add_argument("--flaky", type=Path, metavar="FILE")
    sub["bench"].add_argument("name", nargs="?")
    kinds = sub["test"].add_mutually_exclusive_group()
    kinds.add_argument("--fast", action="store_true")
    kinds.add_argument("--vm", nargs="?", const=DEFAULT, choices=SUITES)
    kinds.add_argument("--arm64", action="store_true")
    sub["test"].add_argument("--keep", action="store_true")
    for name in ("up", "prove", "test", "bench"):
        sub[name].add_argument("--yes", action="store_true")
    return top


def up(args: argparse.Namespace, console: Console) -> int:
    """Run `./lab up`."""
    from app import Lab  # must come first: it patches the standard library for gevent
    from slipway.setup import static_course, up

    env = environment()
    browser = not args.no_browser and env.display and not env.ci
    class_ = bool(getattr(args, "class"))
    if class_ and args.watch:
        raise StageFailed("A class needs Docker engines, and --watch has none.", hint="Run: ./lab up --class")
    if args.refresh_images and args.watch:
        raise StageFailed("--watch has no images to refresh.", hint="Run: ./lab up --refresh-images")
    settings = from_env(host=args.host, port=args.port, online=args.online or None, classroom=class_ or None)
    if args.watch:
        return _watch(settings, console, browser)
    try:
        up.up(settings, console, _consent(args), Lab, browser=browser, refresh=args.refresh_images)
    except up.NoEngine as failure:
        ask = sys.stdin.isatty() and not args.yes and not env.ci
        return _watch(settings, console, browser) if static_course.offer(failure, console, ask=ask) else 1
    return 0


def _watch(settings: Settings, console: Console, browser: bool) -> int:
    from slipway.proofs.static_site import StaticSite
    from slipway.setup import static_course

    static_course.serve_static_course(settings, console, StaticSite, browser=browser)
    return 0


def export(args: argparse.Namespace, console: Console) -> int:
    """Run `./lab export`."""
    from slipway.proofs.static_site import site_files
    from slipway.setup import export

    export.export(from_env(), console, args.folder, site_files)
    return 0


def down(args: argparse.Namespace, console: Console) -> int:
    """Run `./lab down`."""
    from slipway.setup import down

    down.down(from_env(), console, images=args.images)
    return 0


def doctor(args: argparse.Namespace, console: Console) -> int:
    """Run `./lab doctor`."""
    from slipway.setup import doctor

    return 0 if doctor.doctor(from_env(), console) else 1


def check(args: argparse.Namespace, console: Console) -> int:
    """Run `./lab check`."""
    from slipway.setup import lesson_check

    return 0 if lesson_check.check(args.lessons, console) else 1


def prove(args: argparse.Namespace, console: Console) -> int:
    """Run `./lab prove`."""
    from slipway.proofs import course, run
    from slipway.setup.up import prepare

    settings = prepare(from_env(), console, _consent(args))
    folder = settings.state / "proofs" if args.dry_run else course.LESSONS
    flaky: list[str] = []
    report = run.ProofReport(console.print, flaky if args.flaky else None)
    try:
        if args.walk:
            failed = run.walk_through(settings, args.lessons, report, slow=args.slow)
        else:
            failed = run.prove(settings, args.lessons, report, folder)
    except LookupError as error:
        raise StageFailed(f"{error}.") from None
    if flaky:
        args.flaky.write_text("".join(f"{name}\n" for name in flaky))
    console.print(f"{failed} runs failed." if failed else "Proved.")
    return 1 if failed else 0


def test(args: argparse.Namespace, console: Console) -> int:
    """Run `./lab test`."""
    from slipway.setup import test_suite

    if args.vm:
        return _test_in_vm(args, console)
    if args.keep:
        raise StageFailed("--keep is for the virtual machine of --vm.")
    if args.arm64:
        return _test_on_arm64(args, console)
    return test_suite.test(from_env(), console, _consent(args), fast=args.fast, extra=args.extra)


def _test_in_vm(args: argparse.Namespace, console: Console) -> int:
    from slipway.setup.vm import vm_test

    if args.extra:
        raise StageFailed("--vm runs checks of its own: it takes no arguments for pytest.")
    return vm_test.test_in_vm(from_env(), console, _consent(args), args.vm, keep=args.keep)


def _test_on_arm64(args: argparse.Namespace, console: Console) -> int:
    from slipway.setup.arm64 import run

    if args.extra:
        raise StageFailed("--arm64 runs checks of its own: it takes no arguments for pytest.")
    return run.test_on_arm64(from_env(), console, _consent(args))


def bench(args: argparse.Namespace, console: Console) -> int:
    """Run `./lab bench`."""
    from slipway.setup.bench import bench as run_bench

    return run_bench(from_env(), console, _consent(args), args.name, args.extra)


def _port(text: str) -> int:
    try:
        return parse_port(text)
    except InvalidSetting as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _consent(args: argparse.Namespace) -> Consent:
    return Consent(args.yes or environment().ci)


def _split_at_dashes(argv: list[str]) -> tuple[list[str], list[str]]:
    """Return our own arguments, and those after `--`, which go to pytest or a benchmark."""
    if "--" not in argv:
        return argv, []
    separator = argv.index("--")
    return argv[:separator], argv[separator + 1 :]


class Stopped(SystemExit):
    """Ctrl-C or `./lab down` stopped the command. A SystemExit, because gevent's hub prints every other exception."""


def _raise_stopped(_number: int, _frame: FrameType | None) -> NoReturn:
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
