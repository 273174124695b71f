"""Builds one image on the host's engine: a context of few files in, progress out.

Knows how to run a build, and nothing of what is built.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import docker
from docker.errors import APIError, ImageNotFound

OnProgress = Callable[[str, str, float | None], None]
"""(stage, text, fraction): one line of progress; the fraction is between 0 and 1, or None when unknown."""

Files = Mapping[str, bytes]
"""The build context: path → content."""

STEP = re.compile(r"^Step (\d+)/(\d+) : (.*)")


class ImageFailed(Exception):
    """An image could not be built; the text is a sentence for a person, followed by the build's last lines."""


def has_image(client: docker.DockerClient, tag: str) -> bool:
    """Return whether the host's engine has the image `tag`."""
    try:
        client.images.get(tag)
    except ImageNotFound:
        return False
    return True


def files_below(root: Path, *paths: str, into: str = "") -> dict[str, bytes]:
    """Read the files at `paths` below `root` (files, or folders recursively), by their path in the context.

    Bytecode is left out, since it is not part of the source.
    """
    found: dict[str, bytes] = {}
    for path in (root / name for name in paths):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                found[into + file.relative_to(root).as_posix()] = file.read_bytes()
    return found


def fingerprint(files: Files, *more: str) -> str:
    """Return twelve hexadecimal digits that change when a file, its name, or one of `more` changes."""
    digest = hashlib.sha256()
    for part in (*more, *(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}" for name in sorted(files))):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:12]


def build(
    client: docker.DockerClient,
    tag: str,
    target: str,
    context: IO[bytes],
    say: OnProgress,
    labels: Mapping[str, str],
    platform: str = "",
    **arguments: str,
) -> None:
    """Build `target` of the Dockerfile in `context` (from `pack`) as `tag`, with build `arguments`; "": the last stage.

    `platform` is for example "linux/arm64"; "" is the engine's own. The build uses the host's network, which certainly
    reaches the package mirror.
    Raises ImageFailed with the build's last lines.
    """
    tail: list[str] = []
    try:
        lines = client.api.build(
            fileobj=context,
            custom_context=True,
            tag=tag,
            target=target or None,
            platform=platform or None,
            buildargs=arguments,
            labels=dict(labels),
            network_mode="host",
            rm=True,
            forcerm=True,
            decode=True,
        )
        _report_progress(lines, tag, say, tail)
    except (APIError, OSError) as error:
        raise ImageFailed(f"The image {tag} could not be built: {error}") from error


def pack(files: Files, archives: Mapping[str, IO[bytes]] | None = None) -> IO[bytes]:
    """Pack `files` and, without reading them into memory, `archives` as a tar; names without a suffix are programs."""
    packed: IO[bytes] = tempfile.TemporaryFile() if archives else io.BytesIO()  # noqa: SIM115 – the caller closes it
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in sorted(files.items()):
            tar.addfile(_entry(name, len(content)), io.BytesIO(content))
        for name, archive in sorted((archives or {}).items()):
            tar.addfile(_entry(name, archive.seek(0, io.SEEK_END)), _rewind(archive))
    return _rewind(packed)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    # Time and owner stay zero, so that the engine's build cache sees the same bytes everywhere.
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o644 if Path(name).suffix else 0o755
    return entry


def _rewind(file: IO[bytes]) -> IO[bytes]:
    file.seek(0)
    return file


def _report_progress(lines: Iterable[dict[str, Any]], tag: str, say: OnProgress, tail: list[str]) -> None:
    for line in lines:
        if "error" in line:
            last = "\n".join(tail[-15:])
            raise ImageFailed(f"The image {tag} could not be built: {line['error']}\n{last}")
        text = line.get("stream", "").strip()
        tail += [text] if text else []
        if (step := STEP.match(text)) and step[3].startswith(("RUN", "COPY")):
            say(tag, f"step {step[1]} of {step[2]}: {step[3]}", (int(step[1]) - 1) / int(step[2]))
