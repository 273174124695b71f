"""Which of a machine's addresses are worth telling a class."""

from __future__ import annotations

import socket

from slipway.classroom.addresses import _chosen, neighbourhood, own_names, reachable


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
    assert _chosen(addresses) == ["10.1.2.3", "192.168.1.20"]


def test_machine_without_network_has_no_addresses() -> None:
    assert _chosen([("lo", "127.0.0.1"), ("docker0", "172.17.0.1")]) == []


def test_published_addresses_are_among_the_own_host_names() -> None:
    assert {*reachable(), "127.0.0.1", socket.gethostname().lower()} <= own_names()


def test_ipv6_network_counts_as_one_address() -> None:
    assert neighbourhood("192.168.1.20") == "192.168.1.20"
    assert neighbourhood("::ffff:192.168.1.20") == "192.168.1.20"
    assert neighbourhood("2001:db8:1:2::1") == neighbourhood("2001:db8:1:2:aaaa::7") != neighbourhood("2001:db8:1:3::1")
    assert neighbourhood("") == ""
