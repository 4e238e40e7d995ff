# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Queries are put together as text: what stands in a URL already is sent exactly as it was written."""

from collections.abc import Iterable
from urllib.parse import unquote_plus, urlencode

from openconnector.core.http import URL


def names_of(url: URL) -> set[str]:
    """The names of the parameters that stand in a URL."""
    return {unquote_plus(pair.partition("=")[0]) for pair in _pairs(url)}


def with_parameters(url: URL, rows: Iterable[tuple[str, str]]) -> URL:
    """The URL with these parameters behind its own."""
    return _with_pairs(url, [*_pairs(url), *(urlencode([row]) for row in rows)])


def with_parameter(url: URL, name: str, value: str) -> URL:
    """The URL with this parameter in the place of any other of its name."""
    others = [pair for pair in _pairs(url) if unquote_plus(pair.partition("=")[0]) != name]
    return _with_pairs(url, [*others, urlencode([(name, value)])])


def _pairs(url: URL) -> list[str]:
    return [pair for pair in url.query.decode("ascii").split("&") if pair]


def _with_pairs(url: URL, pairs: list[str]) -> URL:
    return url.copy_with(query="&".join(pairs).encode()) if pairs else url
