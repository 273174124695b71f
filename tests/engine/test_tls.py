"""An engine that is reached with TLS: terminals, a whole lab, and what is said when the certificates don't fit."""

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

from slipway.engine import host
from slipway.engine.client import TlsFailed, connect
from slipway.engine.sandboxes import Sandboxes
from slipway.settings import ROOT, Settings
from slipway.setup import machine_facts, plan
from tests import shells
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
def there(second: SecondEngine) -> Settings:
    return second.settings()


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """What another authority gives its clients."""
    return Authority(tmp_path / "another authority").issue("client")


@pytest.fixture
def url(there: Settings, tmp_path: Path) -> Iterator[str]:
    """A server of terminals on that engine."""
    command = slipway(f"tls-{token_hex(3)}")
    with serving(lambda port: there.with_engine_env(command(port)), tmp_path / "server.log") as (address, _):
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


@pytest.mark.parametrize("how", ["threads", "greenlets"])
def test_a_line_sends_and_reads_everything_and_waits_for_nobody(there: Settings, how: str) -> None:
    command = there.with_engine_env([sys.executable, "-m", "tests.engine.measured_shell", how])
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_a_terminal_that_nobody_types_in_holds_up_nobody(visitor: PtyClient, url: str) -> None:
    assert requests.get(f"{url}/healthz", timeout=20).text == "ok"
    with PtyClient(url, TOKEN, terminal=2) as neighbour:
        neighbour.see("ready$ ")
        visitor.type("echo still-$((1))\r")
        visitor.see("still-1\r\n")


def test_sizes_keys_and_control_c_arrive(visitor: PtyClient) -> None:
    visitor.resize(101, 33)
    visitor.type("stty size\r")
    visitor.see("33 101\r\n")
    visitor.type("bash -c 'echo runs-$((1)); exec sleep 1000'\r")
    visitor.see("runs-1\r\n")
    visitor.type("\x03")
    visitor.type("echo status-$?\r")
    visitor.see("status-130\r\n")


def test_a_large_paste_and_a_large_output_come_whole(visitor: PtyClient) -> None:
    pasted = "".join(f"{number:05}" for number in range(100_000))
    visitor.type(f"stty -echo -icanon; echo go-$((1)); head -c {len(pasted)} | md5sum; stty sane\r")
    visitor.see("go-1\r\n")
    for start in range(0, len(pasted), PIECE):
        visitor.type(pasted[start : start + PIECE])
    visitor.see(md5(pasted.encode(), usedforsecurity=False).hexdigest())
    visitor.type("seq 100001 300000; echo end-$((1))\r")
    visitor.see("end-1\r\n")
    assert "".join(f"{number}\r\n" for number in range(100_001, 300_001)) in visitor.text


def test_a_lab_plays_a_lesson_on_it(second: SecondEngine, lab: Lab) -> None:
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


def trusting(there: Settings, folder: Path) -> Settings:
    """That engine, with this folder as DOCKER_CERT_PATH, which is given the engine's own ca.pem."""
    assert there.docker_cert_path
    shutil.copy(there.docker_cert_path / "ca.pem", folder)
    return replace(there, docker_cert_path=folder)


def refused(settings: Settings) -> str:
    """What is said of an engine that can't be reached."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # docker-py forgets the socket that could not connect
        with pytest.raises(TlsFailed) as failure:
            connect(settings)
        action = plan.for_engine(machine_facts.collect(settings))
        gc.collect()
    assert isinstance(action, plan.TellUser)
    assert action.why == str(failure.value)
    return action.why


def test_an_engine_with_tls_is_asked_without(there: Settings) -> None:
    said = refused(replace(there, docker_cert_path=None))
    assert said.startswith(f"The Docker engine at {there.docker_host} expects TLS: set DOCKER_TLS_VERIFY=1")


def test_an_engine_without_tls_is_asked_with_it(there: Settings) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        said = refused(replace(there, docker_host=f"tcp://127.0.0.1:{server.server_port}"))
        server.shutdown()
    assert "does not use TLS on this port: unset DOCKER_TLS_VERIFY" in said


def test_an_engine_of_another_authority_is_not_trusted(there: Settings, stranger: Path) -> None:
    said = refused(replace(there, docker_cert_path=stranger))
    assert "is not trusted (unable to get local issuer certificate)" in said
    assert f"put the ca.pem of that engine into {stranger} (DOCKER_CERT_PATH)" in said


def test_an_engine_by_another_name_than_its_certificates_is_not_trusted(there: Settings) -> None:
    said = refused(replace(there, docker_host=there.docker_host.replace("127.0.0.1", "localhost")))
    assert "is not trusted (Hostname mismatch, certificate is not valid for 'localhost')" in said


def test_an_engine_refuses_a_certificate_of_another_authority(there: Settings, stranger: Path) -> None:
    said = refused(trusting(there, stranger))
    assert re.search(r"refuses this client's certificate \((unknown ca|bad certificate)\): put a cert.pem and a", said)


def test_an_engine_refuses_who_shows_no_certificate(there: Settings, tmp_path: Path) -> None:
    said = refused(trusting(there, tmp_path))
    assert "refuses this client's certificate (certificate required)" in said


def test_only_ca_pem_is_trusted_whatever_else_the_environment_names(
    there: Settings, stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert there.docker_cert_path
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stranger / "ca.pem"))
    assert host.find_engine(there) == there.docker_host
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(there.docker_cert_path / "ca.pem"))
    assert "is not trusted" in refused(replace(there, docker_cert_path=stranger))


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
def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path, spoil: Callable[[Path], None], says: str) -> None:
    folder = Authority(tmp_path / "authority").issue("client")
    spoil(folder)
    nowhere = Settings("", "", tmp_path, docker_host="tcp://127.0.0.1:1", docker_cert_path=folder)
    with pytest.raises(TlsFailed, match=f"^DOCKER_TLS_VERIFY is set, but {says}. Correct that, or set"):
        connect(nowhere)
