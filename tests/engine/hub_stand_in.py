"""Stands in for Docker Hub: a registry with TLS at a documentation address, and a proxy that leads to it.

It has one image, `far-away`, under Docker Hub's own name; the certificate is signed by an authority of the test's.
"""

from __future__ import annotations

import io
import socket
import socketserver
import tarfile
import threading
from pathlib import Path
from typing import Any

import docker

from tests.engine.certificates import Authority
from tests.eventually import eventually

NAME, IMAGE, PORT = "registry-1.docker.io", "far-away", 443
CONFIG = """
version: 0.1
storage: {{filesystem: {{rootdirectory: /tmp/registry}}}}
http: {{addr: "{address}:443", tls: {{certificate: /etc/hub/cert.pem, key: /etc/hub/key.pem}}}}
"""
BEGIN = (
    "cp -a /srv/registry /tmp && cd /tmp/registry/docker/registry/v2/repositories/library && "
    f"mv hello-world {IMAGE} && exec docker-registry serve /etc/hub/config.yml"
)


class HubStandIn:
    """Listens on port 443 of one `address` of this machine's, from creation until `remove`."""

    def __init__(
        self, client: docker.DockerClient, image: str, address: str, authority: Authority, labels: dict[str, str]
    ) -> None:
        folder = authority.issue("hub")
        (folder / "config.yml").write_text(CONFIG.format(address=address))
        self.address = address
        self._container: Any = client.containers.create(
            image, ["-c", BEGIN], entrypoint="sh", network_mode="host", labels=labels
        )
        self._container.put_archive("/etc", _tar(folder))
        self._container.start()
        eventually(self._listens, "the stand-in for Docker Hub to listen", self._container.logs)

    def _listens(self) -> bool:
        try:
            with socket.create_connection((self.address, PORT), timeout=1):
                return True
        except OSError:
            return False

    def remove(self) -> None:
        self._container.remove(force=True)


class ConnectProxy(socketserver.ThreadingTCPServer):
    """An HTTP proxy on a free port of `address` that tunnels to `target`, whatever it was `asked` for."""

    daemon_threads = True

    def __init__(self, address: str, target: tuple[str, int]) -> None:
        super().__init__((address, 0), _Tunnel)
        self.target, self.asked = target, list[str]()
        self.url = f"http://{address}:{self.server_address[1]}"
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _Tunnel(socketserver.StreamRequestHandler):
    server: ConnectProxy

    def handle(self) -> None:
        self.server.asked.append(self.rfile.readline().decode().strip())
        while self.rfile.readline().strip():
            pass
        with socket.create_connection(self.server.target) as target:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=_pump, args=(target, self.connection), daemon=True)
            back.start()
            _pump(self.connection, target)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other side has gone


def _tar(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.add(folder, "hub")
    return buffer.getvalue()
