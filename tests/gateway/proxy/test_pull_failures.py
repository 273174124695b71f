"""Why a pull failed: dockerd's own messages (26.1), and the sentence that each gets."""

from __future__ import annotations

import json

import pytest

from slipway.gateway.proxy.pull_failures import explain, explain_answer, explain_line

HUB = 'Get "https://registry-1.docker.io/v2/": '
LOOKUP = f"{HUB}dial tcp: lookup registry-1.docker.io on 127.0.0.11:53: no such host"


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (LOOKUP, "could not look this name up"),
        (f"{HUB}dial tcp: lookup registry-1.docker.io on 127.0.0.11:53: server misbehaving", "could not look"),
        (f"{HUB}tls: failed to verify certificate: x509: certificate signed by unknown authority", "company proxies"),
        (f"{HUB}proxyconnect tcp: dial tcp 10.0.0.5:3128: connect: connection refused", "does not pass this on"),
        (f"{HUB}dial tcp 203.0.113.5:443: connect: no route to host", "does not answer from here"),
        (f"{HUB}net/http: request canceled (Client.Timeout exceeded while awaiting headers)", "does not answer"),
        (f"{HUB}EOF", "does not answer from here"),
        ("download failed after attempts=6: dial tcp 203.0.113.5:443: i/o timeout", "does not answer from here"),
        ("toomanyrequests: You have reached your pull rate limit.", "there were too many"),
    ],
)
def test_sentence_follows_the_engines_own_words(message: str, sentence: str) -> None:
    first, second = explain(message).split("\n")
    assert first == message
    assert sentence in second


@pytest.mark.parametrize(
    "message",
    [
        "pull access denied for nothing, repository does not exist or may require 'docker login'",
        "manifest for alpine:99 not found: manifest unknown: manifest unknown",
        "The command '/bin/sh -c wget https://x509: certificate' returned a non-zero code: 1",
        "",
    ],
)
def test_other_messages_stay_as_they_are(message: str) -> None:
    assert explain(message) == message


def test_only_errors_are_changed() -> None:
    progress = b'{"status":"Pulling fs layer","id":"5d0da3dc9764"}\r\n'
    assert explain_line(progress) == progress
    assert explain_line(b'{"error": 1}') == b'{"error": 1}'
    assert explain_line(b'{"error": "half') == b'{"error": "half'
    assert explain_answer(b"[]") == b"[]"
    told = json.loads(explain_line(json.dumps({"errorDetail": {"message": LOOKUP}, "error": LOOKUP}).encode()))
    assert told["error"] == told["errorDetail"]["message"] == explain(LOOKUP)
