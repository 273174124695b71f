"""Debian's nginx in front of a lab, with TLS: exactly as docs/behind-a-proxy.md says, except ports and certificate."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websocket import WebSocketException

from slipway.setup.machine_facts import find_nginx
from tests.engine.certificates import Authority
from tests.eventually import PATIENCE, eventually
from tests.static_server import ROOT, free_port
from tests.transports import TextWebSocket, connect

NAME = "lab.example"
PAGE = ROOT / "docs" / "behind-a-proxy.md"
KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
OWN_HOST = "proxy_set_header Host $http_host;"
"""The line without which nginx sends the lab's own address as `Host`."""


class Nginx:
    """Listens on a port of its own, in its `with`, and passes everything on to the lab at `to`."""

    def __init__(self, folder: Path, to: int, *, passes_host: bool = True) -> None:
        self.port, self._to, self._folder, self._passes_host = free_port(), to, folder, passes_host
        self._authority = Authority(folder / "authority")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What browsers open: the SLIPWAY_URL of the lab."""
        return f"https://{NAME}:{self.port}"

    def __enter__(self) -> Self:
        path = find_nginx()
        assert path, "there is no nginx: ./lab test unpacks it"
        (self._folder / "nginx.conf").write_text(self._configuration())
        words = [path, "-p", str(self._folder), "-c", "nginx.conf", "-e", "stderr"]
        with (self._folder / "nginx.log").open("wb") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log)
        eventually(self._listens, "nginx to listen", (self._folder / "nginx.log").read_text)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(PATIENCE)

    def socket(self, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """Return a connection from that address of this machine, with the certificate verified."""
        context = ssl.create_default_context(cafile=str(self._authority.certificate))
        plain = socket.create_connection(("127.0.0.1", self.port), PATIENCE, source_address=(source, 0))
        return context.wrap_socket(plain, server_hostname=NAME)

    def websocket(self, source: str = "127.0.0.1", **options: Any) -> TextWebSocket:
        """Return a WebSocket from that address; `options` are those of the connection."""
        address = f"{self.url}/socket.io/?EIO=4&transport=websocket".replace("https", "wss", 1)
        connection = self.socket(source)
        try:
            opened = connect(address, socket=connection, **{"origin": self.url, **options})
        except WebSocketException:
            connection.close()
            raise
        assert opened.recv().startswith("0{")
        return opened

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "nginx.log").read_text()
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _configuration(self) -> str:
        (server,) = re.findall(r"```nginx\n(.*?)```", PAGE.read_text(), re.DOTALL)
        certificate = self._authority.issue("web")
        for old, new in (
            ("listen 443", f"listen 127.0.0.1:{self.port}"),
            ("127.0.0.1:8000", f"127.0.0.1:{self._to}"),
            ("/etc/ssl/lab.example", str(certificate)),
            *(() if self._passes_host else ((OWN_HOST, ""),)),
        ):
            assert server.count(old) >= 1, old
            server = server.replace(old, new)
        folders = "\n".join(f"{kind}_temp_path {self._folder}/{kind};" for kind in KINDS)
        return f"daemon off;\nmaster_process off;\npid nginx.pid;\nevents {{}}\nhttp {{\n{folders}\n{server}\n}}\n"
