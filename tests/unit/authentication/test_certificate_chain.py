# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates in any order and with anything around them."""

import itertools
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from openconnector.authentication.certificate_chain import Chain, chain_of, concerns, fits, read_chain, thumbprints_of
from openconnector.authentication.pasted import KeyProblem
from openconnector.core.clock import now
from tests.keys import Issued, chain, ec_key, issue, pem_of, rsa_key

PASTED = Path(__file__).parent / "pasted"
DAY = timedelta(days=1)


def said_of(*issued: Issued, others: tuple[Issued, ...] = ()) -> list[str]:
    path, rest = (tuple(each.certificate for each in some) for some in (issued, others))
    return list(concerns(Chain(path, rest), now()))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("is_key_known", [True, False])
def test_the_certificate_of_the_key_comes_first_and_its_issuers_follow(
    order: tuple[int, ...], *, is_key_known: bool
) -> None:
    text = "\n".join(chain()[position].pem for position in order)
    read = read_chain(text, pem_of(chain()[0].key) if is_key_known else "")
    assert list(read.path) == [each.certificate for each in chain()]
    assert read.pem == "".join(each.pem for each in chain())


def test_a_key_finds_its_certificate_among_those_of_others() -> None:
    leaf, middle, _ = chain()
    stranger = issue("stranger", ec_key(number=7))
    read = read_chain(stranger.pem + middle.pem + leaf.pem, pem_of(leaf.key))
    assert read.path == (leaf.certificate, middle.certificate)
    assert read.others == (stranger.certificate,)
    assert said_of(leaf, middle, others=(stranger,)) == ["The certificate of stranger is no part of the chain."]


def test_an_issuer_of_the_same_name_with_another_key_is_no_issuer() -> None:
    leaf = chain()[0]
    impostor = issue("Issuer", ec_key(number=8), usages=())
    assert read_chain(leaf.pem + impostor.pem).path == (leaf.certificate,)


def test_the_same_certificate_twice_counts_once() -> None:
    assert len(read_chain(chain()[0].pem * 3).all) == 1


def test_a_key_that_belongs_to_no_certificate_is_told_whose_it_is_not() -> None:
    with pytest.raises(KeyProblem, match=r"does not belong to the certificate of client\.example") as raised:
        read_chain(chain()[0].pem, pem_of(ec_key()))
    assert raised.value.field == "privateKey"
    with pytest.raises(KeyProblem, match="does not belong to any of the certificates"):
        read_chain(chain()[0].pem + chain()[1].pem, pem_of(ec_key()))


@pytest.mark.parametrize(("key", "is_same"), [(rsa_key(), True), (rsa_key(number=1), False), (ec_key(), False)])
def test_a_key_fits_its_own_certificate_only(key: object, *, is_same: bool) -> None:
    certificate = issue("x", rsa_key()).certificate
    assert fits(pem_of(key), certificate) is is_same  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["certificate.pem", "trusted.pem", "certificates.p7b", "bags.pem"])
def test_every_form_of_openssl_is_read(name: str) -> None:
    text = (PASTED / name).read_text()
    expected = x509.load_pem_x509_certificate((PASTED / "certificate.pem").read_bytes())
    assert read_chain(text).all == (expected,)
    assert fits((PASTED / "pkcs8.pem").read_text(), expected)


def test_a_private_key_beside_certificates_is_left_out_of_them() -> None:
    read = read_chain((PASTED / "bags.pem").read_text())
    assert "PRIVATE KEY" not in read.pem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ((PASTED / "pkcs8.pem").read_text(), "There is no certificate here"),
        ("", "none of what can be read here"),
        (chain()[0].pem.replace("MII", "MIX", 1), "damaged"),
        (chain()[0].pem.replace("MII", "!!!", 1), "damaged"),
        ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", "A certificate is damaged"),
        ("-----BEGIN TRUSTED CERTIFICATE-----\nMIIC\n-----END TRUSTED CERTIFICATE-----", "damaged"),
    ],
)
def test_what_is_no_certificate_is_told_under_its_field(text: str, said: str) -> None:
    with pytest.raises(KeyProblem, match=said) as raised:
        read_chain(text)
    assert raised.value.field == "certificates"


def test_there_is_an_end_to_certificates() -> None:
    many = "".join(issue(f"{number}", ec_key()).pem for number in range(21))
    with pytest.raises(KeyProblem, match="more than 20"):
        read_chain(many)


def test_thumbprints_are_those_of_openssl() -> None:
    certificate = x509.load_pem_x509_certificate((PASTED / "certificate.pem").read_bytes())
    assert thumbprints_of(certificate) == ("nz7lIfW-ug3hWldXgNGox6eSXso", "-SYPQQXxjXszHUlJzxCAwyDu7lvv-JEeY6lfxWoDCgY")


def test_nothing_is_said_of_a_good_chain() -> None:
    assert said_of(*chain()) == []
    assert said_of(issue("self", ec_key())) == []


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (-9 * DAY, -2 * DAY, "expired on"),
        (2 * DAY, 400 * DAY, "is not valid before"),
        (-9 * DAY, 29 * DAY, "Ask for its successor now"),
        (-9 * DAY, 31 * DAY, ""),
    ],
)
def test_the_time_of_a_certificate_is_spoken_of(begins: timedelta, ends: timedelta, said: str) -> None:
    found = said_of(issue("self", ec_key(), begins=begins, ends=ends))
    assert [said in sentence for sentence in found] == ([True] if said else [])


def test_the_time_of_an_issuer_counts_as_well() -> None:
    root = issue("Root", ec_key(number=1), usages=(), ends=-DAY, begins=-2 * DAY)
    assert [sentence.split(" on ")[0] for sentence in said_of(issue("x", ec_key(), root), root)] == [
        "The certificate of Root expired"
    ]


def test_a_certificate_for_servers_only_is_spoken_of() -> None:
    found = said_of(issue("server", ec_key(), usages=(ExtendedKeyUsageOID.SERVER_AUTH,)))
    assert ["not made for clients" in sentence for sentence in found] == [True]
    assert said_of(issue("any", ec_key(), usages=(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,))) == []


def test_a_chain_that_is_not_complete_is_spoken_of() -> None:
    assert ["add the certificates of its issuers" in sentence for sentence in said_of(chain()[0])] == [True]


def test_a_signature_with_sha1_is_spoken_of_unless_it_is_its_own() -> None:
    read = read_chain((PASTED / "sha1-root.pem").read_text() + (PASTED / "sha1-leaf.pem").read_text())
    assert [each.subject.rfc4514_string() for each in read.path] == ["CN=leaf", "CN=Root"]
    said = "The certificate of leaf is signed with SHA-1 or MD5, which many servers refuse."
    assert [sentence for sentence in concerns(read, now()) if "SHA-1" in sentence] == [said]


def test_no_certificates_are_an_empty_chain() -> None:
    assert chain_of([]).pem == ""
