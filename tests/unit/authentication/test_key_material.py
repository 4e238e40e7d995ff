# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is said of keys and certificates that were pasted. A key is never part of it."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from hypothesis import given
from hypothesis import strategies as st

from openconnector.authentication.key_inspection import read_certificates
from openconnector.authentication.key_material import inspect
from openconnector.authentication.key_pair import read_pkcs12
from openconnector.authentication.pasted import KeyProblem
from tests.factories import MARK, marked
from tests.keys import (
    Key,
    chain,
    ec_key,
    ed25519_key,
    issue,
    jwk_of,
    pem_of,
    pkcs12_of,
    public_pem_of,
    rsa_key,
    service_account,
)

PASTED = Path(__file__).parent / "pasted"
PASSPHRASE = "open-sesame"
RSA = ["RS256", "PS256", "RS384", "PS384", "RS512", "PS512"]


def pasted(name: str) -> str:
    return (PASTED / name).read_text()


def file(name: str) -> str:
    return base64.b64encode((PASTED / name).read_bytes()).decode()


def seen(text: str, passphrase: str = "") -> dict[str, Any]:
    """The answer of the API."""
    return inspect(text, passphrase).to_json()


def problems(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem["severity"], problem["field"]) for problem in answer["problems"]]


@pytest.mark.parametrize(
    ("key", "described", "algorithms"),
    [
        (rsa_key(), ("RSA", 2048, None), RSA),
        (ec_key("P-256"), ("EC", 256, "P-256"), ["ES256"]),
        (ec_key("P-384"), ("EC", 384, "P-384"), ["ES384"]),
        (ec_key("P-521"), ("EC", 521, "P-521"), ["ES512"]),
        (ed25519_key(), ("OKP", 256, "Ed25519"), ["EdDSA"]),
    ],
    ids=["rsa", "p256", "p384", "p521", "ed25519"],
)
def test_a_private_key_is_described(key: Key, described: tuple[str, int, str | None], algorithms: list[str]) -> None:
    algorithm, bits, curve = described
    expected = {"algorithm": algorithm, "bits": bits, "curve": curve, "kid": None, "isWeak": False}
    for kind, text in (("privateKey", pem_of(key)), ("jwk", jwk_of(key))):
        answer = seen(text)
        assert (answer["kind"], answer["key"], answer["suggestedAlgorithms"]) == (kind, expected, algorithms)
        assert (answer["problems"], answer["needsPassphrase"], answer["certificates"]) == ([], False, [])


def test_an_encrypted_key_asks_for_its_passphrase_and_goes_on_to_show_that_it_did() -> None:
    asked, wrong = seen(pasted("pkcs8-aes.pem")), seen(pasted("pkcs8-aes.pem"), marked("wrong"))
    assert problems(asked) == problems(wrong) == [("error", "passphrase")]
    assert asked["kind"] == "privateKey"
    assert asked["key"] is None
    opened = seen(pasted("pkcs8-aes.pem"), PASSPHRASE)
    assert problems(opened) == []
    assert opened["key"]["curve"] == "P-256"
    assert asked["needsPassphrase"] is wrong["needsPassphrase"] is opened["needsPassphrase"] is True


def test_a_certificate_is_described() -> None:
    answer = seen(pasted("certificate.pem"))
    assert answer["kind"] == "certificate"
    [certificate] = answer["certificates"]
    assert certificate == {
        "subject": "CN=koppeling.example,O=Gemeente,C=NL",
        "issuer": "CN=koppeling.example,O=Gemeente,C=NL",
        "names": ["koppeling.example"],
        "notBefore": "2026-11-26T21:58:32.000Z",
        "notAfter": "2126-11-02T21:58:32.000Z",
        "fingerprint": "f9260f4105f18d7b331d4949cf1080c320eeee5beff8911e63a95fc56a030a06",
        "daysLeft": certificate["daysLeft"],
        "serialNumber": "4b1565e475cd952ae07c3244ef4c9aff718b685d",
        "isSelfSigned": True,
        "key": {"algorithm": "EC", "bits": 256, "curve": "P-256", "kid": None, "isWeak": False},
        "thumbprints": {
            "x5t": "nz7lIfW-ug3hWldXgNGox6eSXso",
            "x5tS256": "-SYPQQXxjXszHUlJzxCAwyDu7lvv-JEeY6lfxWoDCgY",
        },
    }
    assert answer["thumbprints"] == certificate["thumbprints"]
    assert answer["key"] is None
    assert answer["suggestedAlgorithms"] == ["ES256"]


def test_days_are_counted_from_now() -> None:
    [read] = read_certificates(issue("x", ec_key(), ends=timedelta(days=100, minutes=1)).pem)
    assert read.days_left == 100


def test_a_key_and_its_chain_in_one_text_are_put_in_order() -> None:
    leaf, middle, root = chain()
    answer = seen(root.pem + pem_of(leaf.key) + leaf.pem + middle.pem)
    assert answer["kind"] == "certificateAndKey"
    assert [each["subject"] for each in answer["certificates"]] == ["CN=client.example", "CN=Issuer", "CN=Root"]
    assert answer["problems"] == []


def test_a_key_beside_the_certificate_of_another_is_an_error_and_both_are_described() -> None:
    answer = seen(pem_of(ec_key()) + chain()[0].pem)
    assert ("error", "privateKey") in problems(answer)
    assert "does not belong to the certificate of client.example" in answer["problems"][0]["text"]
    assert answer["key"]["algorithm"] == "EC"
    assert len(answer["certificates"]) == 1


def test_certificates_beside_an_encrypted_key_are_described_before_it_is_opened() -> None:
    leaf = issue("self", ec_key())
    answer = seen(pem_of(leaf.key, PASSPHRASE) + leaf.pem)
    assert (answer["kind"], answer["key"], len(answer["certificates"])) == ("certificateAndKey", None, 1)
    assert problems(answer) == [("error", "passphrase")]


@pytest.mark.parametrize("name", ["modern.p12", "legacy.p12", "java.p12"])
def test_a_pkcs12_file_is_described_when_its_passphrase_is_there(name: str) -> None:
    closed, wrong, opened = seen(file(name)), seen(file(name), "wrong"), seen(file(name), PASSPHRASE)
    assert closed["kind"] == wrong["kind"] == opened["kind"] == "pkcs12"
    assert closed["needsPassphrase"] is wrong["needsPassphrase"] is opened["needsPassphrase"] is True
    assert problems(closed) == problems(wrong) == [("error", "passphrase")]
    assert closed["problems"][0]["text"] != wrong["problems"][0]["text"]
    assert closed["certificates"] == []
    assert problems(opened) == []
    assert opened["key"]["curve"] == "P-256"
    assert len(opened["certificates"]) == 1


def test_a_pkcs12_file_without_a_passphrase_needs_none() -> None:
    answer = seen(file("no-passphrase.p12"))
    assert (answer["needsPassphrase"], answer["problems"]) == (False, [])


@pytest.mark.parametrize(
    ("name", "said"), [("no-key.p12", "holds no private key"), ("no-certificate.p12", "holds no certificate")]
)
def test_a_pkcs12_file_that_lacks_something_says_what(name: str, said: str) -> None:
    answer = seen(file(name), PASSPHRASE)
    assert problems(answer) == [("error", "pkcs12")]
    assert said in answer["problems"][0]["text"]


def test_a_pkcs12_file_with_the_certificate_of_another_key_is_refused() -> None:
    raw = serialize_key_and_certificates(b"x", ec_key(), None, [chain()[0].certificate], NoEncryption())
    answer = seen(base64.b64encode(raw).decode())
    assert problems(answer) == [("error", "privateKey")]
    assert "does not belong to the certificate of client.example" in answer["problems"][0]["text"]


def test_the_chain_of_a_pkcs12_file_is_in_order() -> None:
    leaf, middle, root = chain()
    key, certificates = read_pkcs12(pkcs12_of(leaf, (root, middle), PASSPHRASE), PASSPHRASE)
    assert key == pem_of(leaf.key)
    assert certificates == leaf.pem + middle.pem + root.pem


@pytest.mark.parametrize("text", [pasted("pkcs8.pem"), "no file", file("modern.p12")[:-8], ""])
def test_what_is_no_pkcs12_file_is_told_under_its_field(text: str) -> None:
    with pytest.raises(KeyProblem) as raised:
        read_pkcs12(text, PASSPHRASE)
    assert raised.value.field == "pkcs12"


def test_a_service_account_shows_what_is_public() -> None:
    answer = seen(service_account(rsa_key()))
    assert answer["kind"] == "serviceAccount"
    assert answer["serviceAccount"] == {
        "clientEmail": "koppeling@gemeente-1234.iam.gserviceaccount.example",
        "tokenUri": "https://oauth2.googleapis.example/token",
        "privateKeyId": "5f2c9a",
        "projectId": "gemeente-1234",
    }
    assert answer["key"]["kid"] == "5f2c9a"
    assert answer["suggestedAlgorithms"] == RSA


def test_the_algorithm_that_a_jwk_was_made_for_comes_first() -> None:
    assert seen(jwk_of(rsa_key(), alg="PS512", kid="k"))["suggestedAlgorithms"][0] == "PS512"
    assert seen(jwk_of(rsa_key(), alg="none"))["suggestedAlgorithms"] == RSA


@pytest.mark.parametrize(
    ("size", "algorithms", "is_weak"),
    [
        (16, ["HS256"], True),
        (32, ["HS256"], False),
        (48, ["HS256", "HS384"], False),
        (64, ["HS256", "HS384", "HS512"], False),
    ],
)
def test_a_shared_secret_is_described_by_its_length(size: int, algorithms: list[str], *, is_weak: bool) -> None:
    encoded = base64.urlsafe_b64encode(bytes(range(size))).decode().rstrip("=")
    answer = seen(json.dumps({"kty": "oct", "k": encoded, "kid": "shared"}))
    assert answer["kind"] == "jwk"
    described = {"algorithm": "oct", "bits": size * 8, "curve": None, "kid": "shared", "isWeak": is_weak}
    assert (answer["key"], answer["suggestedAlgorithms"]) == (described, algorithms)
    assert problems(answer) == ([("warning", "privateKey")] if is_weak else [])


def test_a_shared_secret_without_a_value_is_an_error() -> None:
    assert problems(seen('{"kty": "oct"}')) == [("error", "privateKey")]
    assert problems(seen('{"kty": "oct", "k": "#"}')) == [("error", "privateKey")]


def test_a_weak_key_is_a_warning_wherever_it_is() -> None:
    alone = seen(pasted("rsa1024-pkcs1.pem"))
    assert problems(alone) == [("warning", "privateKey")]
    assert alone["key"]["isWeak"] is True
    certified = seen(issue("weak", rsa_key(1024)).pem)
    assert problems(certified) == [("warning", "certificates")]


def test_a_key_that_cannot_sign_jwts_is_a_warning() -> None:
    key = x25519.X25519PrivateKey.generate()
    answer = seen(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
    assert problems(answer) == [("warning", "privateKey")]
    assert "(X25519)" in answer["problems"][0]["text"]


def test_what_should_be_known_about_certificates_is_a_warning() -> None:
    answer = seen(issue("old", ec_key(), begins=timedelta(days=-9), ends=timedelta(days=-2)).pem)
    assert problems(answer) == [("warning", "certificates")]
    assert answer["certificates"][0]["daysLeft"] == -3


@pytest.mark.parametrize(
    "text", ["", "a word", pasted("request.pem"), public_pem_of(ec_key()), "a" * 100_000, "{", "-----BEGIN "]
)
def test_anything_else_is_unknown_and_says_why(text: str) -> None:
    answer = seen(text)
    assert (answer["kind"], answer["key"], problems(answer)) == ("unknown", None, [("error", "privateKey")])


def test_a_damaged_certificate_is_an_error_under_certificates() -> None:
    answer = seen("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----")
    assert (answer["kind"], problems(answer)) == ("certificate", [("error", "certificates")])


PLAIN = [
    base64.b64decode("".join(line for line in pasted(name).splitlines() if "-----" not in line))
    for name in ("certificate.pem", "certificates.p7b", "pkcs8.pem", "rsa1024-pkcs1.pem", "request.pem")
]


@pytest.mark.filterwarnings("ignore::UserWarning")  # the library's, of what it will refuse one day
@given(st.sampled_from(PLAIN), st.integers(0), st.integers(0, 255))
def test_one_changed_byte_anywhere_makes_a_problem_or_nothing_but_never_a_failure(
    raw: bytes, position: int, value: int
) -> None:
    at = position % len(raw)
    answer = seen(base64.b64encode(raw[:at] + bytes([value]) + raw[at + 1 :]).decode())
    assert answer["kind"] in {"certificate", "privateKey", "unknown", "pkcs12"}


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert seen(text, text)["problems"]


@pytest.mark.parametrize("half", ["kid", "alg"])
def test_half_a_character_in_a_jwk_does_not_spoil_the_answer(half: str) -> None:
    answer = inspect(jwk_of(ec_key(), **{half: "\ud800"})).model_dump_json()
    assert "ES256" in answer


def test_an_inspection_never_holds_a_key() -> None:
    leaf, *others = chain()
    secret = marked("passphrase")
    texts = [
        pem_of(rsa_key()),
        jwk_of(rsa_key()),
        jwk_of(ed25519_key()),
        service_account(rsa_key()),
        pem_of(leaf.key, secret) + leaf.pem,
        pkcs12_of(leaf, others, secret),
    ]
    for text in texts:
        seen = inspect(text, secret)
        said = seen.model_copy(update={"ssh": None}).model_dump_json()  # the modulus stands in PEM as it does there
        pieces = {piece for piece in text.replace("\\n", "\n").replace('"', "\n").splitlines() if len(piece) >= 40}
        pieces = {piece for piece in pieces if "@" not in piece}
        assert pieces
        public = {line for each in (leaf, *others) for line in each.pem.splitlines()}
        assert [piece for piece in pieces - public if piece in said] == []
        assert MARK not in said
