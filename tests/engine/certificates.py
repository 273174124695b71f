"""Certificates for servers that a test runs with TLS, made by `openssl`, which Debian's ca-certificates brings along.

Like those of Docker's documentation: an authority signs one certificate for the engine and one for its client. It also
signs for servers with names.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Literal

DAYS = ("-days", "2")
CONFIG = """
[req]
distinguished_name = unused
[unused]
[authority]
basicConstraints = critical, CA:TRUE
[engine]
subjectAltName = IP:127.0.0.1
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
[web]
subjectAltName = DNS:lab.example, DNS:localhost, IP:127.0.0.1
extendedKeyUsage = serverAuth
[hub]
subjectAltName = DNS:registry-1.docker.io
extendedKeyUsage = serverAuth
"""


class Authority:
    """A certificate authority with its files in `folder`, which it creates; its own certificate is `certificate`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.certificate = folder / "ca.pem"
        folder.mkdir(parents=True)
        (folder / "config").write_text(CONFIG)
        self._request("authority", "-x509", *DAYS, "-extensions", "authority", "-out", "ca.pem", key="ca-key.pem")

    def issue(self, role: Literal["engine", "client", "hub", "web"]) -> Path:
        """Return a folder with ca.pem, cert.pem and key.pem, for dockerd or as a client's DOCKER_CERT_PATH."""
        return self._issue(role)

    def issue_server(self, *names: str) -> Path:
        """Return a folder with ca.pem, cert.pem and key.pem for a server with these DNS names."""
        section = f"\n[server]\nsubjectAltName = {','.join(f'DNS:{name}' for name in names)}\n"
        (self._folder / "config").write_text(f"{CONFIG}{section}extendedKeyUsage = serverAuth\n")
        return self._issue("server")

    def _issue(self, role: str) -> Path:
        folder = self._folder / role
        folder.mkdir()
        shutil.copy(self._folder / "ca.pem", folder)
        self._request(role, "-new", "-out", "request.pem", key=f"{role}/key.pem")
        signer = ("-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial")
        extensions = ("-extfile", "config", "-extensions", role)
        self._openssl("x509", "-req", "-in", "request.pem", *signer, *extensions, *DAYS, "-out", f"{role}/cert.pem")
        return folder

    def _request(self, role: str, *words: str, key: str) -> None:
        subject = ("-config", "config", "-subj", f"/CN={self._folder.name} {role}")
        new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key)
        self._openssl("req", *words, *subject, *new_key)

    def _openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self._folder, check=True, capture_output=True)
