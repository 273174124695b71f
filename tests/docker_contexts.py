"""Docker contexts on disk, laid out as `docker context create` of the docker CLI 28.2 does."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any


def create(config: Path, name: str, endpoint: dict[str, Any], certificates: Path | None = None) -> None:
    """Create a context in the folder `config` (DOCKER_CONFIG) with a copy of these certificates."""
    key = hashlib.sha256(name.encode()).hexdigest()
    meta = config / "contexts" / "meta" / key
    meta.mkdir(parents=True)
    described = {"Name": name, "Metadata": {}, "Endpoints": {"docker": {"SkipTLSVerify": False} | endpoint}}
    (meta / "meta.json").write_text(json.dumps(described))
    if certificates:
        shutil.copytree(certificates, config / "contexts" / "tls" / key / "docker")


def use(config: Path, name: str) -> None:
    """Choose a context, like `docker context use`."""
    (config / "config.json").write_text(json.dumps({"auths": {}, "currentContext": name}))
