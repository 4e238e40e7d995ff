# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seals an imported source. Secrets that the document has not are those that are stored, where they may be kept.

The rule of `sources/sealing.py` says where: not where they would be sent to another host. In the place of a secret that
nobody has, the mask itself is sealed: calls are refused until somebody enters it.
"""

import copy
from collections.abc import Iterable

from openconnector.core.errors import FieldError, InvalidInput
from openconnector.sources.models import Source
from openconnector.sources.schemas import SourceCreate
from openconnector.sources.sealing import SEALED, Sealer
from openconnector.transfer.candidates import CERTIFICATES, secrets_of, without_certificates
from openconnector.vault.encryption import Vault
from openconnector.vault.leaves import Path, pointer_of, put, secret_leaves, take
from openconnector.vault.secret import MASK, is_mask

_MOVED = "secret_origin_changed"
_NOT_THERE = frozenset({"secret_missing", _MOVED})
_SEALED_COLUMNS = ("location", "headers", "query", "authentication", "connection")

_CONNECTION_SECRETS: tuple[Path, ...] = (
    ("proxy", "password"),
    ("soap", "security", "usernameToken", "password"),
    *((*path[1:], "privateKey") for path in CERTIFICATES),
)


def seal_onto(source: Source, wanted: SourceCreate, vault: Vault) -> list[str]:
    """Put a source into a row that is in no session; for a new one, a row with nothing but its id.

    Returns:
        JSON pointers of the secrets that must be entered again. A certificate without its key is left out.

    Raises:
        InvalidInput: key and certificate do not belong together.
    """
    sealer = Sealer(vault, source.id)
    try:
        sealer.seal_into(source, wanted)
    except InvalidInput as error:
        errors = error.errors
    else:
        return []
    open_places = _open_places(errors, wanted)
    there = without_certificates(wanted, open_places)
    former = _former(source, there, errors, open_places, sealer)
    sealer.seal_into(former, there)
    for column in _SEALED_COLUMNS:
        setattr(source, column, getattr(former, column))
    return open_places


def _open_places(errors: list[FieldError], wanted: SourceCreate) -> list[str]:
    places = {error.pointer: None for error in errors if error.pointer and error.code in _NOT_THERE}
    others = [error for error in errors if error.pointer not in places]
    if others:
        raise InvalidInput(errors=others)
    if any(place.startswith("/authentication/") for place in places):
        # Half of what proves who calls is of no use: a scheme is kept as a whole, or entered again.
        masks = (at for at, text in secrets_of(wanted).items() if is_mask(text))
        places |= {place: None for place in masks if place.startswith("/authentication/")}
    return list(places)


def _former(
    source: Source, wanted: SourceCreate, errors: Iterable[FieldError], places: list[str], sealer: Sealer
) -> Source:
    """A row from which everything can be kept that a mask asks for: what is stored, and the mask for what is open."""
    moved = {error.pointer for error in errors if error.code == _MOVED}
    former = Source(id=source.id, location=wanted.location)
    for member in ("headers", "query"):
        rows = getattr(wanted, member)
        gone = [place for place in places if place.startswith(f"/{member}/")]
        stored = [] if moved.intersection(gone) else list(getattr(source, member) or [])
        names = [rows[int(place.split("/")[2])].name for place in gone]
        marks = [{"name": name, "value": sealer.seal(MASK, member), "isSecret": True} for name in names]
        setattr(former, member, [*stored, *marks])
    is_open = any(place.startswith("/authentication/") for place in places)
    former.authentication = _marked_scheme(wanted, sealer) if is_open else copy.deepcopy(source.authentication or {})
    former.connection = _marked_connection(source, wanted, places, sealer)
    return former


def _marked_scheme(wanted: SourceCreate, sealer: Sealer) -> dict[str, object]:
    values, sealed = wanted.authentication.to_json(), []
    for path, text in secret_leaves(wanted.authentication):
        place = pointer_of(path)
        put(values, path, sealer.seal(MASK if is_mask(text) else "", f"authentication/{place}"))
        sealed.append(place)
    return values | {SEALED: sealed}


def _marked_connection(source: Source, wanted: SourceCreate, places: list[str], sealer: Sealer) -> dict[str, object]:
    values = wanted.connection.to_json()
    for path in _CONNECTION_SECRETS:
        place = f"connection/{pointer_of(path)}"
        if not isinstance(take(values, path[:-1]), dict):
            continue
        stored = take(source.connection or {}, path) or ""
        put(values, path, sealer.seal(MASK, place) if f"/{place}" in places else stored)
    return values
