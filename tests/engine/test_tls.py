"""An engine with TLS: terminals, a whole lab, and the sentences for certificates that do not fit."""

from __future__ import annotations

import gc
import re
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import md5
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from secrets import token_hex

import docker
import pytest
import requests

from slipway import engine_address
from slipway.engine import host
from slipway.engine.client import TlsFailed, connect
from slipway.engine.sandboxes import Sandboxes
from slipway.settings import ROOT, Settings
from slipway.setup import machine_facts, plan
from tests import docker_contexts, shells
from tests.browser.lab import LESSON, Lab, Line
from tests.engine.certificates import Authority
from tests.engine.second_engine import SecondEngine
from tests.engine.test_host_faults import verdict
from tests.eventually import eventually
from tests.pty_client import PtyClient
from tests.static_server import serving, slipway

pytestmark = pytest.mark.engine

TOKEN = "test-token"  # noqa: S105 - guards a test server
PIECE = 40_000


@pytest.fixture(scope="module")
def second(
    client: docker.DockerClient, sandboxes: Sandboxes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SecondEngine]:
    authority = Authority(tmp_path_factory.mktemp("tls") / "authority")
    engine = SecondEngine(client, sandboxes.images, sandboxes.settings.install, authority)
    try:
        engine.start()
        shells.build(client)
        engine.load(client, shells.IMAGE)
        yield engine
    finally:
        engine.remove()


@pytest.fixture
def tls_engine(second: SecondEngine) -> Settings:
    return second.settings()


@pytest.fixture
def foreign_certificates(tmp_path: Path) -> Path:
    """Return a client certificate of another authority."""
    return Authority(tmp_path / "another authority").issue("client")


@pytest.fixture
def url(tls_engine: Settings, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of a terminal server that uses that engine."""
    command = slipway(f"tls-{token_hex(3)}")
    with serving(lambda port: tls_engine.with_engine_env(command(port)), tmp_path / "server.log") as (address, _):
        yield address


@pytest.fixture
def visitor(url: str) -> Iterator[PtyClient]:
    with PtyClient(url, TOKEN, parses=True) as connected:
        connected.resize(80, 24)
        connected.see("ready$ ")
        yield connected


@pytest.fixture
def lab(client: docker.DockerClient, sandboxes: Sandboxes, second: SecondEngine, tmp_path: Path) -> Iterator[Lab]:
    second.load(client, sandboxes.images.engine, sandboxes.images.terminal)
    lab = Lab(tmp_path / "state", tmp_path / "lab.log", engine=second.settings())
    try:
        lab.up()
        yield lab
    finally:
        lab.stop_only()  # its sandboxes go with the second engine


def test_context_leads_to_an_engine_with_tls(second: SecondEngine, tmp_path: Path) -> None:
    docker_contexts.create(tmp_path, "second", {"Host": second.address}, second.certificates)
    docker_contexts.use(tmp_path, "second")
    command = ["env", f"DOCKER_CONFIG={tmp_path}", f"SLIPWAY_STATE={tmp_path}", "DOCKER_HOST=", "DOCKER_CONTEXT="]
    command += [sys.executable, "-m", "slipway.cli", "down"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "Nothing of this install was left in Docker." in done.stdout, done.stderr


def test_certificates_of_a_context_that_do_not_fit_are_explained(
    second: SecondEngine, tmp_path: Path, foreign_certificates: Path
) -> None:
    docker_contexts.create(tmp_path, "second", {"Host": second.address}, foreign_certificates)
    named = engine_address.find({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "second"}, home=None)
    sentence = connection_error(Settings("", "", tmp_path, **vars(named)))
    assert "is not trusted" in sentence
    assert "`docker context update second --docker host=ADDRESS,ca=CA.PEM" in sentence


@pytest.mark.parametrize("how", ["threads", "greenlets"])
def test_attached_shell_works_over_tls(tls_engine: Settings, how: str) -> None:
    command = tls_engine.with_engine_env([sys.executable, "-m", "tests.engine.attached_shell_checks", how])
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_idle_terminal_blocks_no_other(visitor: PtyClient, url: str) -> None:
    assert requests.get(f"{url}/healthz", timeout=20).text == "ok"
    with PtyClient(url, TOKEN, terminal=2) as neighbour:
        neighbour.see("ready$ ")
        visitor.type("echo still-$((1))\r")
        visitor.see("still-1\r\n")


def test_sizes_keys_and_ctrl_c_arrive(visitor: PtyClient) -> None:
    visitor.resize(101, 33)
    visitor.type("stty size\r")
    visitor.see("33 101\r\n")
    visitor.type("bash -c 'echo runs-$((1)); exec sleep 1000'\r")
    visitor.see("runs-1\r\n")
    visitor.type("\x03")
    visitor.type("echo status-$?\r")
    visitor.see("status-130\r\n")


def test_large_paste_and_large_output_arrive_complete(visitor: PtyClient) -> None:
    pasted = "".join(f"{number:05}" for number in range(100_000))
    visitor.type(f"stty -echo -icanon; echo go-$((1)); head -c {len(pasted)} | md5sum; stty sane\r")
    visitor.see("go-1\r\n")
    for start in range(0, len(pasted), PIECE):
        visitor.type(pasted[start : start + PIECE])
    visitor.see(md5(pasted.encode(), usedforsecurity=False).hexdigest())
    visitor.type("seq 100001 300000; echo end-$((1))\r")
    visitor.see("end-1\r\n")
    assert "".join(f"{number}\r\n" for number in range(100_001, 300_001)) in visitor.text


def test_lesson_works_on_an_engine_with_tls(second: SecondEngine, lab: Lab) -> None:
    with closing(Line(lab)) as seat, PtyClient(lab.base, lab.token) as page:
        seat.ask("open", {"lesson": LESSON})
        seat.await_seat()
        page.resize(80, 24)
        page.type("docker create --name greeter busybox echo 'hi there'\r")
        eventually(lambda: verdict(lab, "create-but-do-not-start") == "passed")
        page.type("docker start -a greeter\r")
        eventually(lambda: verdict(lab, "start-it-and-watch") == "passed")
        page.see("hi there\r\n")
        assert requests.get(f"{lab.base}/healthz", timeout=20).ok


def with_ca_of(tls_engine: Settings, folder: Path) -> Settings:
    """Return settings with this folder as DOCKER_CERT_PATH, after copying the engine's ca.pem into it."""
    assert tls_engine.docker_cert_path
    shutil.copy(tls_engine.docker_cert_path / "ca.pem", folder)
    return replace(tls_engine, docker_cert_path=folder)


def connection_error(settings: Settings) -> str:
    """Return the sentence about an engine that can't be reached."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # docker-py forgets the socket that could not connect
        with pytest.raises(TlsFailed) as failure:
            connect(settings)
        action = plan.for_engine(machine_facts.collect(settings))
        gc.collect()
    assert isinstance(action, plan.TellUser)
    assert action.why == str(failure.value)
    return action.why


def test_plain_connection_to_a_tls_engine_is_explained(tls_engine: Settings) -> None:
    sentence = connection_error(replace(tls_engine, docker_cert_path=None))
    assert sentence.startswith(f"The Docker engine at {tls_engine.docker_host} expects TLS: set DOCKER_TLS_VERIFY=1")


def test_tls_connection_to_a_plain_engine_is_explained(tls_engine: Settings) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sentence = connection_error(replace(tls_engine, docker_host=f"tcp://127.0.0.1:{server.server_port}"))
        server.shutdown()
    assert "does not use TLS on this port: unset DOCKER_TLS_VERIFY" in sentence


def test_engine_certificate_of_another_authority_is_refused(tls_engine: Settings, foreign_certificates: Path) -> None:
    sentence = connection_error(replace(tls_engine, docker_cert_path=foreign_certificates))
    assert "is not trusted (unable to get local issuer certificate)" in sentence
    assert f"put the ca.pem of that engine into {foreign_certificates} (DOCKER_CERT_PATH)" in sentence


def test_engine_certificate_for_another_name_is_refused(tls_engine: Settings) -> None:
    sentence = connection_error(
        replace(tls_engine, docker_host=tls_engine.docker_host.replace("127.0.0.1", "localhost"))
    )
    assert "is not trusted (Hostname mismatch, certificate is not valid for 'localhost')" in sentence


def test_client_certificate_of_another_authority_is_explained(tls_engine: Settings, foreign_certificates: Path) -> None:
    sentence = connection_error(with_ca_of(tls_engine, foreign_certificates))
    assert re.search(
        r"refuses this client's certificate \((unknown ca|bad certificate)\): put a cert.pem and a", sentence
    )


def test_missing_client_certificate_is_explained(tls_engine: Settings, tmp_path: Path) -> None:
    sentence = connection_error(with_ca_of(tls_engine, tmp_path))
    assert "refuses this client's certificate (certificate required)" in sentence


def test_only_ca_pem_is_trusted_despite_the_environment(
    tls_engine: Settings, foreign_certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tls_engine.docker_cert_path
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(foreign_certificates / "ca.pem"))
    assert host.find_engine(tls_engine) == tls_engine.docker_host
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_engine.docker_cert_path / "ca.pem"))
    assert "is not trusted" in connection_error(replace(tls_engine, docker_cert_path=foreign_certificates))


def no_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def no_key(folder: Path) -> None:
    (folder / "key.pem").unlink()


def another_key(folder: Path) -> None:
    shutil.copy(folder.parent / "ca-key.pem", folder / "key.pem")


def an_encrypted_key(folder: Path) -> None:
    plain = (folder / "key.pem").rename(folder / "plain.pem")
    words = ["openssl", "pkcs8", "-topk8", "-in", str(plain), "-passout", "pass:secret", "-out", "key.pem"]
    subprocess.run(words, cwd=folder, check=True)


def no_certificates(folder: Path) -> None:
    (folder / "ca.pem").write_text("nonsense")


PAIR = r"\S+cert.pem and \S+key.pem are not a certificate and its own unencrypted key, both in PEM form"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (no_folder, r"\S+ca.pem cannot be read \(No such file or directory\)"),
        (no_certificates, r"\S+ca.pem holds no certificate in PEM form"),
        (no_key, r"\S+key.pem cannot be read \(No such file or directory\)"),
        (another_key, PAIR),
        (an_encrypted_key, PAIR),
    ],
)
def test_unusable_certificate_is_named(tmp_path: Path, spoil: Callable[[Path], None], says: str) -> None:
    folder = Authority(tmp_path / "authority").issue("client")
    spoil(folder)
    nowhere = Settings("", "", tmp_path, docker_host="tcp://127.0.0.1:1", docker_cert_path=folder)
    with pytest.raises(TlsFailed, match=f"^DOCKER_TLS_VERIFY is set, but {says}. Correct that, or set"):
        connect(nowhere)
