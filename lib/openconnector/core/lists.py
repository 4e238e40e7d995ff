# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many rows as one parameter a column, for PostgreSQL: one statement, one answer, whatever their number."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, TableValuedAlias, bindparam, func
from sqlalchemy.dialects.postgresql import ARRAY


def listed(columns: Iterable[Column[Any]]) -> TableValuedAlias:
    """The rows of `lists_of` within a statement, with the names and types of these columns."""
    known = list(columns)
    lists = (bindparam(column.key, type_=ARRAY(column.type)) for column in known)
    return func.unnest(*lists).table_valued(*(column.key for column in known)).render_derived()


def lists_of(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, list[Any]]:
    """The parameters of a statement with `listed`: rows, each with its values in the order of `names`."""
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
