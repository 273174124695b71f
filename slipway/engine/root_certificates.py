"""The extra root certificates of the machine that runs the lab, such as the one of a company's proxy.

An online sandbox trusts them beside Debian's own, or no image could be pulled where TLS is intercepted. Only what an
administrator added is passed on: the folders from which each distribution makes its bundle, and SSL_CERT_FILE.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

FOLDERS = (
    Path("/usr/local/share/ca-certificates"),  # Debian, Ubuntu, Alpine
    Path("/etc/pki/ca-trust/source/anchors"),  # Fedora, Red Hat
    Path("/etc/pki/trust/anchors"),  # openSUSE
    Path("/etc/ca-certificates/trust-source/anchors"),  # Arch
)
ENDINGS = (".crt", ".pem")
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


def extra_roots(file: Path | None, folders: Sequence[Path] = FOLDERS) -> dict[Path, list[str]]:
    """Return the certificates (PEM) of each file in `folders` that has any, and of `file`; each certificate once.

    A file that can't be read or has no certificate is left out.
    """
    found: dict[Path, list[str]] = {}
    seen: set[bytes] = set()
    for path in [*_files_below(folders), *([file] if file else [])]:
        fresh = {der: pem for der, pem in _certificates(path).items() if der not in seen}
        seen |= fresh.keys()
        if fresh:
            found[path] = list(fresh.values())
    return found


def as_bundle(roots: dict[Path, list[str]]) -> bytes:
    """Return all certificates as the text of one PEM file; b"" if there is none."""
    return "".join(f"{pem}\n" for pems in roots.values() for pem in pems).encode()


def _files_below(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        with suppress(OSError):
            yield from sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS)


def _certificates(path: Path) -> dict[bytes, str]:
    """Return the valid certificates of a PEM file by their bytes."""
    try:
        blocks = _CERTIFICATE.findall(path.read_text("latin-1"))
    except OSError:
        return {}
    found = {}
    for block in blocks:
        with suppress(ValueError):  # ssl.SSLError is one
            der = ssl.PEM_cert_to_DER_cert(block)
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
            found[der] = block
    return found
