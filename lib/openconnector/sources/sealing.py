# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the secrets of a source get into its JSON columns and out again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from pydantic import SecretStr, TypeAdapter

from openconnector.authentication.union import Authentication
from openconnector.core.errors import FieldError, InvalidInput
from openconnector.core.http import URL
from openconnector.egress.origin import origin_of
from openconnector.sources.models import Source
from openconnector.sources.schemas import Connection, SourceCreate, SourceHeader, SourceParameter
from openconnector.vault.encryption import Vault
from openconnector.vault.secret import MASK, is_mask

StoredRow = dict[str, Any]
SecretRow = TypeVar("SecretRow", SourceHeader, SourceParameter)

PROXY_PASSWORD = "connection/proxy/password"  # noqa: S105  # where it stands

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
        values = dict(stored)
        for name in stored.get("$sealed", ()):
            values[name] = self.open(stored[name], f"authentication/{name}")
        values.pop("$sealed", None)
        return _AUTHENTICATION.validate_python(values)

    def open_connection(self, stored: dict[str, Any]) -> Connection:
        """The connection with the password of its proxy in clear."""
        return _with_proxy_password(stored, lambda password: self.open(password, PROXY_PASSWORD))

    def seal_into(self, source: Source, wanted: SourceCreate) -> None:
        """Put what can hold a secret, and the location that it is for, into the row. A mask keeps what the row holds.

        Raises:
            InvalidInput: a mask stands where nothing is stored to keep, or would send what is stored to another host.
        """
        moved = departure(source.location, wanted.location) if source.location else None
        keeping = _Keeping(f"The location {moved}" if moved else None)
        headers = self._seal_rows(wanted.headers, source.headers or [], "headers", str.lower, keeping)
        query = self._seal_rows(wanted.query, source.query or [], "query", str, keeping)
        authentication = self._seal_authentication(wanted.authentication, source.authentication or {}, keeping)
        connection = self._seal_connection(wanted.connection, source.connection or {}, keeping.errors)
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
        keeping: "_Keeping",
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
        self, scheme: Authentication, stored: dict[str, Any], keeping: "_Keeping"
    ) -> dict[str, Any]:
        values = scheme.to_json()
        fields = type(scheme).secret_fields()
        for name, attribute in fields.items():
            secret: SecretStr = getattr(scheme, attribute)
            if is_mask(secret):
                is_same = stored.get("type") == scheme.type and name in stored.get("$sealed", ())
                values[name] = keeping.keep(stored[name] if is_same else "", f"/authentication/{name}")
            else:
                values[name] = self.seal(secret.get_secret_value(), f"authentication/{name}")
        return values | {"$sealed": list(fields)} if fields else values

    def _seal_connection(
        self, connection: Connection, stored: dict[str, Any], errors: list[FieldError]
    ) -> dict[str, Any]:
        """The connection for the row. The password of the proxy is for the proxy's host, wherever the location is."""
        values = connection.to_json()
        proxy, former = connection.proxy, stored.get("proxy")
        if proxy is None:
            return values
        if is_mask(proxy.password):
            moved = departure(former["url"], proxy.url) if former else None
            keeping = _Keeping(f"The proxy {moved}" if moved else None, errors)
            password = keeping.keep(former["password"] if former else "", "/connection/proxy/password")
        else:
            password = self.seal(proxy.password.get_secret_value(), PROXY_PASSWORD)
        return values | {"proxy": values["proxy"] | {"password": password}}


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
    values = {name: value for name, value in stored.items() if name != "$sealed"}
    return _AUTHENTICATION.validate_python(values | {name: values[name] and MASK for name in stored.get("$sealed", ())})


def masked_connection(stored: dict[str, Any]) -> Connection:
    """The connection as it is read: the password of its proxy is a mask."""
    return _with_proxy_password(stored, lambda password: password and MASK)


def departure(former: str, wanted: str) -> str | None:
    """Why what was meant for one URL would be sent elsewhere, or without TLS, at the other; None where it would not.

    From http to https on the usual ports of the same host nothing leaves.
    """
    (scheme, host, port), (new_scheme, new_host, new_port) = origin_of(URL(former)), origin_of(URL(wanted))
    if host != new_host:
        return "has another host now"
    if (scheme, new_scheme) == ("https", "http"):
        return "is without TLS now"
    if port != new_port and (scheme, port, new_scheme, new_port) != ("http", 80, "https", 443):
        return "has another port now"
    return None


@dataclass(slots=True)
class _Keeping:
    """Keeps stored secrets where a mask asks for it, and gathers the reasons why not.

    `departure` says why nothing may be kept, where what a secret was meant for is another place now.
    """

    departure: str | None
    errors: list[FieldError] = field(default_factory=list)

    def keep(self, stored: str, pointer: str) -> str:
        """What is stored, else an error for the field."""
        if self.departure:
            self.errors.append(_origin_changed(pointer, self.departure))
        elif not stored:
            self.errors.append(_nothing_to_keep(pointer))
        return stored


def _with_proxy_password(stored: dict[str, Any], opened: Callable[[str], str]) -> Connection:
    proxy = stored.get("proxy")
    if proxy:
        stored = stored | {"proxy": proxy | {"password": opened(proxy["password"])}}
    return Connection.model_validate(stored)


def _nothing_to_keep(pointer: str) -> FieldError:
    return FieldError(pointer, "Enter the value again: there is no stored secret to keep here.", "secret_missing")


def _origin_changed(pointer: str, departure: str) -> FieldError:
    detail = f"{departure}: enter this secret again, so that it is not sent there by accident."
    return FieldError(pointer, detail, "secret_origin_changed")
