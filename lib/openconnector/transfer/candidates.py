# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a draft comes to when it is checked, and what a stored source is in the same form, so that both can be compared.

In this form a secret that is not known is the mask, and a header or parameter whose name says that it carries a
credential counts as secret, whether somebody has ticked that or not.
"""

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from pydantic import ValidationError

from openconnector.core.errors import FieldError, InvalidInput
from openconnector.core.problems import field_errors
from openconnector.sources.schemas import SourceCreate
from openconnector.sources.settling import settle
from openconnector.templates.expression import STRING
from openconnector.templates.functions import ALGORITHMS, ENCODINGS
from openconnector.templates.language import check, is_template
from openconnector.templates.problem import TemplateProblem
from openconnector.transfer.drafts import Draft, Note
from openconnector.vault.leaves import Path, path_of, pointer_of, put, secret_leaves, take
from openconnector.vault.names import SCHEMES
from openconnector.vault.redaction import is_sensitive_header, is_sensitive_parameter
from openconnector.vault.secret import MASK, is_mask

EXTRA_HEADERS, EXTRA_PARAMETERS = "extraHeaders", "extraParameters"
"""What OAuth 2.0 sends when it asks for a token."""

CERTIFICATES: tuple[Path, ...] = (("connection", "clientCertificate"), ("connection", "soap", "security", "signature"))
"""Where a certificate stands with its key. One without the other is of no use."""

_ROWS: tuple[tuple[Path, Callable[[str, Sequence[str]], bool]], ...] = (
    (("headers",), is_sensitive_header),
    (("query",), is_sensitive_parameter),
    (("authentication", EXTRA_HEADERS), is_sensitive_header),
    (("authentication", EXTRA_PARAMETERS), is_sensitive_parameter),
)

_WITH_QUERY = frozenset({"json", "xml"})
"""Types whose locations may have parameters."""

_STRING = re.compile(STRING, re.DOTALL)
_PLACEHOLDER = re.compile(rf"\{{\{{(?:{STRING}|(?!\}}\}})[^'\"])*+\}}\}}", re.DOTALL)
_WORDS = frozenset({*ALGORITHMS, *ENCODINGS, "iso", "unix", "unixMs"})
"""What functions of placeholders are told in quotation marks."""

_TIME = re.compile(r"(?:%[A-Za-z%]|[-:./, TZ])+")
"""The format of a time."""

SHORTEST_SECRET = 4
"""Characters. What is shorter, the log does not search for either."""

MAX_ERRORS = 20
"""Mistakes of one source that are told."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft that was checked.

    Attributes:
        position: among the sources of the document.
        wanted: the source; a secret that the document has not is the mask. None: it cannot be one.
        secrets: those that the document has, by their JSON pointers into the source.
        errors: why it cannot be one, with pointers into the source.
    """

    position: int
    draft: Draft = field(repr=False)
    wanted: SourceCreate | None = None
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    notes: list[Note] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)

    @property
    def id(self) -> UUID | None:
        """The id that the document gives it."""
        try:
            return UUID(self.draft.key)
        except ValueError:
            return None

    @property
    def slug(self) -> str | None:
        """The slug that the document gives it, or calls it by."""
        return self.wanted.slug if self.wanted is not None and self.wanted.slug else self.draft.key or None


def check_all(drafts: Sequence[Draft], names: Sequence[str], step: Callable[[], None]) -> list[Candidate]:
    """Check the drafts of a document, for a thread.

    Args:
        names: what the administrator calls sensitive beside the conventional names.
        step: is called after each of them.
    """
    found = []
    for position, draft in enumerate(drafts):
        found.append(_checked(position, draft, names))
        step()
    return found


def _checked(position: int, draft: Draft, names: Sequence[str]) -> Candidate:
    candidate = partial(Candidate, position, draft)
    definition, notes = copy.deepcopy(draft.definition), list(draft.notes)
    mark_secrets(definition, names)
    for pointer in draft.missing:
        path = path_of(pointer.removeprefix("/"))
        if isinstance(take(definition, path[:-1]), dict):
            put(definition, path, MASK)
    try:
        wanted = settle(SourceCreate.model_validate(definition))
    except ValidationError as error:
        return candidate(notes=notes, errors=field_errors(error)[:MAX_ERRORS])
    except InvalidInput as error:
        return candidate(notes=notes, errors=error.errors[:MAX_ERRORS])
    secrets = {at: text for at, text in secrets_of(wanted).items() if not is_mask(text)}
    return candidate(wanted, secrets, notes)


def mark_secrets(definition: dict[str, Any], names: Sequence[str]) -> None:
    """Call those rows secret whose names say that they are, and make such rows of parameters of the location.

    A value that placeholders make at each call is none, unless something is written out in it.
    """
    _move_parameters(definition, names)
    for path, is_sensitive in _ROWS:
        rows = take(definition, path)
        for row in rows if isinstance(rows, list) else ():
            name, value = (row.get("name"), row.get("value")) if isinstance(row, dict) else (None, None)
            if isinstance(name, str) and isinstance(value, str) and is_sensitive(name, names) and _is_written(value):
                row["isSecret"] = True


def _move_parameters(definition: dict[str, Any], names: Sequence[str]) -> None:
    """Calls send the same. What stands in the location goes before rows of its name, which are never sent."""
    location, rows = definition.get("location"), definition.get("query") or []
    if not isinstance(location, str) or "?" not in location or not isinstance(rows, list):
        return
    if str(definition.get("type")) not in _WITH_QUERY or not all(isinstance(row, dict) for row in rows):
        return
    before, _, query = location.partition("?")
    kept, moved = [], []
    for part in query.split("&"):
        name, _, value = (unquote_plus(text) for text in part.partition("="))
        is_moved = value and not is_template(value) and is_sensitive_parameter(name, names)
        moved += [{"name": name, "value": value, "isSecret": True}] if is_moved else []
        kept += [] if is_moved else [part]
    if moved:
        gone = {row["name"] for row in moved}
        definition["location"] = f"{before}?{'&'.join(kept)}" if kept else before
        definition["query"] = [*(row for row in rows if str(row.get("name")) not in gone), *moved]


def _is_written(value: str) -> bool:
    """Whether something in a value may be a secret: a text beside its placeholders, or in quotation marks in one."""
    if not is_template(value):
        return True
    try:
        check(value)
    except TemplateProblem:
        return True  # it will not be accepted, and it may be of any length
    inside = _STRING.findall("".join(_PLACEHOLDER.findall(value)))
    texts = [text[1:-1] for text in inside if text[1:-1] not in _WORDS and not _TIME.fullmatch(text[1:-1])]
    beside = [word for word in _PLACEHOLDER.sub(" ", value).split() if word.lower() not in SCHEMES]
    return any(len(text) >= SHORTEST_SECRET for text in (*texts, *beside))


def secrets_of(source: SourceCreate) -> dict[str, str]:
    """The secrets of a source, by their JSON pointers. Empty ones are none."""
    return {f"/{pointer_of(path)}": text for path, text in secret_leaves(source) if text}


def without_secrets(source: SourceCreate) -> dict[str, Any]:
    """The definition with nothing in the places of its secrets."""
    return _without(source.to_json(), secrets_of(source))


def _without(definition: dict[str, Any], pointers: Iterable[str]) -> dict[str, Any]:
    for pointer in pointers:
        path = path_of(pointer.removeprefix("/"))
        parent = take(definition, path[:-1])
        del parent[path[-1]]
    return definition


def without_certificates(wanted: SourceCreate, pointers: Iterable[str]) -> SourceCreate:
    """The source without the certificates whose keys are at these places."""
    gone = [path for path in CERTIFICATES if f"/{pointer_of(path)}/privateKey" in set(pointers)]
    connection = wanted.connection
    if CERTIFICATES[0] in gone:
        connection = connection.model_copy(update={"client_certificate": None})
    if CERTIFICATES[1] in gone and connection.soap.security is not None:
        security = connection.soap.security.model_copy(update={"signature": None})
        connection = connection.model_copy(update={"soap": connection.soap.model_copy(update={"security": security})})
    return wanted.model_copy(update={"connection": connection})
