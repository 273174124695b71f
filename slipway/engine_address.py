"""Where the Docker engine is, as the docker CLI finds it: by DOCKER_HOST, else by a context, else at its default.

Reads the CLI's own files, and asks no engine. The rules are those of the docker CLI 28.2, measured: DOCKER_HOST goes
before DOCKER_CONTEXT, that before the `currentContext` of config.json; DOCKER_TLS_VERIFY and DOCKER_CERT_PATH belong to
DOCKER_HOST, a context has certificates of its own. docker-py's `ContextAPI` (7.2) differs: it takes a context that does
not exist for the default one, and ignores certificates unless all three files are there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT = "default"
DEFAULT_WITH_TLS = "tcp://localhost:2376"
WITHOUT_TLS = ("unix:", "http+unix:", "ssh:", "npipe:", "http:")
BY_SSH = (
    "The lab does not reach an engine by ssh by itself: let ssh forward its socket, "
    "with `ssh -N -L /tmp/docker.sock:/var/run/docker.sock {address}`, and set DOCKER_HOST=unix:///tmp/docker.sock."
)


@dataclass(frozen=True)
class EngineAddress:
    """An engine: its address ("": the default socket), who names it, its certificates, and why it can't be used.

    `docker_context` is "" when DOCKER_HOST or nothing names the engine. `docker_problem` is a sentence for people.
    """

    docker_host: str = ""
    docker_context: str = ""
    docker_cert_path: Path | None = None
    docker_problem: str = ""


def find(environment: Mapping[str, str], home: Path | None) -> EngineAddress:
    """Return the address of the engine that the docker CLI would use in this environment."""
    folder = _config_folder(environment, home)
    if environment.get("DOCKER_HOST"):
        return _refuse_ssh(_from_variables(environment, environment["DOCKER_HOST"], folder))
    name = environment.get("DOCKER_CONTEXT") or _current_context(folder) or DEFAULT
    if name != DEFAULT:
        return _refuse_ssh(_from_context(name, folder))
    return _from_variables(environment, DEFAULT_WITH_TLS if environment.get("DOCKER_TLS_VERIFY") else "", folder)


def _config_folder(environment: Mapping[str, str], home: Path | None) -> Path | None:
    if environment.get("DOCKER_CONFIG"):
        return Path(environment["DOCKER_CONFIG"]).absolute()
    return home / ".docker" if home else None


def _from_variables(environment: Mapping[str, str], address: str, folder: Path | None) -> EngineAddress:
    """TLS is used for TCP if DOCKER_TLS_VERIFY is set, even to "0"; DOCKER_CERT_PATH alone does not enable it."""
    certificates = environment.get("DOCKER_CERT_PATH") or folder
    if not environment.get("DOCKER_TLS_VERIFY") or not address or address.startswith(WITHOUT_TLS):
        return EngineAddress(address)
    if certificates is None:
        return EngineAddress(address, docker_problem="DOCKER_TLS_VERIFY is set: set DOCKER_CERT_PATH too.")
    return EngineAddress(address, docker_cert_path=Path(certificates).absolute())


def _current_context(folder: Path | None) -> str:
    """Return the context that `docker context use` has chosen; like the CLI, ignore a file that can't be read."""
    try:
        name = json.loads((folder / "config.json").read_bytes())["currentContext"] if folder else ""
    except (OSError, ValueError, LookupError, TypeError):
        return ""
    return name if isinstance(name, str) else ""


def _from_context(name: str, folder: Path | None) -> EngineAddress:
    contexts, key = (folder or Path()) / "contexts", hashlib.sha256(name.encode()).hexdigest()
    file = contexts / "meta" / key / "meta.json"
    try:
        endpoint = json.loads(file.read_bytes())["Endpoints"]["docker"]
        address = endpoint.get("Host") or ""
    except FileNotFoundError:
        return _unusable(name, f"does not exist (`docker context ls` lists those in {contexts})")
    except OSError as error:
        return _unusable(name, f"can't be read ({file}: {error.strerror})")
    except (ValueError, LookupError, TypeError, AttributeError):
        return _unusable(name, f"is damaged, or is not one of Docker's ({file})")
    return _with_certificates(name, str(address), endpoint, contexts / "tls" / key / "docker")


def _with_certificates(name: str, address: str, endpoint: Mapping[str, Any], certificates: Path) -> EngineAddress:
    if not address or address.startswith(WITHOUT_TLS):
        return EngineAddress(address, name)
    if endpoint.get("SkipTLSVerify"):
        return _unusable(name, "does not verify the engine's certificate (skip-tls-verify), and the lab insists on it")
    return EngineAddress(address, name, certificates if certificates.is_dir() else None)


def _unusable(name: str, why: str) -> EngineAddress:
    return EngineAddress(docker_context=name, docker_problem=f"The Docker context {name} {why}.")


def _refuse_ssh(found: EngineAddress) -> EngineAddress:
    if not found.docker_host.startswith("ssh:"):
        return found
    problem = BY_SSH.format(address=found.docker_host)
    return EngineAddress(found.docker_host, found.docker_context, docker_problem=problem)
