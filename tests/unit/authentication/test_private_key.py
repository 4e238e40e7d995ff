# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Private keys in every form in which people have them, and what is said of those that cannot be used."""

import base64
import itertools
import json
import traceback
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from openconnector.authentication.key_pair import read_private_key
from openconnector.authentication.pasted import KeyProblem
from openconnector.authentication.private_key import load_stored
from tests.factories import MARK, marked
from tests.keys import Key, chain, ec_key, ed25519_key, jwk_of, pem_of, public_pem_of, rsa_key, service_account

PASTED = Path(__file__).parent / "pasted"
PASSPHRASE = "open-sesame"


def pasted(name: str) -> str:
    return (PASTED / name).read_text()


def problem(text: str, passphrase: str = "") -> KeyProblem:
    with pytest.raises(KeyProblem) as raised:
        read_private_key(text, passphrase)
    return raised.value


def same(pem: str, key: Key) -> bool:
    """Whether a text is a key in PKCS#8 without encryption."""
    assert pem.startswith("-----BEGIN PRIVATE KEY-----")
    return bool(load_pem_private_key(pem.encode(), None).public_key() == key.public_key())


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (rsa_key(), "RSA 2048"),
        (ec_key("P-256"), "EC P-256"),
        (ec_key("P-384"), "EC P-384"),
        (ec_key("P-521"), "EC P-521"),
        (ed25519_key(), "Ed25519"),
    ],
    ids=["rsa", "p256", "p384", "p521", "ed25519"],
)
def test_a_key_is_read_from_pem_and_from_a_jwk(key: Key, kind: str) -> None:
    for text in (pem_of(key), jwk_of(key)):
        read = read_private_key(text)
        assert same(read.pem, key)
        assert str(read.kind) == kind
        assert read.kind.weakness is None


@pytest.mark.parametrize(
    "name",
    ["sec1.pem", "sec1-aes.pem", "sec1-des3.pem", "pkcs8.pem", "pkcs8-aes.pem", "pkcs8-3des.pem", "pkcs8-scrypt.pem"],
)
def test_every_form_of_openssl_is_read(name: str) -> None:
    assert read_private_key(pasted(name), PASSPHRASE).pem == pasted("pkcs8.pem")


def test_a_passphrase_that_is_not_needed_does_no_harm() -> None:
    assert read_private_key(pasted("pkcs8.pem"), PASSPHRASE).pem == pasted("pkcs8.pem")


@pytest.mark.parametrize("name", ["sec1-aes.pem", "sec1-des3.pem", "pkcs8-aes.pem", "pkcs8-scrypt.pem"])
def test_a_passphrase_that_is_missing_or_wrong_is_told_under_its_field(name: str) -> None:
    missing, wrong = problem(pasted(name)), problem(pasted(name), marked("wrong"))
    assert (missing.field, wrong.field) == ("passphrase", "passphrase")
    assert "Enter its passphrase" in str(missing)
    assert str(wrong) == "The passphrase does not open this private key."


@pytest.mark.parametrize(
    "spoiled",
    [
        pasted("pkcs8.pem").replace("\n", "\\n"),
        pasted("pkcs8.pem").replace("\n", "\r\n"),
        pasted("pkcs8.pem").replace("\n", " "),
        json.dumps(pasted("pkcs8.pem")),
        f"\ufeff  Subject: key\n\n{pasted('pkcs8.pem')}\nKind regards",
        pasted("bags.pem"),
        base64.b64encode(pasted("pkcs8.pem").encode()).decode(),
        "".join(pasted("pkcs8.pem").splitlines()[1:-1]),
        "data:application/octet-stream;base64," + "".join(pasted("pkcs8.pem").splitlines()[1:-1]),
    ],
    ids=["escaped", "crlf", "one line", "json", "letter", "bags", "base64 of pem", "base64 of der", "data url"],
)
def test_what_copying_does_to_a_key_is_undone(spoiled: str) -> None:
    assert read_private_key(spoiled).pem == pasted("pkcs8.pem")


def test_an_encrypted_key_loses_no_header_when_it_is_escaped() -> None:
    assert read_private_key(pasted("sec1-aes.pem").replace("\n", "\\n"), PASSPHRASE).pem == pasted("pkcs8.pem")


def test_the_key_id_of_a_jwk_comes_with_it() -> None:
    assert read_private_key(jwk_of(ec_key(), kid="2026-1")).kid == "2026-1"
    assert read_private_key(json.dumps({"keys": [json.loads(jwk_of(ec_key(), kid="2026-2"))]})).kid == "2026-2"


def test_a_service_account_of_google_brings_key_and_key_id() -> None:
    read = read_private_key(service_account(rsa_key()))
    assert same(read.pem, rsa_key())
    assert read.kid == "5f2c9a"


def test_an_rsa_jwk_may_leave_out_what_can_be_computed() -> None:
    jwk = json.loads(jwk_of(rsa_key()))
    assert same(
        read_private_key(json.dumps({name: jwk[name] for name in ("kty", "n", "e", "d", "p", "q")})).pem, rsa_key()
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (pasted("certificate.pem"), "This is a certificate, and not a private key"),
        (pasted("certificates.p7b"), "file of certificates"),
        (pasted("request.pem"), "certificate signing request"),
        (public_pem_of(ec_key()), "This is a public key"),
        (pasted("openssh.pem"), "ssh-keygen -p -m PKCS8"),
        ("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none", "puttygen key.ppk"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@here", "public key of SSH"),
        (pasted("pkcs8.pem").rsplit("-----END", 1)[0], "cut off"),
        (pasted("pkcs8.pem").replace("MI", "M", 1), "damaged"),
        (pasted("pkcs8.pem").replace("MI", "!!", 1), "below BEGIN PRIVATE KEY is damaged"),
        (pasted("pkcs8.pem") + pem_of(ed25519_key()), "2 private keys"),
        (pasted("dsa.pem"), "This is a key for DSA"),
        ("open-sesame", "none of what can be read here"),
        ("", "none of what can be read here"),
        ("bGl0dGxlIG1vcmUgdGhhbiBub3RoaW5n", "none of what can be read here"),
        ("a" * 100_000, "too large"),
        (base64.b64encode(bytes(70_000)).decode(), "too large"),
        (pasted("pkcs8.pem") * 40, "more than 30"),
        ("{", "not valid JSON"),
        ('{"a": 1}', "neither a JWK"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "not valid JSON"),
        ('{"keys": []}', "holds 0 keys"),
        (json.dumps({"keys": [json.loads(jwk_of(ec_key()))] * 2}), "holds 2 keys"),
        ('{"kty": "oct", "k": "AAAA"}', "shared secret"),
        ('{"kty": "AKP", "d": "AAAA"}', "not known here"),
        ('{"type": "service_account", "private_key": "none"}', "private_key of this service account is no key"),
    ],
)
def test_what_is_no_private_key_is_called_by_its_name(text: str, said: str) -> None:
    found = problem(text)
    assert said in str(found)
    assert found.field == "privateKey"


def changed(key: Key, **members: str | None) -> str:
    values = json.loads(jwk_of(key)) | members
    return json.dumps({name: value for name, value in values.items() if value is not None})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed(ec_key(), d=None), "no member d"),
        (changed(ec_key(), x="AAAA"), "damaged"),
        (changed(ec_key(), d="####"), "damaged"),
        (changed(ec_key(), crv="P-192"), "not known here"),
        (changed(ed25519_key(), x=json.loads(jwk_of(ec_key()))["x"]), "damaged"),
        (changed(ed25519_key(), d="AAAA"), "damaged"),
        (changed(ed25519_key(), crv="X25519"), "cannot sign"),
        (changed(rsa_key(), p=None), "no prime factors"),
        (changed(rsa_key(), q="AQ"), "damaged"),
        (changed(rsa_key(), d="AQAB"), "damaged"),
        (changed(rsa_key(), n="_" * 4000), "16384 bits"),
    ],
    ids=itertools.count(),
)
def test_a_jwk_that_cannot_be_used_says_why(text: str, said: str) -> None:
    assert said in str(problem(text))


def test_a_key_whose_numbers_do_not_belong_together_is_refused() -> None:
    numbers = rsa_key().private_numbers()
    wrong = rsa.RSAPrivateNumbers(
        numbers.p, numbers.q, numbers.d + 2, numbers.dmp1, numbers.dmq1, numbers.iqmp, numbers.public_numbers
    ).private_key(unsafe_skip_rsa_key_validation=True)
    assert "numbers do not belong together" in str(problem(pem_of(wrong)))


def test_a_key_that_would_take_minutes_to_check_is_refused() -> None:
    p, q = (1 << 9000) + 1, (1 << 9000) + 3
    huge = rsa.RSAPrivateNumbers(p, q, 5, 1, 1, 1, rsa.RSAPublicNumbers(65537, p * q))
    pem = pem_of(huge.private_key(unsafe_skip_rsa_key_validation=True))
    assert "The RSA key has 18001 bits. More than 16384 cannot be used." in str(problem(pem))


def test_a_key_that_would_take_hours_to_decrypt_is_refused() -> None:
    lines = pasted("pkcs8-aes.pem").splitlines()
    raw = base64.b64decode("".join(lines[1:-1]))
    # 2048 rounds, as an INTEGER, and two bytes more of it; the length of all that is around them grows alike.
    assert raw.count(b"\x02\x02\x08\x00") == 1
    more = bytearray(raw.replace(b"\x02\x02\x08\x00", b"\x02\x04\x7f\xff\xff\xff"))
    at = more.index(b"\x02\x04\x7f\xff\xff\xff")
    for start, length in structures_around(raw, at):
        more[start + length - 1] += 2
    text = base64.b64encode(bytes(more)).decode()
    assert "rounds of a hash" in str(problem(f"{lines[0]}\n{text}\n{lines[-1]}", PASSPHRASE))


def structures_around(raw: bytes, at: int) -> list[tuple[int, int]]:
    """Where the SEQUENCEs around a place begin, and how long their heads are."""
    found, start = [], 0
    while start < at:
        size, head = raw[start + 1], 2
        if size > 0x80:
            head += size - 0x80
            size = int.from_bytes(raw[start + 2 : start + head], "big")
        if start + head + size > at:
            if raw[start] == 0x30:
                found.append((start, head))
            start += head
        else:
            start += head + size
    return found


@pytest.mark.parametrize(
    ("text", "weakness"),
    [(pasted("rsa1024-pkcs1.pem"), "it has 1024 bits, and 2048 are the least"), (pem_of(ec_key("secp256k1")), None)],
)
def test_a_weak_key_is_read_and_called_weak(text: str, weakness: str | None) -> None:
    said = read_private_key(text).kind.weakness
    assert said is None if weakness is None else weakness in str(said)


def test_a_key_that_can_only_agree_on_keys_signs_nothing() -> None:
    key = x25519.X25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert read_private_key(pem).kind.signing_algorithms == ()


def test_a_public_key_in_der_is_called_by_its_name() -> None:
    raw = ec_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert "This is a public key" in str(problem(base64.b64encode(raw).decode()))


def test_a_read_key_does_not_show_itself() -> None:
    read = read_private_key(pasted("pkcs8.pem"))
    assert read.pem.splitlines()[1][:20] not in repr(read)


def test_no_problem_repeats_what_was_pasted() -> None:
    for text in (marked("x" * 300), f'{{"kty": "{marked("kind")}", "d": "{marked("d")}"}}', f'{{"a": "{marked("b")}'):
        found = problem(text, marked("passphrase"))
        assert MARK not in repr(found) + "".join(traceback.format_exception(found))


@pytest.mark.parametrize("text", ["", chain()[0].pem, pasted("pkcs8-aes.pem")])
def test_what_is_not_in_the_stored_form_is_told_to_be_entered_again(text: str) -> None:
    with pytest.raises(KeyProblem, match="Enter it again"):
        load_stored(text)
