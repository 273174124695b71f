"""A registry that plays Docker Hub: TLS, tokens, blobs on another host, OCI indexes, and the ways in which it fails.

One process serves all three hosts on one port, and tells them apart by the Host header. Names, certificates and
images are the test's own.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import platform
import secrets
import ssl
import tarfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
HERE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
ARCHITECTURES = ("amd64", "arm64")


@dataclass(frozen=True)
class Fault:
    """How the hub fails: by a status with a body, or by never answering."""

    status: int = 0
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def _error(status: int, code: str, message: str, **headers: str) -> Fault:
    body = json.dumps({"errors": [{"code": code, "message": message}]})
    return Fault(status, body, {"Content-Type": "application/json"} | headers)


# Docker Hub's own codes and sentences, as its documentation and its clients' reports give them.
RATE_LIMIT = _error(
    429,
    "TOOMANYREQUESTS",
    "You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit",
    **{"Retry-After": "60"},
)
NOT_FOUND = _error(404, "MANIFEST_UNKNOWN", "manifest unknown")
REFUSED = _error(401, "UNAUTHORIZED", "authentication required")
FORBIDDEN = _error(403, "DENIED", "requested access to the resource is denied")
UNAVAILABLE = Fault(503, "upstream connect error or disconnect/reset before headers")
SILENT = Fault()


class DockerHub:
    """Serves what was published until it is closed; `faults` names how repositories fail ("" stands for all).

    `requests` is what was asked so far: (host, method, path).
    """

    def __init__(self, certificates: Path, *, registry: str, tokens: str, blobs: str, address: str = "") -> None:
        self.hosts = {"registry": registry, "tokens": tokens, "blobs": blobs}
        self.faults: dict[str, Fault] = {}
        self.blob_faults: dict[str, Fault] = {}
        self.requests: list[tuple[str, str, str]] = []
        self.content: dict[str, tuple[str, bytes]] = {}  # digest → (media type, bytes)
        self.tags: dict[tuple[str, str], str] = {}
        self.token = secrets.token_hex()
        self.closing = threading.Event()
        self._server = _Server((address, 0), _Handler, self)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
        self._server.context = context
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def prefix(self) -> str:
        """What precedes the name of an image: the value of SLIPWAY_HUB."""
        return f"{self.hosts['registry']}:{self.port}/library"

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def publish(self, name: str, *layers: Mapping[str, str], tag: str = "latest", **config: Any) -> str:
        """Publish an image of these layers (path → text) for every architecture; return the digest of its index."""
        entries = [self._manifest(architecture, layers, config) for architecture in ARCHITECTURES]
        entries += [self._attestation(str(entry["digest"])) for entry in entries]
        self.tags[name, tag] = self._index(entries)
        return self.tags[name, tag]

    def asked(self, part: str) -> list[str]:
        """Return the paths of the requests that contain `part`."""
        return [path for _, _, path in self.requests if part in path]

    def _index(self, entries: list[dict[str, Any]]) -> str:
        return self._keep_json(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})

    def _manifest(self, architecture: str, layers: tuple[Mapping[str, str], ...], config: Any) -> dict[str, Any]:
        tars = [_tar({**files, f"architecture-{at}": architecture}) for at, files in enumerate(layers)]
        described = {
            "architecture": architecture,
            "os": "linux",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [_digest(tar) for tar in tars]},
            "history": [{"created_by": f"layer {at}"} for at, _ in enumerate(tars)],
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self._describe(CONFIG, json.dumps(described).encode()),
            "layers": [self._describe(LAYER, gzip.compress(tar, mtime=0)) for tar in tars],
        }
        entry = self._describe(MANIFEST, json.dumps(manifest).encode())
        return entry | {"platform": {"architecture": architecture, "os": "linux"}}

    def _attestation(self, subject: str) -> dict[str, Any]:
        """Describe a manifest as builders attach them: for no platform, about another manifest."""
        layer = self._describe("application/vnd.in-toto+json", b'{"predicateType": "https://slsa.dev/provenance/v0.2"}')
        config = self._describe(CONFIG, b'{"architecture": "unknown", "os": "unknown"}')
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
        note = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": subject}
        entry = self._describe(MANIFEST, json.dumps(manifest).encode())
        return entry | {"platform": {"architecture": "unknown", "os": "unknown"}, "annotations": note}

    def _keep_json(self, media_type: str, value: object) -> str:
        return str(self._describe(media_type, json.dumps(value).encode())["digest"])

    def _describe(self, media_type: str, content: bytes) -> dict[str, Any]:
        digest = _digest(content)
        self.content[digest] = media_type, content
        return {"mediaType": media_type, "digest": digest, "size": len(content)}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    context: ssl.SSLContext

    def __init__(self, address: tuple[str, int], handler: type[_Handler], hub: DockerHub) -> None:
        self.hub = hub
        super().__init__(address, handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the request's own thread: a client that does not trust the certificate must not stop the others.
        with suppress(OSError), self.context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        hub, host = self.server.hub, self.headers["Host"].rpartition(":")[0]
        hub.requests.append((host, self.command, self.path))
        if host == hub.hosts["tokens"]:
            self._reply(200, json.dumps({"token": hub.token, "expires_in": 300}).encode(), "application/json")
        elif host == hub.hosts["blobs"]:
            self._serve_blob()
        else:
            self._serve_registry()

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Write nothing."""

    def _serve_registry(self) -> None:
        hub, parts = self.server.hub, self.path.split("/")
        name = parts[3] if len(parts) > 3 else ""
        if (fault := hub.faults.get(name) or hub.faults.get("")) and (fault.status != 401 or self._is_authorised()):
            self._fail(fault)
        elif not self._is_authorised():
            self._challenge(name)
        elif self.path == "/v2/":
            self._reply(200, b"{}", "application/json")
        elif parts[4] == "manifests":
            self._serve_manifest(name, parts[5])
        else:
            self._redirect(parts[5])

    def _serve_manifest(self, name: str, reference: str) -> None:
        hub = self.server.hub
        digest = hub.tags.get((name, reference), reference)
        if digest not in hub.content:
            self._fail(NOT_FOUND)
            return
        media_type, content = hub.content[digest]
        self._reply(200, content, media_type, {"Docker-Content-Digest": digest})

    def _redirect(self, digest: str) -> None:
        hub = self.server.hub
        location = f"https://{hub.hosts['blobs']}:{hub.port}/data/{digest}?signature=1"
        self._reply(307, b"", "text/plain", {"Location": location})

    def _serve_blob(self) -> None:
        hub, digest = self.server.hub, self.path.removeprefix("/data/").partition("?")[0]
        if fault := hub.blob_faults.get(digest) or hub.blob_faults.get(""):
            self._fail(fault)
        elif "Authorization" in self.headers:  # S3 and its like refuse a request that is signed twice
            self._fail(Fault(400, "Only one auth mechanism allowed"))
        else:
            self._reply(200, hub.content[digest][1], "application/octet-stream")

    def _challenge(self, name: str) -> None:
        hosts, port = self.server.hub.hosts, self.server.hub.port
        scope = f',scope="repository:library/{name}:pull"' if name else ""
        realm = f'Bearer realm="https://{hosts["tokens"]}:{port}/token",service="{hosts["registry"]}"{scope}'
        self._reply(401, REFUSED.body.encode(), "application/json", {"WWW-Authenticate": realm})

    def _is_authorised(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {self.server.hub.token}"

    def _fail(self, fault: Fault) -> None:
        if fault.status:
            self._reply(fault.status, fault.body.encode(), "text/plain", fault.headers)
        else:
            self.server.hub.closing.wait()
            self.close_connection = True

    def _reply(self, status: int, body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in (
            {"Content-Type": media_type, "Content-Length": str(len(body))} | dict(headers or {})
        ).items():
            self.send_header(key, value)
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _tar(files: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(text.encode()), 0o755
            tar.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()
