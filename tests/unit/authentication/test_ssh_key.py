# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys that log in to SSH servers, in every form in which people have them."""

import asyncio
import base64
from pathlib import Path

import asyncssh
import pytest
from cryptography.hazmat.primitives.serialization import PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from openconnector.authentication.base import Signing
from openconnector.authentication.key_material import inspect
from openconnector.authentication.pasted import KeyProblem
from openconnector.authentication.private_key import kind_of, load_stored
from openconnector.authentication.ssh_key import SshKeyAuthentication
from openconnector.authentication.ssh_private_key import public_key_of, read_ssh_key
from openconnector.core.http import Request
from openconnector.vault.secret import MASK
from tests.factories import marked
from tests.keys import ec_key, ed25519_key, jwk_of, pem_of, public_pem_of, rsa_key

PASTED = Path(__file__).parent / "pasted"
SSH = PASTED / "ssh"
PASSPHRASE = "open-sesame"


def pasted(name: str) -> str:
    return (SSH / name).read_text()


def scheme(private_key: str, passphrase: str = "", **values: str) -> SshKeyAuthentication:
    return SshKeyAuthentication.model_validate(
        {"type": "ssh_key", "username": "alice", "privateKey": private_key, "passphrase": passphrase, **values}
    )


def problem(text: str, passphrase: str = "") -> tuple[str, str]:
    """Field and sentence."""
    with pytest.raises(KeyProblem) as caught:
        read_ssh_key(text, passphrase)
    return caught.value.field, str(caught.value)


@pytest.mark.parametrize(
    ("name", "passphrase", "public"),
    [
        ("ed25519", "", "ed25519"),
        ("ed25519", "not needed", "ed25519"),
        ("ed25519-encrypted", PASSPHRASE, "ed25519"),
        ("ed25519-v2.ppk", "", "ed25519"),
        ("ed25519-v3.ppk", "", "ed25519"),
        ("ed25519-v2-encrypted.ppk", PASSPHRASE, "ed25519"),
        ("ed25519-v3-encrypted.ppk", PASSPHRASE, "ed25519"),
        ("ed25519-argon2i.ppk", PASSPHRASE, "ed25519"),
        ("rsa", "", "rsa"),
        ("rsa.ppk", PASSPHRASE, "rsa"),
        ("ecdsa", "", "ecdsa"),
        ("ecdsa.ppk", "", "ecdsa"),
    ],
)
def test_what_openssh_and_putty_write_is_read(name: str, passphrase: str, public: str) -> None:
    key = read_ssh_key(pasted(name), passphrase)
    line, kind = public_key_of(key.pem).line, pasted(f"{public}.pub").split()
    assert line.split() == kind[:2]
    assert asyncssh.import_private_key(key.pem).get_fingerprint() == public_key_of(key.pem).fingerprint


@pytest.mark.parametrize("name", ["ed25519", "ed25519-v3.ppk", "rsa.ppk"])
def test_a_file_in_base64_or_with_other_line_ends_is_read_too(name: str) -> None:
    text, passphrase = pasted(name), PASSPHRASE if name == "rsa.ppk" else ""
    expected = read_ssh_key(text, passphrase).pem
    packed = base64.b64encode(text.encode()).decode()
    for spoiled in (
        packed,
        f"data:application/octet-stream;base64,{packed}",
        text.replace("\n", "\r\n"),
        f"\n{text}\n",
    ):
        assert read_ssh_key(spoiled, passphrase).pem == expected


@pytest.mark.parametrize(
    "text",
    [
        pem_of(rsa_key()),
        pem_of(rsa_key(), form=PrivateFormat.TraditionalOpenSSL),
        pem_of(ec_key("P-384"), form=PrivateFormat.TraditionalOpenSSL),
        pem_of(ec_key()),
        pem_of(ed25519_key()),
        jwk_of(ed25519_key()),
    ],
)
def test_pem_and_jwk_are_read(text: str) -> None:
    assert asyncssh.import_private_key(read_ssh_key(text).pem)


def test_an_encrypted_key_in_pem_opens_with_its_passphrase() -> None:
    assert read_ssh_key(pem_of(ed25519_key(), PASSPHRASE), PASSPHRASE).kind.curve == "Ed25519"
    assert problem(pem_of(ed25519_key(), PASSPHRASE), "other")[0] == "passphrase"


@pytest.mark.parametrize("name", ["ed25519-encrypted", "ed25519-v2-encrypted.ppk", "ed25519-v3-encrypted.ppk"])
def test_a_missing_and_a_wrong_passphrase_have_sentences_of_their_own(name: str) -> None:
    assert problem(pasted(name)) == ("passphrase", "The private key is encrypted. Enter its passphrase.")
    wrong = problem(pasted(name), marked("wrong"))
    assert wrong == ("passphrase", "The passphrase does not open this private key.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (pasted("ed25519.pub"), "This is the public key"),
        (pasted("ecdsa.pub"), "This is the public key"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA", "This is the public key"),
        (public_pem_of(ec_key()), "This is a public key"),
        (pasted("dsa"), "DSA"),
        (pasted("dsa.ppk"), "DSA"),
        (pem_of(ec_key("secp256k1")), "SSH has no keys of this kind (EC secp256k1)"),
        ("hello", "none of what can be read here"),
        (pasted("ed25519").replace("AAA", "AAB", 1), "damaged"),
        (pasted("ed25519-v3.ppk").replace("Private-MAC: ", "Private-MAC: 00"), "damaged"),
        (pasted("ed25519-v3.ppk").replace("me@here", "me@there"), "damaged"),
        (pasted("ed25519-v3.ppk").split("Private-Lines")[0], "damaged"),
        (pasted("ed25519-v3.ppk").split("Private-MAC")[0], "damaged"),
        (pasted("ed25519-v3.ppk").replace("Private-Lines: 1", "Private-Lines: 9"), "cut off"),
        (pasted("ed25519-v3.ppk").replace("File-3", "File-1"), "cannot be read"),
        (pasted("ed25519").rsplit("-----END", 1)[0], "cut off"),
        (pasted("ed25519") + pasted("rsa"), "2 private keys"),
    ],
)
def test_what_is_no_key_for_ssh_is_told_apart(text: str, said: str) -> None:
    field, sentence = problem(text)
    assert field == "privateKey"
    assert said in sentence


def test_a_key_that_takes_for_ever_to_open_is_refused() -> None:
    slow = pasted("rsa.ppk").replace("Argon2-Passes: 13", "Argon2-Passes: 1300000")
    large = pasted("rsa.ppk").replace("Argon2-Memory: 8192", "Argon2-Memory: 99999999")
    for text in (slow, large):
        assert "too long" in problem(text, PASSPHRASE)[1]
    raw = base64.b64decode("".join(pasted("ed25519-encrypted").splitlines()[1:-1]))
    at = raw.index(b"bcrypt") + len(b"bcrypt") + 4 + 4 + 16  # behind the salt
    patched = base64.b64encode(raw[:at] + (2**31).to_bytes(4, "big") + raw[at + 4 :]).decode()
    text = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{patched}\n-----END OPENSSH PRIVATE KEY-----\n"
    assert "rounds of bcrypt" in problem(text, PASSPHRASE)[1]


@given(st.binary(max_size=400))
def test_no_damage_is_more_than_a_problem(damage: bytes) -> None:
    raw = base64.b64encode(b"openssh-key-v1\0" + damage).decode()
    for text in (
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{raw}\n-----END OPENSSH PRIVATE KEY-----\n",
        pasted("ed25519-v3.ppk")[: 40 + len(damage)] + damage.decode("latin-1"),
    ):
        with pytest.raises(KeyProblem):
            read_ssh_key(text, "x")


def test_what_is_stored_is_the_key_without_its_passphrase_and_its_public_half() -> None:
    settled, errors = scheme(pasted("rsa.ppk"), PASSPHRASE, publicKey="ssh-rsa AAAA", fingerprint="x").settled()
    assert errors == []
    assert settled.passphrase.get_secret_value() == ""
    assert settled.private_key.get_secret_value().startswith("-----BEGIN PRIVATE KEY-----")
    assert settled.public_key.split() == pasted("rsa.pub").split()[:2]
    assert settled.fingerprint == "SHA256:9FDtmGMxB7x2GrOda3Tr+kgmG+A92BUqpsXKE+lDS4g"
    again, errors = settled.settled()
    assert (again, errors) == (settled, [])


def test_a_mask_keeps_the_public_half_that_was_read_with_it() -> None:
    stored, _ = scheme(pasted("ed25519")).settled()
    read = scheme(MASK, publicKey=stored.public_key, fingerprint="made up")
    kept, errors = read.settled()
    assert errors == []
    assert (kept.public_key, kept.fingerprint) == (stored.public_key, stored.fingerprint)
    assert scheme(MASK, publicKey="rubbish").settled()[0].public_key == ""


@pytest.mark.parametrize(
    ("text", "passphrase", "pointer", "code"),
    [
        ("", "", "/privateKey", "missing"),
        (pasted("ed25519.pub"), "", "/privateKey", "invalid"),
        (pasted("ed25519-encrypted"), "", "/passphrase", "invalid"),
        (pasted("ed25519-v3-encrypted.ppk"), "no", "/passphrase", "invalid"),
    ],
)
def test_what_is_wrong_stands_under_its_field(text: str, passphrase: str, pointer: str, code: str) -> None:
    settled, errors = scheme(text, passphrase).settled()
    assert [(error.pointer, error.code) for error in errors] == [(pointer, code)]
    assert settled.passphrase.get_secret_value() == ""


def test_a_request_of_http_is_not_signed() -> None:
    with pytest.raises(ValueError, match="sftp://"):
        scheme(pasted("ed25519")).sign(Request("GET", "https://api.example"), Signing())


@pytest.mark.parametrize("username", ["", "a\nb", "a\tb", "x" * 257])
def test_a_user_name_is_one_line(username: str) -> None:
    with pytest.raises(ValueError, match="username"):
        scheme(pasted("ed25519"), username=username)


def test_nothing_shows_the_key() -> None:
    settled, _ = scheme(pasted("ed25519-v3-encrypted.ppk"), PASSPHRASE).settled()
    body = settled.private_key.get_secret_value().splitlines()[1]
    assert body not in repr(settled) + settled.model_dump_json()
    assert list(settled.credentials()) == []


async def test_the_stored_key_is_the_one_that_asyncssh_logs_in_with() -> None:
    settled, _ = await asyncio.to_thread(scheme(pasted("ecdsa")).settled)
    key = asyncssh.import_private_key(settled.private_key.get_secret_value(), unsafe_skip_rsa_key_validation=True)
    assert key.export_public_key().decode().split() == settled.public_key.split()
    assert kind_of(load_stored(settled.private_key.get_secret_value()).public_key()).curve == "P-384"


def test_an_inspection_shows_what_the_server_has_to_know() -> None:
    for name, passphrase in (("rsa.ppk", PASSPHRASE), ("rsa", "")):
        seen = inspect(pasted(name), passphrase).to_json()
        assert seen["key"] == {"algorithm": "RSA", "bits": 2048, "curve": None, "kid": None, "isWeak": False}
        assert seen["ssh"]["publicKey"].split() == pasted("rsa.pub").split()[:2]
        assert seen["ssh"]["fingerprint"].startswith("SHA256:9FDtmGM")
        assert [(each["severity"], each["field"]) for each in seen["problems"]] == [("warning", "privateKey")]
    assert inspect(pem_of(ec_key())).to_json()["ssh"]["publicKey"].startswith("ecdsa-sha2-nistp256 ")
    assert inspect(pem_of(ec_key("secp256k1"))).to_json()["ssh"] is None


def test_an_inspection_asks_for_the_passphrase() -> None:
    for name in ("ed25519-encrypted", "ed25519-v3-encrypted.ppk"):
        seen = inspect(pasted(name)).to_json()
        assert (seen["needsPassphrase"], seen["key"], seen["problems"][0]["field"]) == (True, None, "passphrase")
    assert inspect(pasted("ed25519-v3-encrypted.ppk"), PASSPHRASE).needs_passphrase


def test_an_inspection_warns_of_a_weak_key() -> None:
    seen = inspect((PASTED / "rsa1024-pkcs1.pem").read_text())
    assert any("weak" in each.text for each in seen.problems)
    assert seen.ssh is not None
