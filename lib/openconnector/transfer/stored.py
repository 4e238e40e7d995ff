# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stored sources in the form in which they travel. The functions are for threads."""

import copy
from collections.abc import Sequence
from typing import Any, cast

from openconnector.sources.models import Source
from openconnector.sources.pagination import Pagination
from openconnector.sources.schemas import SourceCreate, SourceHeader, SourceParameter, SourceType
from openconnector.sources.sealing import (
    SEALED,
    Sealer,
    masked_authentication,
    masked_connection,
    masked_rows,
)
from openconnector.transfer.candidates import EXTRA_HEADERS, EXTRA_PARAMETERS, mark_secrets
from openconnector.vault.encryption import Vault

_EXTRA = {EXTRA_HEADERS: "extra_headers", EXTRA_PARAMETERS: "extra_parameters"}


def portable(source: Source, sealer: Sealer, names: Sequence[str]) -> SourceCreate:
    """A stored source with its secrets as `sealer` opens them. It is never shown.

    A secret that has not been entered since it was imported is the mask.
    """
    headers = sealer.open_rows(source.headers, "headers", SourceHeader)
    query = sealer.open_rows(source.query, "query", SourceParameter)
    return _made(
        source, headers, query, sealer.open_authentication(source.authentication),
        sealer.open_connection(source.connection), names,
    )  # fmt: skip


def masked(source: Source, names: Sequence[str]) -> SourceCreate:
    """A stored source with a mask for each secret; rows that only their name makes secret have theirs in clear."""
    headers = masked_rows(source.headers, SourceHeader)
    query = masked_rows(source.query, SourceParameter)
    return _made(
        source, headers, query, masked_authentication(source.authentication),
        masked_connection(source.connection), names,
    )  # fmt: skip


def _made(
    source: Source, headers: list[SourceHeader], query: list[SourceParameter], scheme: Any, connection: Any,
    names: Sequence[str],
) -> SourceCreate:  # fmt: skip
    extra = {member: getattr(scheme, attribute, []) for member, attribute in _EXTRA.items()}
    definition = _marked(source, {"headers": headers, "query": query}, extra, names)
    told = definition["authentication"]
    return SourceCreate.model_construct(
        name=source.name,
        slug=source.slug,
        description=source.description,
        type=cast("SourceType", source.type),
        location=definition["location"],
        is_enabled=source.is_enabled,
        headers=_rows(definition["headers"], SourceHeader),
        query=_rows(definition["query"], SourceParameter),
        authentication=scheme.model_copy(
            update={
                attribute: [
                    row.model_copy(update={"is_secret": one["isSecret"]})
                    for row, one in zip(extra[member], told[member], strict=True)
                ]
                for member, attribute in _EXTRA.items()
                if extra[member]
            }
        ),
        connection=connection,
        results_position=source.results_position,
        pagination=None if source.pagination is None else Pagination.model_validate(source.pagination),
    )


def _marked(source: Source, rows: dict[str, Any], extra: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    definition = {
        "type": source.type,
        "location": source.location,
        "authentication": {member: _written(of_scheme) for member, of_scheme in extra.items()},
        **{member: _written(of_source) for member, of_source in rows.items()},
    }
    mark_secrets(definition, names)
    return definition


def _written(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"name": row.name, "value": row.value, "isSecret": row.is_secret} for row in rows]


def _rows(rows: Sequence[dict[str, Any]], kind: Any) -> list[Any]:
    return [kind.model_construct(name=row["name"], value=row["value"], is_secret=row["isSecret"]) for row in rows]


def scratch_of(source: Source, vault: Vault, names: Sequence[str]) -> Source:
    """A copy of what sealing looks at, to try it on; rows that count as secret are sealed in it."""
    sealer = Sealer(vault, source.id)
    definition: dict[str, Any] = {
        "type": source.type,
        "location": source.location,
        "headers": [dict(row) for row in source.headers],
        "query": [dict(row) for row in source.query],
        "authentication": copy.deepcopy(source.authentication),
    }
    sealed = {row["value"] for row in (*source.headers, *source.query) if row["isSecret"]}
    mark_secrets(definition, names)
    for member in ("headers", "query"):
        for row in definition[member]:
            if row["isSecret"] and row["value"] not in sealed:
                row["value"] = sealer.seal(row["value"], member)
    _seal_extra(definition["authentication"], sealer)
    return Source(
        id=source.id,
        location=definition["location"],
        headers=definition["headers"],
        query=definition["query"],
        authentication=definition["authentication"],
        connection=source.connection,
    )


def _seal_extra(scheme: dict[str, Any], sealer: Sealer) -> None:
    for member in _EXTRA:
        for position, row in enumerate(scheme.get(member, ())):
            place = f"{member}/{position}/value"
            if row["isSecret"] and place not in scheme.get(SEALED, ()):
                row["value"] = sealer.seal(row["value"], f"authentication/{place}")
                scheme[SEALED] = [*scheme.get(SEALED, ()), place]
