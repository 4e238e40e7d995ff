# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The format that OpenConnector itself writes, for moving sources and for keeping them under version control.

The same sources make the same bytes: in the order of their slugs, without times and without counters. A source is what
the API takes, with its `id`, the places of its secrets (`secretsLeftOut`, or encrypted under `secrets`), and
`revision`: the digest of what it was when it was written, which tells whether the file has been edited since.
"""

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Draft, Note, Unreadable
from openconnector.transfer.passphrase import PassphraseCipher, WrongPassphrase
from openconnector.vault.leaves import path_of, put, take
from openconnector.vault.secret import is_mask

FORMAT, VERSION = "openconnector-sources", 1

MAX_SOURCES = 5000
MAX_SECRETS = 500
"""Of one source: rows of headers and parameters, and those of its scheme."""

_UNOPENED = "$unopened"
"""Where `opened` lists the places of secrets that do not open there."""

_OWN = frozenset({"id", "secretsLeftOut", "secrets", "revision", _UNOPENED})
"""Members of a source in a file that are no members of `SourceCreate`."""

_MOVED = phrase(
    "This secret does not open here: it was changed or moved, or would be sent to another address or by another way. "
    "Enter it again."
)

_LIST_OF = "sources"


def document_of(
    sources: Iterable[tuple[str, dict[str, Any], Mapping[str, str]]], cipher: PassphraseCipher | None = None
) -> dict[str, Any]:
    """The document for some sources.

    Args:
        sources: id, definition without secrets, and the secrets by their JSON pointers into it; the mask: it is not
            known, since nobody has entered it yet.
        cipher: encrypts the secrets; None: they are left out.
    """
    entries = sorted((_entry(*source, cipher) for source in sources), key=lambda entry: (entry["slug"], entry["id"]))
    head: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    if cipher is not None:
        head["encryption"] = cipher.head
    return head | {_LIST_OF: entries}


def _entry(
    source_id: str, definition: dict[str, Any], secrets: Mapping[str, str], cipher: PassphraseCipher | None
) -> dict[str, Any]:
    entry = {"id": source_id} | definition
    known = [] if cipher is None else sorted(pointer for pointer, text in secrets.items() if not is_mask(text))
    if cipher is not None:
        entry["secrets"] = {pointer: cipher.encrypt(secrets[pointer], _place(entry, pointer)) for pointer in known}
    entry["secretsLeftOut"] = sorted(set(secrets).difference(known))
    return entry | {"revision": digest_of(definition)}


def digest_of(definition: Mapping[str, Any]) -> str:
    """What a definition without secrets is recognised by."""
    text = json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def recognises(document: Any) -> bool:
    """Whether a document is one of ours."""
    return isinstance(document, dict) and document.get("format") == FORMAT


def read(document: Any) -> list[Draft]:
    """The sources of a document. Encrypted secrets are missing: `opened` puts them in before.

    Raises:
        Unreadable: it is not one of ours, or is of a later version.
    """
    return [_draft(entry, f"/{_LIST_OF}/{position}") for position, entry in enumerate(_entries(document))]


def opened(document: Any, passphrase: str | None) -> Any:
    """The document with its encrypted secrets in clear; one without encryption is as it was.

    A secret that was moved to another place or host, or changed, is left out.

    Raises:
        Unreadable: the document is not understood.
        WrongPassphrase: it has secrets, and the passphrase does not open them.
    """
    if not recognises(document) or "encryption" not in document or passphrase is None:
        return document
    if not passphrase:
        raise WrongPassphrase(
            phrase("The secrets in this file are encrypted. Enter the passphrase, or leave them out.")
        )
    cipher = PassphraseCipher.of(document["encryption"], passphrase)
    document = copy.deepcopy(document)
    for entry in _entries(document):
        sealed = entry.get("secrets") if isinstance(entry, dict) else None
        if isinstance(sealed, dict):
            entry["secrets"] = dict(list(sealed.items())[:MAX_SECRETS])
            _open_into(entry, cipher)
    return document


def is_encrypted(document: Any) -> bool:
    """Whether a passphrase would open more of a document."""
    return recognises(document) and "encryption" in document


def _open_into(entry: dict[str, Any], cipher: PassphraseCipher) -> None:
    entry[_UNOPENED] = []
    for pointer, stored in list(entry["secrets"].items()):
        text = cipher.decrypt(stored, _place(entry, pointer))
        path = path_of(pointer.removeprefix("/"))
        if text is not None and isinstance(take(entry, path[:-1]), dict):
            put(entry, path, text)
            del entry["secrets"][pointer]
        else:
            entry[_UNOPENED].append(pointer)


def _place(entry: Mapping[str, Any], pointer: str) -> str:
    """What a secret is bound to: the source, the field, where calls of the source send it, and by which way."""
    proxy, trusted = (take(entry, ("connection", *path)) for path in (("proxy", "url"), ("caCertificates",)))
    way = [proxy or "", trusted or "", take(entry, ("connection", "verifyTls")) is not False]
    token = [take(entry, ("authentication", name)) for name in ("tokenUrl", "issuer")]
    sent_to = [entry.get("location"), *(token if pointer.startswith("/authentication/") else [])]
    if proxy and pointer.startswith("/connection/proxy/"):
        sent_to = []
    return json.dumps([FORMAT, VERSION, entry.get("id"), pointer, *sent_to, *way], ensure_ascii=False)


def _entries(document: Any) -> list[Any]:
    if not recognises(document):
        raise Unreadable(phrase("This is no export of OpenConnector."), pointer="/format")
    version = document.get("version")
    if version != VERSION:
        raise Unreadable(
            phrase(
                "The export is of version {version}, and version {known} is understood here.",
                version=str(version)[:20],
                known=VERSION,
            ),
            pointer="/version",
        )
    entries = document.get(_LIST_OF)
    if not isinstance(entries, list):
        raise Unreadable(phrase("The list of sources is missing."), pointer=f"/{_LIST_OF}")
    if len(entries) > MAX_SOURCES:
        detail = phrase("At most {limit} sources are imported at once.", limit=MAX_SOURCES)
        raise Unreadable(detail, pointer=f"/{_LIST_OF}")
    return entries


def _draft(entry: Any, pointer: str) -> Draft:
    if not isinstance(entry, dict):
        raise Unreadable(phrase("A source is an object."), pointer=pointer)
    definition = {name: value for name, value in entry.items() if name not in _OWN}
    sealed, left_out = entry.get("secrets"), entry.get("secretsLeftOut")
    places = [*(sealed if isinstance(sealed, dict) else ()), *(left_out if isinstance(left_out, list) else ())]
    # Whoever writes a secret into the file by hand means it.
    missing = [place for place in places[:MAX_SECRETS] if isinstance(place, str) and not _has(definition, place)]
    base = entry.get("revision")
    key = next((entry[name] for name in ("id", "slug", "name") if isinstance(entry.get(name), str)), "")
    return Draft(
        key=key,
        definition=definition,
        notes=[Note(f"{pointer}/secrets{place}", _MOVED) for place in entry.get(_UNOPENED, ())],
        missing=missing,
        base=base if isinstance(base, str) else None,
    )


def _has(definition: dict[str, Any], pointer: str) -> bool:
    return bool(take(definition, path_of(pointer.removeprefix("/"))))
