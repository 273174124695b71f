"""Builds the disk of a virtual machine at the speed of this one: Debian, the lab with its .venv, and the images.

Knows nothing of how the machine is booted (machine.py) or of what runs in it (vm_test.py).
"""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from slipway.engine import client
from slipway.engine.image_archive import save_image
from slipway.engine.images import image_names
from slipway.settings import ROOT, Settings
from slipway.setup import processes
from slipway.setup.console import Console
from slipway.setup.vm.debian_suite import DebianSuite

DISK_SIZE = "20G"
"""The file is sparse: what is not written takes no space."""
KEY, DISK, KERNEL, INITRD = "key", "disk.raw", "vmlinuz", "initrd"
AGAIN = "Check the network connection, then run the same command again."
HOOK = 'sh "$SOURCE/slipway/setup/vm/customize.sh" "$1"'


def build(folder: Path, suite: DebianSuite, settings: Settings, console: Console) -> None:
    """Write the disk, its kernel and initrd, and the ssh key of its users into `folder`. Raises StageFailed."""
    _save_images(folder / "images", settings, console)
    with console.stage(f"Python packages for Python {suite.python}, from PyPI"):
        command = wheels_command(suite, folder / "wheels")
        processes.run(console, command, error="The Python packages could not be fetched.", hint=AGAIN)
    _make_key(folder / KEY, console)
    root = folder / "root"
    with console.stage(f"Debian {suite.name} with the lab, by mmdebstrap"):
        command = bootstrap_command(suite, root, folder)
        processes.run(console, command, error=f"mmdebstrap could not build Debian {suite.name}.", hint=AGAIN)
    with console.stage("The disk, by mke2fs"):
        _copy_newest(root / "boot", "vmlinuz-*", folder / KERNEL)
        _copy_newest(root / "boot", "initrd.img-*", folder / INITRD)
        _make_disk(root, folder / DISK, console)
    for part in ("images", "wheels", "root"):
        shutil.rmtree(folder / part)


def wheels_command(suite: DebianSuite, folder: Path) -> list[str]:
    """Return the command that fetches what the lock names, for the Python of `suite`, with this machine's own pip."""
    pip = [str(ROOT / ".venv" / "bin" / "python"), "-m", "pip", "download", "--no-input", "--require-hashes"]
    other_python = ["--no-deps", "--only-binary=:all:", f"--python-version={suite.python}"]
    return [*pip, *other_python, f"--requirement={ROOT / 'requirements.txt'}", f"--dest={folder}"]


def bootstrap_command(suite: DebianSuite, root: Path, material: Path) -> list[str]:
    """Return the command that makes Debian in the folder `root`, with what `material` has for it."""
    return [
        *("env", f"SOURCE={ROOT}", f"MATERIAL={material}", f"TMPDIR={material}"),
        *("mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory"),
        f"--include={','.join(suite.packages)}",
        '--aptopt=APT::Install-Recommends "false"',
        '--aptopt=Acquire::Languages "none"',
        f"--customize-hook={HOOK}",
        *(suite.name, str(root)),
    ]


def _save_images(folder: Path, settings: Settings, console: Console) -> None:
    folder.mkdir()
    with console.stage("Images: docker save"), closing(client.connect(settings, timeout=600)) as engine:
        for name in vars(image_names()).values():
            console.progress(name)
            save_image(engine, name, folder / f"{name.partition(':')[0]}.tar")


def _make_key(path: Path, console: Console) -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)]
    processes.run(console, command, error="ssh-keygen could not make a key.", hint="Run: ./lab doctor")


def _copy_newest(folder: Path, pattern: str, target: Path) -> None:
    shutil.copyfile(max(folder.glob(pattern)), target)


def _make_disk(root: Path, disk: Path, console: Console) -> None:
    command = ["mke2fs", "-q", "-t", "ext4", "-d", str(root), str(disk), DISK_SIZE]
    hint = "The disk needs 4 GB in the state folder; SLIPWAY_STATE names another one."
    processes.run(console, command, error="mke2fs could not make the disk.", hint=hint)
