# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the secrets of a source get into its JSON columns and out again."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from pydantic import SecretStr, TypeAdapter

from openconnector.authentication.union import Authentication
from openconnector.core.errors import FieldError, InvalidInput
from openconnector.sources.models import Source
from openconnector.sources.schemas import SourceCreate, SourceHeader, SourceParameter
from openconnector.vault.encryption import Vault
from openconnector.vault.secret import MASK, is_mask

StoredRow = dict[str, Any]
SecretRow = TypeVar("SecretRow", SourceHeader, SourceParameter)

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
        for field in stored.get("$sealed", ()):
            values[field] = self.open(stored[field], f"authentication/{field}")
        values.pop("$sealed", None)
        return _AUTHENTICATION.validate_python(values)

    def seal_into(self, source: Source, wanted: SourceCreate) -> None:
        """Put headers, query and authentication of `wanted` into the row. A mask keeps what the row holds.

        Raises:
            InvalidInput: a mask stands where nothing is stored to keep.
        """
        errors: list[FieldError] = []
        headers = self._seal_rows(wanted.headers, source.headers or [], "headers", str.lower, errors)
        query = self._seal_rows(wanted.query, source.query or [], "query", str, errors)
        authentication = self._seal_authentication(wanted.authentication, source.authentication or {}, errors)
        if errors:
            raise InvalidInput(errors=errors)
        source.headers, source.query, source.authentication = headers, query, authentication

    def _seal_rows(
        self,
        rows: Sequence[SourceHeader | SourceParameter],
        stored: Sequence[StoredRow],
        place: str,
        key: Callable[[str], str],
        errors: list[FieldError],
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
                value = same_name.pop(0) if same_name else ""
                if not value or not row.is_secret:
                    errors.append(_nothing_to_keep(f"/{place}/{index}/value"))
            elif row.is_secret:
                value = self.seal(value, place)
            sealed.append({"name": row.name, "value": value, "isSecret": row.is_secret})
        return sealed

    def _seal_authentication(
        self, scheme: Authentication, stored: dict[str, Any], errors: list[FieldError]
    ) -> dict[str, Any]:
        values = scheme.to_json()
        fields = type(scheme).secret_fields()
        for field, attribute in fields.items():
            secret: SecretStr = getattr(scheme, attribute)
            if not is_mask(secret):
                values[field] = self.seal(secret.get_secret_value(), f"authentication/{field}")
            elif stored.get("type") == scheme.type and field in stored.get("$sealed", ()):
                values[field] = stored[field]
            else:
                errors.append(_nothing_to_keep(f"/authentication/{field}"))
        return values | {"$sealed": list(fields)} if fields else values


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


def _nothing_to_keep(pointer: str) -> FieldError:
    return FieldError(pointer, "Enter the value again: there is no stored secret to keep here.", "secret_missing")
