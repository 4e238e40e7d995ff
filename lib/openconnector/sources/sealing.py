# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the secrets of a source get into its JSON columns and out again."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from openconnector.authentication.client_certificate import ClientCertificate, check_pair
from openconnector.authentication.union import Authentication
from openconnector.core.errors import ConfigurationError, FieldError, InvalidInput
from openconnector.core.phrases import listed, phrase, told
from openconnector.sources.connection import Connection, Proxy
from openconnector.sources.keeping import LOCATION, PROXY, TOKEN_URL, Keeping, departure
from openconnector.sources.models import Source
from openconnector.sources.schemas import SourceCreate, SourceHeader, SourceParameter
from openconnector.vault.encryption import Vault
from openconnector.vault.leaves import Path, path_of, pointer_of, put, secret_leaves, take
from openconnector.vault.secret import MASK, is_mask

StoredRow = dict[str, Any]
SecretRow = TypeVar("SecretRow", SourceHeader, SourceParameter)

PROXY_PASSWORD = "connection/proxy/password"  # noqa: S105  # where it stands
TOKEN = "token"  # noqa: S105  # where it stands
CLIENT_KEY = "connection/clientCertificate/privateKey"
ENVELOPE_PASSWORD = "connection/soap/security/usernameToken/password"  # noqa: S105  # where it stands
ENVELOPE_KEY = "connection/soap/security/signature/privateKey"
_CONNECTION_SECRETS = (PROXY_PASSWORD, CLIENT_KEY, ENVELOPE_PASSWORD, ENVELOPE_KEY)

SEALED = "$sealed"
"""Where a stored scheme lists the places of its secrets."""

_AUTHENTICATION: TypeAdapter[Authentication] = TypeAdapter(Authentication)


class Sealer:
    """Encrypts the secrets of one source. Each is bound to the source and to the part of it that it stands in."""

    def __init__(self, vault: Vault, source_id: UUID) -> None:
        self._vault = vault
        self._source_id = source_id

    def seal(self, text: str, place: str) -> str:
        """The stored form. Nothing stays nothing, so that an empty value can be told from a secret."""
        return text and self._vault.encrypt(text, context=f"source/{self._source_id}/{place}")

    def open(self, stored: str, place: str) -> str:
        """The text behind a stored form."""
        return stored and self._vault.decrypt(stored, context=f"source/{self._source_id}/{place}")

    def open_rows(self, rows: Sequence[StoredRow], place: str, kind: type[SecretRow]) -> list[SecretRow]:
        """Rows with their secrets in clear."""
        return [
            kind.model_construct(
                name=row["name"],
                value=self.open(row["value"], place) if row["isSecret"] else row["value"],
                is_secret=row["isSecret"],
            )
            for row in rows
        ]

    def open_authentication(self, stored: dict[str, Any]) -> Authentication:
        """The scheme with its secrets in clear."""
        return _AUTHENTICATION.validate_python(
            with_sealed(stored, lambda text, place: self.open(text, f"authentication/{place}"))
        )

    def open_connection(self, stored: dict[str, Any]) -> Connection:
        """The connection with its secrets in clear."""
        return Connection.model_validate(with_connection_secrets(stored, self.open))

    def seal_into(self, source: Source, wanted: SourceCreate) -> None:
        """Put what can hold a secret, and the location that it is for, into the row. A mask keeps what the row holds.

        Raises:
            InvalidInput: a mask stands where nothing is stored to keep, or would send what is stored to another host.
        """
        moved = departure(source.location, wanted.location, LOCATION) if source.location else None
        keeping = Keeping(moved)
        headers = self._seal_rows(wanted.headers, source.headers or [], "headers", str.lower, keeping)
        query = self._seal_rows(wanted.query, source.query or [], "query", str, keeping)
        authentication = self._seal_authentication(
            wanted.authentication, source.authentication or {}, moved, keeping.errors
        )
        connection = self._seal_connection(wanted.connection, source.connection or {}, moved, keeping.errors)
        if keeping.errors:
            raise InvalidInput(errors=keeping.errors)
        source.headers, source.query, source.authentication = headers, query, authentication
        source.location, source.connection = wanted.location, connection

    def _seal_rows(
        self,
        rows: Sequence[SourceHeader | SourceParameter],
        stored: Sequence[StoredRow],
        place: str,
        key: Callable[[str], str],
        keeping: Keeping,
    ) -> list[StoredRow]:
        kept: dict[str, list[str]] = {}
        for old in stored:
            if old["isSecret"]:
                kept.setdefault(key(old["name"]), []).append(old["value"])
        sealed = []
        for index, row in enumerate(rows):
            value = row.value
            if is_mask(value):
                same_name = kept.get(key(row.name), [])
                former = same_name.pop(0) if same_name else ""
                value = keeping.keep(former if row.is_secret else "", f"/{place}/{index}/value")
            elif row.is_secret:
                value = self.seal(value, place)
            sealed.append({"name": row.name, "value": value, "isSecret": row.is_secret})
        return sealed

    def _seal_authentication(
        self, scheme: Authentication, stored: dict[str, Any], moved: str | None, errors: list[FieldError]
    ) -> dict[str, Any]:
        """The scheme for the row. What goes to a place of its own, such as a token URL, is bound to that place."""
        values, places = scheme.to_json(), []
        former = stored if stored.get("type") == scheme.type else {}
        keeping = Keeping(_departure_of(scheme, former, moved), errors)
        for path, secret in secret_leaves(scheme):
            place = pointer_of(path)
            places.append(place)
            text = secret
            if is_mask(secret):
                kept, kept_at = _former(former, values, path)
                pointer = f"/authentication/{place}"
                text = self._kept(keeping.keep(kept, pointer), f"authentication/{kept_at}", pointer, errors)
                values |= {name: former.get(name, values[name]) for name in scheme.derived}
            put(values, path, self.seal(text, f"authentication/{place}"))
        return values | {SEALED: places} if places else values

    def _seal_connection(
        self, connection: Connection, stored: dict[str, Any], moved: str | None, errors: list[FieldError]
    ) -> dict[str, Any]:
        """The connection for the row. The password of the proxy is for the proxy's host, wherever the location is."""
        values = connection.to_json()
        proxy, certificate, security = connection.proxy, connection.client_certificate, connection.soap.security
        if proxy is not None:
            password = self._proxy_password(proxy, stored.get("proxy"), errors)
            values["proxy"] = values["proxy"] | {"password": password}
        if certificate is not None:
            values["clientCertificate"] = self._certificate(certificate, stored, CLIENT_KEY, errors)
        if security is not None and security.username_token is not None:
            password = security.username_token.password.get_secret_value()
            if is_mask(password):
                former = _stored_secret(stored, ENVELOPE_PASSWORD)
                sealed = Keeping(moved, errors).keep(former, f"/{ENVELOPE_PASSWORD}")
            else:
                sealed = self.seal(password, ENVELOPE_PASSWORD)
            values["soap"]["security"]["usernameToken"]["password"] = sealed
        if security is not None and security.signature is not None:
            values["soap"]["security"]["signature"] = self._certificate(
                security.signature, stored, ENVELOPE_KEY, errors
            )
        return values

    def _proxy_password(self, proxy: Proxy, former: dict[str, Any] | None, errors: list[FieldError]) -> str:
        if not is_mask(proxy.password):
            return self.seal(proxy.password.get_secret_value(), PROXY_PASSWORD)
        keeping = Keeping(departure(former["url"], proxy.url, PROXY) if former else None, errors)
        return keeping.keep(former["password"] if former else "", "/connection/proxy/password")

    def _certificate(
        self, wanted: ClientCertificate, stored: dict[str, Any], place: str, errors: list[FieldError]
    ) -> dict[str, Any]:
        """A certificate with its key for the row. The key never leaves, so it is bound to no host."""
        key = wanted.private_key.get_secret_value()
        if is_mask(key):
            former = _stored_secret(stored, place)
            key = self._kept(Keeping(None, errors).keep(former, f"/{place}"), place, f"/{place}", errors)
            try:
                if key:
                    check_pair(wanted.certificates, key)
            except ValueError as error:
                errors.append(FieldError(f"/{place}", told(error), "invalid"))
        return wanted.to_json() | {"privateKey": self.seal(key, place)}

    def _kept(self, stored: str, place: str, pointer: str, errors: list[FieldError]) -> str:
        """The text behind a stored form; nothing, and an error for the field, where it does not open."""
        try:
            return self.open(stored, place)
        except ConfigurationError as error:
            errors.append(FieldError(pointer, told(error), "secret_unreadable"))
            return ""


class PatientSealer(Sealer):
    """For reading: puts the mask in the place of what does not open, and notes why.

    Attributes:
        closed: why a secret does not open, by its place.
    """

    def __init__(self, vault: Vault, source_id: UUID) -> None:
        super().__init__(vault, source_id)
        self.closed: dict[str, str] = {}

    def open(self, stored: str, place: str) -> str:
        try:
            return super().open(stored, place)
        except ConfigurationError as error:
            self.closed[place] = told(error)
            return MASK


def why_closed(closed: Mapping[str, str]) -> str:
    """Why secrets do not open, and which; for the user."""
    reason, places = next(iter(closed.values())), listed(sorted(closed))
    return phrase("{reason} What does not open: {places}.", reason=reason, places=places)


def masked_rows(rows: Sequence[StoredRow], kind: type[SecretRow]) -> list[SecretRow]:
    """Rows as they are read: a secret is its mask."""
    return [
        kind.model_construct(
            name=row["name"],
            value=MASK if row["isSecret"] and row["value"] else row["value"],
            is_secret=row["isSecret"],
        )
        for row in rows
    ]


def masked_authentication(stored: dict[str, Any]) -> Authentication:
    """The scheme as it is read: its secrets are masks."""
    return _AUTHENTICATION.validate_python(with_sealed(stored, lambda text, _: text and MASK))


def with_sealed(stored: dict[str, Any], change: Callable[[str, str], str]) -> dict[str, Any]:
    """A stored scheme with `change` made to each sealed text; it gets the place of the text, too."""
    places = stored.get(SEALED, ())
    if not places:
        return stored
    values = copy.deepcopy(stored)
    for place in places:
        path = path_of(place)
        put(values, path, change(take(values, path), place))
    del values[SEALED]
    return values


def masked_connection(stored: dict[str, Any]) -> Connection:
    """The connection as it is read: its secrets are masks."""
    return Connection.model_validate(with_connection_secrets(stored, lambda text, _: text and MASK))


def with_connection_secrets(stored: dict[str, Any], change: Callable[[str, str], str]) -> dict[str, Any]:
    """A stored connection with `change` made to each secret; it gets the place of the secret, too."""
    there = [place for place in _CONNECTION_SECRETS if _stored_secret(stored, place)]
    if not there:
        return stored
    values = copy.deepcopy(stored)
    for place in there:
        path = _within_connection(place)
        put(values, path, change(take(values, path), place))
    return values


def _stored_secret(connection: dict[str, Any], place: str) -> str:
    """What is stored of a secret of the connection, sealed; empty where nothing is."""
    return take(connection, _within_connection(place)) or ""


def _within_connection(place: str) -> Path:
    return path_of(place.removeprefix("connection/"))


def _departure_of(scheme: Authentication, stored: dict[str, Any], moved: str | None) -> str | None:
    """Why the secrets of a scheme may not be kept; None: they may."""
    if not stored:
        return moved
    former, wanted = masked_authentication(stored).destination(), scheme.destination()
    if former is None or wanted is None:
        return moved if former is wanted else phrase("The place that it is sent to is another one now")
    return departure(former, wanted, TOKEN_URL)


def _former(stored: dict[str, Any], values: dict[str, Any], path: Path) -> tuple[str, str]:
    """What is stored for a secret, sealed, and its place. Rows are known by their name, wherever they stand."""
    if len(path) > 1 and isinstance(path[-2], int):
        name, rows = take(values, (*path[:-1], "name")), take(stored, path[:-2]) or []
        positions = (position for position, row in enumerate(rows) if row["name"] == name)
        path = (*path[:-2], next(positions, -1), path[-1])
    place = pointer_of(path)
    return (take(stored, path) or "", place) if place in stored.get(SEALED, ()) else ("", place)
