"""TLS to the host's engine: the files in DOCKER_CERT_PATH, and one sentence for each thing that can be wrong with TLS.

As in the docker CLI (28.2), ca.pem alone decides which engine is trusted; cert.pem and key.pem are sent to an engine
that asks for them, and may both be absent.
"""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Any

from docker.tls import TLSConfig
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

EXPECTS_TLS = "Client sent an HTTP request to an HTTPS server"
"""The answer of a server written in Go, such as the engine, to plain HTTP on its TLS port."""
NOT_TLS = re.compile("WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE")
UNTRUSTED = re.compile(r"certificate verify failed: (.+?)\.? \(_ssl")
REFUSED = re.compile(r"alert (.*certificate.*?|unknown ca|access denied) \(_ssl")
FAILED = re.compile(r"SSLError\(.*?'(.+?)(?: \(_ssl|')")


class Certificates(TLSConfig):
    """A TLS configuration for docker-py that trusts only ca.pem. Raises OSError when a file cannot be used.

    docker-py's own configuration leaves trust to requests, which prefers REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, and to
    urllib3, which from Python 3.13 on requires more of certificates than Docker's documentation puts into them
    ("CA cert does not include key usage extension").
    """

    def __init__(self, folder: Path, pool_size: int) -> None:
        super().__init__(verify=True)
        self._adapter = _Adapter(folder / "ca.pem", _context(folder), pool_size)

    def configure_client(self, client: Any) -> None:
        """Mount the adapter on docker-py's session; docker-py calls this before its first request."""
        client.mount("https://", self._adapter)


class _Adapter(HTTPAdapter):
    """HTTPS with one context and up to `pool_size` connections: docker-py's `max_pool_size` is for sockets only."""

    def __init__(self, ca: Path, context: ssl.SSLContext, pool_size: int) -> None:
        self._ca, self._context = str(ca), context
        super().__init__(pool_maxsize=pool_size)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options | {"ssl_context": self._context})

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, **options | {"ssl_context": self._context})

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        return super().send(request, *args, **options | {"verify": self._ca, "cert": None})


def certificate_problem(folder: Path, context: str = "") -> str:
    """Return what is wrong with the files in this folder, as a sentence; "" when they can be used.

    `context` is the Docker context to which they belong, "" when DOCKER_CERT_PATH names the folder.
    """
    try:
        _context(folder)
    except OSError as error:
        if context:
            return f"The Docker context {context} uses TLS, but {error}: {_correct(context)}"
        return f"DOCKER_TLS_VERIFY is set, but {error}. Correct that, or set DOCKER_CERT_PATH to another folder."
    return ""


def explain(where: str, folder: Path | None, error: str, context: str = "") -> str:
    """Return what docker-py's error says about TLS at `where`, as a sentence; "" when it is not about TLS.

    `folder` is None when TLS was not asked for, and `context` the Docker context that names the engine, if one does.
    """
    what, advice = _cause(folder, error)
    if not what:
        return ""
    return f"The Docker engine at {where} {what}: {_correct(context) if context else advice}"


def _cause(folder: Path | None, error: str) -> tuple[str, str]:
    """Return what is wrong, and what to do about it in the environment's variables."""
    if folder is None:
        return ("expects TLS", CERTIFICATES_WANTED) if EXPECTS_TLS in error else ("", "")
    if NOT_TLS.search(error):
        return (
            "does not use TLS on this port",
            "unset DOCKER_TLS_VERIFY, or point DOCKER_HOST at its TLS port (usually 2376).",
        )
    if found := UNTRUSTED.search(error):
        return (
            f"has a certificate that is not trusted ({found[1]})",
            f"put the ca.pem of that engine into {folder} (DOCKER_CERT_PATH), "
            "and name the engine in DOCKER_HOST as its certificate does.",
        )
    if found := REFUSED.search(error):
        return (
            f"refuses this client's certificate ({found[1]})",
            f"put a cert.pem and a key.pem that the engine accepts into {folder} (DOCKER_CERT_PATH).",
        )
    found = FAILED.search(error)
    return (f"can't be reached with TLS ({found[1]})", "see the engine's own log.") if found else ("", "")


def _correct(context: str) -> str:
    return (
        "correct the context with "
        f"`docker context update {context} --docker host=ADDRESS,ca=CA.PEM,cert=CERT.PEM,key=KEY.PEM`."
    )


CERTIFICATES_WANTED = (
    "set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with its ca.pem, cert.pem and key.pem."
)


def _context(folder: Path) -> ssl.SSLContext:
    """Return the TLS context. Raises OSError with the name of a file that cannot be used, and why."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ca, cert, key = (folder / f"{name}.pem" for name in ("ca", "cert", "key"))
    _check_readable(ca)
    try:
        context.load_verify_locations(ca)
    except ssl.SSLError:
        raise OSError(f"{ca} holds no certificate in PEM form") from None
    if cert.exists() or key.exists():
        _check_readable(cert)
        _check_readable(key)
        _load_certificate(context, cert, key)
    return context


def _load_certificate(context: ssl.SSLContext, cert: Path, key: Path) -> None:
    """Load the client certificate. Refuse an encrypted key, for which OpenSSL would ask for a password here."""
    try:
        context.load_cert_chain(cert, key, password=lambda: "")
    except ssl.SSLError:
        raise OSError(f"{cert} and {key} are not a certificate and its own unencrypted key, both in PEM form") from None


def _check_readable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise OSError(f"{path} cannot be read ({error.strerror})") from None
