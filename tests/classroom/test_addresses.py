"""Which of a machine's addresses are given to a class."""

from __future__ import annotations

import socket

from slipway.classroom.addresses import _reachable, client_network, own_hosts, reachable_addresses


def test_unreachable_addresses_are_left_out() -> None:
    addresses = [
        ("", "10.1.2.3"),
        ("lo", "127.0.0.1"),
        ("lo", "::1"),
        ("docker0", "172.17.0.1"),
        ("br-9f1c", "172.18.0.1"),
        ("wlan0", "169.254.3.4"),
        ("wlan0", "fe80::1"),
        ("wlan0", "192.168.1.20"),
        ("eth0", "10.1.2.3"),
    ]
    assert _reachable(addresses) == ["10.1.2.3", "192.168.1.20"]


def test_machine_without_network_has_no_addresses() -> None:
    assert _reachable([("lo", "127.0.0.1"), ("docker0", "172.17.0.1")]) == []


def test_published_addresses_are_among_the_own_host_names() -> None:
    assert {*reachable_addresses(), "127.0.0.1", socket.gethostname().lower()} <= own_hosts()


def test_ipv6_network_counts_as_one_address() -> None:
    assert client_network("192.168.1.20") == "192.168.1.20"
    assert client_network("::ffff:192.168.1.20") == "192.168.1.20"
    assert (
        client_network("2001:db8:1:2::1") == client_network("2001:db8:1:2:aaaa::7") != client_network("2001:db8:1:3::1")
    )
    assert client_network("") == ""
