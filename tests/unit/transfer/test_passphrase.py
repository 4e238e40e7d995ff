# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a passphrase has encrypted opens with it, in its place, and under parameters that a server can bear."""

from typing import Any

import pytest

from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.formats import native
from openconnector.transfer.passphrase import PassphraseCipher, WrongPassphrase

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="module")
def cipher() -> PassphraseCipher:
    return PassphraseCipher.new(PASSPHRASE)


def test_a_value_opens_in_its_own_place_alone(cipher: PassphraseCipher) -> None:
    again = PassphraseCipher.of(cipher.head, PASSPHRASE)
    stored = cipher.encrypt("s3cret", "here")
    assert stored != cipher.encrypt("s3cret", "here")
    assert again.decrypt(stored, "here") == "s3cret"
    assert again.decrypt(stored, "there") is None
    assert again.decrypt(stored[:-8] + "AAAAAAA=", "here") is None
    assert again.decrypt(["no text"], "here") is None


def test_another_passphrase_is_refused(cipher: PassphraseCipher) -> None:
    with pytest.raises(WrongPassphrase):
        PassphraseCipher.of(cipher.head, "another passphrase")


@pytest.mark.parametrize(
    "change",
    [
        {"n": 2**30},
        {"n": 2**17, "r": 1},
        {"n": 3},
        {"n": True},
        {"r": 10**9},
        {"p": 10**6},
        {"n": "65536"},
        {"salt": 7},
        {"algorithm": "ROT13"},
        {"keyDerivation": None},
    ],
)
def test_parameters_that_would_cost_too_much_or_make_no_sense_are_refused(
    cipher: PassphraseCipher, change: dict[str, Any]
) -> None:
    with pytest.raises(Unreadable):
        PassphraseCipher.of(cipher.head | change, PASSPHRASE)


def test_a_file_says_which_secrets_it_has_and_which_it_leaves_out(cipher: PassphraseCipher) -> None:
    definition = {"slug": "a", "location": "https://a.example", "authentication": {"type": "bearer"}}
    document = native.document_of([("id-1", definition, {"/authentication/token": "s3cret"})], cipher)
    assert "s3cret" not in repr(document)
    closed = native.read(document)[0]
    assert (closed.missing, closed.key) == (["/authentication/token"], "id-1")
    opened = native.read(native.opened(document, PASSPHRASE))[0]
    assert opened.definition["authentication"] == {"type": "bearer", "token": "s3cret"}
    assert (opened.missing, opened.notes) == ([], [])


@pytest.mark.parametrize(
    "document",
    [
        {"format": "openconnector-sources", "version": 2, "sources": []},
        {"format": "openconnector-sources", "version": 1},
        {"format": "openconnector-sources", "version": 1, "sources": {}},
        {"format": "openconnector-sources", "version": 1, "sources": ["x"]},
        {"format": "openconnector-sources", "version": 1, "sources": [{}] * (native.MAX_SOURCES + 1)},
    ],
)
def test_a_document_that_is_not_understood_says_where(document: Any) -> None:
    with pytest.raises(Unreadable) as raised:
        native.read(document)
    assert raised.value.pointer
