"""The public URL and the proxies of an install, from the words in its settings."""

from __future__ import annotations

import pytest

from slipway.install.public_address import InvalidAddress, PublicUrl, contains, parse_proxies, parse_url


@pytest.mark.parametrize(
    ("text", "scheme", "authority"),
    [
        ("https://lab.example", "https", "lab.example"),
        ("https://lab.example/", "https", "lab.example"),
        ("HTTPS://Lab.Example:443", "https", "lab.example"),
        ("https://lab.example:8443", "https", "lab.example:8443"),
        ("http://lab.example:80", "http", "lab.example"),
        ("http://lab.example:443", "http", "lab.example:443"),
        ("https://my_lab-8000.preview.example", "https", "my_lab-8000.preview.example"),
        ("https://bücher.example", "https", "xn--bcher-kva.example"),
        ("https://203.0.113.7:8443", "https", "203.0.113.7:8443"),
        ("https://[2001:DB8::0:1]", "https", "[2001:db8::1]"),
    ],
)
def test_url_is_kept_as_browsers_send_it(text: str, scheme: str, authority: str) -> None:
    assert parse_url(text) == PublicUrl(scheme, authority)
    assert str(parse_url(text)) == f"{scheme}://{authority}"


@pytest.mark.parametrize(
    "text",
    [
        "lab.example",
        "lab.example:8443",
        "ftp://lab.example",
        "https://",
        "https://:8443",
        "https://lab.example:0",
        "https://lab.example:99999",
        "https://lab.example:port",
        "https://user:secret@lab.example",
        "https://lab.example/?token=secret",
        "https://lab.example/#top",
        "https://lab example",
        "https://-lab.example",
        "https://lab..example",
        "https://lab.example; script-src *",
        "https://[2001:db8::1",
        "https://[nonsense]",
    ],
)
def test_what_is_no_url_of_a_host_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress, match=r"is not the URL of a host, such as https://lab\.example"):
        parse_url(text)


def test_path_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidAddress, match="served only at the root of a host"):
        parse_url("https://example.org/lab/")


def test_proxies_are_addresses_and_networks() -> None:
    proxies = parse_proxies("127.0.0.1, 10.1.0.0/16 ::1,,2001:db8::/48\n")
    for address in ("127.0.0.1", "::ffff:127.0.0.1", "10.1.255.3", "::1", "2001:db8:0:5::1"):
        assert contains(proxies, address), address
    for address in ("127.0.0.2", "10.2.0.1", "2001:db8:1::1", "localhost", ""):
        assert not contains(proxies, address), address
    assert parse_proxies(" , ") == ()


@pytest.mark.parametrize("text", ["proxy", "10.0.0.5/8", "127.0.0.1:8000", "10.0.0.0/33", "10.*", "127.0.0.1;10.0.0.1"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress, match="is not the address of a proxy or a network of them"):
        parse_proxies(f"127.0.0.1 {text}")


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0"])
def test_everybody_is_nobody_to_believe(text: str) -> None:
    with pytest.raises(InvalidAddress, match="is everybody"):
        parse_proxies(text)
