# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the egress policy denies, and what an administrator opens with an entry."""

import fcntl
import re
import socket
from contextlib import suppress
from ipaddress import IPv6Address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.egress.networks import Address, findings
from openconnector.egress.policy import AllowEntry, EgressDenied, EgressPolicy, parse_allow


def denied(policy: EgressPolicy, *addresses: str, host: str = "api.example", port: int = 443) -> str | None:
    """The rule that denies; None: it is allowed."""
    rule = None
    try:
        policy.check(host, port, addresses)
    except EgressDenied as error:
        rule = error.rule
    return rule


@given(st.ip_addresses())
def test_nothing_that_is_not_public_passes_without_an_entry(address: Address) -> None:
    assert (denied(EgressPolicy(), str(address)) is None) == (findings(address) == ())


def test_the_public_internet_needs_no_entry() -> None:
    assert denied(EgressPolicy(), "93.184.216.34", "2606:2800:220:1::") is None


def test_one_bad_address_denies_the_host() -> None:
    with pytest.raises(EgressDenied) as caught:
        EgressPolicy().check("intern.example", 443, ["93.184.216.34", "10.1.2.3"])

    assert (caught.value.rule, caught.value.address) == ("private", "10.1.2.3")
    assert str(caught.value) == "10.1.2.3 (intern.example) belongs to a private network (rule: private)."


def test_the_sentence_says_what_an_address_carries() -> None:
    with pytest.raises(EgressDenied) as caught:
        EgressPolicy().check("a.example", 443, ["::ffff:7f00:1"])

    assert str(caught.value).startswith("::ffff:7f00:1 (a.example) leads to 127.0.0.1, which is this machine itself")


def test_what_is_no_address_is_denied() -> None:
    assert denied(EgressPolicy(["0.0.0.0/0", "::/0", "api.example"]), "0x7f.1") == "invalid"


@pytest.mark.parametrize(
    ("allow", "address", "rule"),
    [
        (["10.0.0.0/8"], "10.1.2.3", None),
        (["10.0.0.0/8"], "192.168.0.1", "private"),
        (["10.1.2.3"], "10.1.2.3", None),
        (["10.1.2.3"], "10.1.2.4", "private"),
        (["127.0.0.0/8"], "127.0.0.1", None),
        (["127.0.0.0/8"], "::1", "loopback"),
        (["::1"], "::1", None),
        (["fd00::/8"], "fd12::1", None),
        (["fe80::/10"], "fe80::1%eth0", None),
        (["0.0.0.0/0"], "10.1.2.3", None),
        (["0.0.0.0/0"], "fd12::1", "private"),
        # An entry for IPv4 means its other spelling, too; a way through a gateway needs an entry of its own.
        (["10.0.0.0/8"], "::ffff:10.1.2.3", None),
        (["::ffff:10.0.0.0/104"], "10.1.2.3", None),
        (["8.8.8.8"], "::ffff:8.8.8.8", None),
        (["::ffff:0:0/96"], "::ffff:10.1.2.3", None),
        (["::/0"], "::ffff:10.1.2.3", "private"),
        (["::/0"], "::ffff:8.8.8.8", None),
        (["10.0.0.0/8"], "64:ff9b::10.1.2.3", "nat64"),
        (["64:ff9b::/96"], "64:ff9b::8.8.8.8", None),
        (["64:ff9b::/96"], "64:ff9b::10.1.2.3", "private"),
        (["64:ff9b::/96", "10.0.0.0/8"], "64:ff9b::10.1.2.3", None),
        (["64:ff9b::10.1.2.3"], "64:ff9b::10.1.2.3", None),
        (["::/0"], "2002:0a00:0001::1", "private"),
        # A metadata service is opened by its own address alone.
        (["169.254.0.0/16"], "169.254.169.254", "metadata"),
        (["169.254.169.254/31"], "169.254.169.254", "metadata"),
        (["0.0.0.0/0", "::/0"], "168.63.129.16", "metadata"),
        (["0.0.0.0/0", "::/0"], "::ffff:169.254.169.254", "metadata"),
        (["0.0.0.0/0", "::/0"], "64:ff9b::169.254.169.254", "metadata"),
        (["fd00::/8"], "fd00:ec2::254", "metadata"),
        (["169.254.169.254"], "169.254.169.254", None),
        (["169.254.169.254/32"], "::ffff:169.254.169.254", None),
        (["169.254.169.254"], "64:ff9b::169.254.169.254", "nat64"),
        (["fd00:ec2::254/128"], "fd00:ec2::254", None),
    ],
)
def test_an_entry_opens_what_it_says(allow: list[str], address: str, rule: str | None) -> None:
    assert denied(EgressPolicy(allow), address) == rule


@pytest.mark.parametrize(
    ("entry", "host", "is_open"),
    [
        ("erp.example.org", "erp.example.org", True),
        ("erp.example.org", "ERP.Example.Org.", True),
        ("ERP.example.org.", "erp.example.org", True),
        ("erp.example.org", "x.erp.example.org", False),
        ("erp.example.org", "xerp.example.org", False),
        ("*.example.org", "erp.example.org", True),
        ("*.example.org", "a.b.example.org", True),
        ("*.example.org", "example.org", False),
        ("*.example.org", "evilexample.org", False),
        ("Bücher.example", "xn--bcher-kva.example", True),
        ("localhost", "localhost", True),
    ],
)
def test_a_name_opens_the_addresses_of_its_host(entry: str, host: str, is_open: bool) -> None:
    policy = EgressPolicy([entry])

    assert (denied(policy, "10.1.2.3", "::1", "64:ff9b::a00:1", host=host) is None) == is_open
    assert denied(policy, "169.254.169.254", host=host) == "metadata"


@pytest.mark.parametrize("name", ["metadata.google.internal", "Metadata.Google.Internal."])
def test_the_name_of_a_metadata_service_is_denied_before_it_is_resolved(name: str) -> None:
    with pytest.raises(EgressDenied) as caught:
        EgressPolicy(["*.internal", "metadata.google.internal", "169.254.0.0/16"]).check_url("http", name, 80)

    assert (caught.value.rule, caught.value.address) == ("metadata", None)
    EgressPolicy(["169.254.169.254"]).check_url("http", name, 80)


@pytest.mark.parametrize("scheme", ["http", "https", "ftp", "ftpes", "ftps", "sftp"])
def test_the_schemes_of_the_transports_are_called(scheme: str) -> None:
    EgressPolicy(["0.0.0.0/0"]).check_url(scheme, "api.example", 21)


@pytest.mark.parametrize("scheme", ["file", "gopher", "HTTP", "ssh", ""])
def test_no_other_scheme_is_called(scheme: str) -> None:
    with pytest.raises(EgressDenied) as caught:
        EgressPolicy(["0.0.0.0/0"]).check_url(scheme, "api.example", 21)

    assert caught.value.rule == "scheme"
    EgressPolicy().check_url("http", "api.example", 8080)
    EgressPolicy().check_url("https", "api.example", 443)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"]
)
def test_our_own_ports_are_closed_whatever_is_allowed(address: str) -> None:
    policy = EgressPolicy(["0.0.0.0/0", "::/0", "api.example", "127.0.0.1", "::1"], frozenset({23000}))

    assert denied(policy, address, port=23000) == "own-port"
    assert denied(policy, address, port=23001) is None


def outer_addresses() -> list[str]:
    """The addresses of this machine's interfaces, as Linux tells them."""
    found = []
    for _, name in socket.if_nameindex():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
            answer = fcntl.ioctl(probe, 0x8915, name.encode().ljust(40, b"\0"))  # SIOCGIFADDR
            found.append(socket.inet_ntoa(answer[20:24]))
    ipv6 = Path("/proc/net/if_inet6")
    for line in ipv6.read_text().splitlines() if ipv6.exists() else ():
        digits, *_, name = line.split()
        zone = f"%{name}" if digits.startswith("fe8") else ""
        found.append(f"{IPv6Address(int(digits, 16))}{zone}")
    return found


def test_every_address_of_this_machine_is_its_own() -> None:
    policy = EgressPolicy(["0.0.0.0/0", "::/0"], frozenset({23000}))
    addresses = outer_addresses()

    assert addresses
    assert {denied(policy, address, port=23000) for address in addresses} == {"own-port"}
    assert {denied(policy, address, port=23001) for address in addresses} == {None}


def test_the_same_port_of_another_machine_is_not_ours() -> None:
    assert denied(EgressPolicy(["10.0.0.0/8"], frozenset({443})), "93.184.216.34", "2606:4700::1") is None


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.0.0.0/8", "10.0.0.0/8"),
        (" 10.1.2.3 ", "10.1.2.3/32"),
        ("[::1]", "::1/128"),
        ("[fd00::]/8", "fd00::/8"),
        ("::ffff:10.1.2.3", "10.1.2.3/32"),
        ("10.1.2.3.", "10.1.2.3/32"),
    ],
)
def test_networks_and_addresses_are_read(text: str, network: str) -> None:
    assert parse_allow(text) == AllowEntry(network=ip_network(network))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10.0.0.1/8", "Did you mean 10.0.0.0/8 or 10.0.0.1?"),
        ("10.0.0.0/33", "a number from 0 to 32"),
        ("fd00::/129", "a number from 0 to 128"),
        ("10.0.0.0/255.0.0.0", "a number from 0 to 32"),
        ("10.0.0.0/", "a number from 0 to 32"),
        ("10.0.0", "Write all of it"),
        ("127.1", "Write all of it"),
        ("0x7f.1", "Write all of it"),
        ("2130706433", "Write all of it"),
        ("010.0.0.1", "Write all of it"),
        ("10.0.0.256", "Write all of it"),
        ("fe80::1%eth0", "Leave out the zone"),
        ("http://erp.example", "without http://"),
        ("erp.example:8080", "Leave out the port"),
        ("10.0.0.1:80", "Leave out the port"),
        ("erp.example/8", "A host name stands alone"),
        ("*", "for example *.example.org"),
        ("*.", "for example *.example.org"),
        ("a*.example.org", "for example *.example.org"),
        ("*.*.example.org", "for example *.example.org"),
        ("", "Enter a host name"),
        ("my host", "neither a network nor a host name"),
        ("user@host", "neither a network nor a host name"),
        ("host?x", "neither a network nor a host name"),
        ("a..b", "neither a network nor a host name"),
        ("a" * 300, "neither a network nor a host name"),
    ],
)
def test_what_is_no_entry_is_refused_with_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_allow(text)


@given(st.text(max_size=40))
def test_an_entry_is_read_or_refused_and_nothing_else_happens(text: str) -> None:
    refusal, entry = "", AllowEntry()
    try:
        entry = parse_allow(text)
    except ValueError as error:
        refusal = str(error)

    assert refusal.endswith((".", "?")) or (entry.network is None) != (entry.host == "")
