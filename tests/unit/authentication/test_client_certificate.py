# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Client certificates as they are entered, as they are stored, and before a TLS server that asks for one."""

import base64
import hashlib
import socket
import ssl
import threading
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from openconnector.authentication.client_certificate import ClientCertificate, check_pair, expires_at
from openconnector.authentication.pasted import KeyProblem
from openconnector.vault.secret import MASK
from tests.factories import MARK, marked
from tests.keys import Issued, chain, ec_key, issue, jwk_of, pem_of, pkcs12_of, rsa_key

PASTED = Path(__file__).parent / "pasted"
PASSPHRASE = "open-sesame"
LEAF, MIDDLE, ROOT = chain()
CHAIN = LEAF.pem + MIDDLE.pem + ROOT.pem


def entered(**values: Any) -> ClientCertificate:
    return ClientCertificate.model_validate(values)


def settled(**values: Any) -> ClientCertificate:
    certificate, errors = entered(**values).settled()
    assert errors == []
    return certificate


def pointers(**values: Any) -> list[tuple[str | None, str]]:
    return [(error.pointer, error.code) for error in entered(**values).settled()[1]]


def secrets_of(certificate: ClientCertificate) -> tuple[str, str, str]:
    of_file, passphrase, key = certificate.pkcs12, certificate.passphrase, certificate.private_key
    return of_file.get_secret_value(), passphrase.get_secret_value(), key.get_secret_value()


@pytest.mark.parametrize(
    "values",
    [
        {"pkcs12": pkcs12_of(LEAF, (ROOT, MIDDLE), PASSPHRASE), "passphrase": PASSPHRASE},
        {"pkcs12": pkcs12_of(LEAF, (MIDDLE, ROOT))},
        {"certificates": ROOT.pem + MIDDLE.pem + LEAF.pem, "privateKey": pem_of(LEAF.key)},
        {"certificates": CHAIN, "privateKey": pem_of(LEAF.key, PASSPHRASE), "passphrase": PASSPHRASE},
        {"certificates": CHAIN, "privateKey": jwk_of(LEAF.key)},
        {"certificates": CHAIN + pem_of(LEAF.key)},
        {"certificates": CHAIN + pem_of(LEAF.key), "privateKey": MASK},
        {"privateKey": MIDDLE.pem + pem_of(LEAF.key) + LEAF.pem + ROOT.pem},
        {"privateKey": CHAIN + pem_of(LEAF.key), "certificates": issue("former", ec_key()).pem},
        {"pkcs12": pkcs12_of(LEAF, (MIDDLE, ROOT)), "certificates": issue("former", ec_key()).pem, "privateKey": MASK},
        {"pkcs12": MASK, "certificates": CHAIN, "privateKey": pem_of(LEAF.key)},
    ],
)
def test_whatever_was_entered_one_form_is_stored(values: dict[str, str]) -> None:
    certificate = settled(**values)
    assert certificate.certificates == CHAIN
    assert secrets_of(certificate) == ("", "", pem_of(LEAF.key))
    assert certificate.settled() == (certificate, [])


@pytest.mark.parametrize("name", ["modern", "legacy", "java"])
def test_files_of_other_programs_are_read(name: str) -> None:
    text = base64.b64encode((PASTED / f"{name}.p12").read_bytes()).decode()
    certificate = settled(pkcs12=text, passphrase=PASSPHRASE)
    check_pair(certificate.certificates, certificate.private_key.get_secret_value())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, [("/certificates", "missing"), ("/privateKey", "missing")]),
        ({"certificates": CHAIN}, [("/privateKey", "missing")]),
        ({"privateKey": pem_of(LEAF.key)}, [("/certificates", "missing")]),
        ({"privateKey": MASK}, [("/certificates", "missing")]),
        ({"certificates": CHAIN, "privateKey": pem_of(ec_key())}, [("/privateKey", "invalid")]),
        ({"certificates": CHAIN, "privateKey": pem_of(LEAF.key, "p")}, [("/passphrase", "invalid")]),
        ({"certificates": CHAIN, "privateKey": "AAAA"}, [("/privateKey", "invalid")]),
        ({"certificates": "AAAA", "privateKey": pem_of(LEAF.key)}, [("/certificates", "invalid")]),
        ({"certificates": "AAAA", "privateKey": MASK}, [("/certificates", "invalid")]),
        ({"pkcs12": pkcs12_of(LEAF, (), PASSPHRASE)}, [("/passphrase", "invalid")]),
        ({"pkcs12": pkcs12_of(LEAF, (), PASSPHRASE), "passphrase": "wrong"}, [("/passphrase", "invalid")]),
        ({"pkcs12": CHAIN}, [("/pkcs12", "invalid")]),
    ],
)
def test_what_is_wrong_is_told_under_its_field(values: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert pointers(**values) == expected


def test_a_mask_of_the_key_stays_and_the_certificates_are_put_in_order() -> None:
    certificate = settled(certificates=ROOT.pem + LEAF.pem + MIDDLE.pem, privateKey=MASK, passphrase="left over")
    assert certificate.certificates == CHAIN
    assert secrets_of(certificate) == ("", "", MASK)


def test_a_private_key_among_certificates_never_stays_there() -> None:
    text = (PASTED / "bags.pem").read_text()
    for values in ({"privateKey": MASK}, {"privateKey": "AAAA"}, {"privateKey": pem_of(ec_key())}, {}):
        certificate, _ = entered(certificates=text, **values).settled()
        assert "PRIVATE KEY" not in certificate.certificates


def test_a_stored_key_is_checked_against_certificates_that_were_changed() -> None:
    check_pair(CHAIN, pem_of(LEAF.key))
    with pytest.raises(KeyProblem, match=r"does not belong to the certificate of client\.example") as raised:
        check_pair(CHAIN, pem_of(ec_key()))
    assert raised.value.field == "privateKey"
    with pytest.raises(KeyProblem, match="does not belong"):
        check_pair(MIDDLE.pem + LEAF.pem, pem_of(LEAF.key))  # the first one is what TLS shows as the client's


@pytest.mark.parametrize(("certificates", "key"), [("", pem_of(LEAF.key)), (CHAIN, ""), ("", "")])
def test_where_one_half_is_missing_there_is_no_pair_to_check(certificates: str, key: str) -> None:
    check_pair(certificates, key)


def test_a_pair_that_cannot_be_read_is_no_pair() -> None:
    with pytest.raises(KeyProblem, match="no certificate here"):
        check_pair(pem_of(LEAF.key), pem_of(LEAF.key))
    with pytest.raises(KeyProblem, match="cannot be read"):
        check_pair(CHAIN, "AAAA")


def test_the_end_and_the_fingerprint_are_those_of_the_first_certificate() -> None:
    leaf = issue("soon", ec_key(), ROOT, ends=timedelta(days=3))
    certificate = entered(certificates=leaf.pem + ROOT.pem, privateKey=MASK)
    assert certificate.not_after == expires_at(leaf.pem) == leaf.certificate.not_valid_after_utc
    assert certificate.not_after.tzinfo == UTC
    assert certificate.fingerprint == hashlib.sha256(leaf.der).hexdigest()


@pytest.mark.parametrize("pem", ["", "AAAA", pem_of(LEAF.key)])
def test_what_is_no_certificate_has_no_end(pem: str) -> None:
    assert expires_at(pem) is None
    assert entered(certificates=pem).not_after is None
    assert entered(certificates=pem).fingerprint is None


@pytest.mark.parametrize("field", ["pkcs12", "certificates", "privateKey"])
def test_there_is_an_end_to_what_can_be_entered(field: str) -> None:
    with pytest.raises(ValidationError):
        entered(**{field: "a" * 98_305})
    entered(**{field: "a" * 98_304})


def test_a_client_certificate_does_not_show_its_secrets() -> None:
    shown = entered(pkcs12=marked("a"), passphrase=marked("b"), certificates=marked("c"), privateKey=marked("d"))
    assert MARK not in repr(shown) + str(shown)
    assert {shown.to_json()[name] for name in ("pkcs12", "passphrase", "privateKey")} == {MASK}


@pytest.mark.parametrize("key", [LEAF.key, rsa_key()], ids=["ec", "rsa"])
def test_a_server_that_asks_for_a_certificate_takes_what_is_stored(key: Any, tmp_path: Path) -> None:
    leaf = issue("client.example", key, MIDDLE)
    certificate = settled(pkcs12=pkcs12_of(leaf, (ROOT, MIDDLE), PASSPHRASE), passphrase=PASSPHRASE)
    assert shown_to_server(certificate, tmp_path) == (("commonName", "client.example"),)


def shown_to_server(certificate: ClientCertificate, directory: Path) -> tuple[tuple[str, str], ...]:
    """The subject that a TLS server finds in what the client shows; it trusts the root alone."""
    server = context(ssl.PROTOCOL_TLS_SERVER, issue("server", ec_key(), usages=()), directory)
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(cadata=ROOT.pem)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    pair = directory / "pair.pem"
    pair.write_text(certificate.private_key.get_secret_value() + certificate.certificates)
    client.load_cert_chain(pair)
    found: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            plain, _ = listening.accept()
            with server.wrap_socket(plain, server_side=True) as connection:
                found.append(connection.getpeercert())
                connection.sendall(b"x")

        thread = threading.Thread(target=serve)
        thread.start()
        with socket.create_connection(listening.getsockname()) as plain, client.wrap_socket(plain) as connection:
            assert connection.recv(1) == b"x"
        thread.join()
    [subject] = found[0]["subject"]
    return tuple(subject)


def context(protocol: int, issued: Issued, directory: Path) -> ssl.SSLContext:
    created = ssl.SSLContext(protocol)
    path = directory / "server.pem"
    path.write_text(pem_of(issued.key) + issued.pem)
    created.load_cert_chain(path)
    return created
