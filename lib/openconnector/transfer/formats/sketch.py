# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A source while it is put together from a document."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import asdict, replace
from typing import Any

from pydantic import ValidationError

from openconnector.calls.schemas import TestRequest
from openconnector.core.errors import FieldError
from openconnector.core.phrases import phrase
from openconnector.core.problems import field_errors
from openconnector.sources.schemas import MAX_ROWS, SourceCreate
from openconnector.transfer.drafts import Draft, Note, SavedRequest
from openconnector.transfer.formats.node import Node, below
from openconnector.transfer.formats.places import in_order, moved_up, remove_at, value_at
from openconnector.vault.secret import MASK

NO_LOCATION = "https://location.invalid"
"""Stands where a document has no location that can be called: a host that never exists (RFC 6761, section 6.4)."""

_STAND_INS = {
    **dict.fromkeys(("tokenUrl", "authorizationUrl"), NO_LOCATION),
    **dict.fromkeys(("username", "clientId", "accessKeyId"), "unknown"),
}
"""What stands in the place of members of an authentication that are no secrets, and that it cannot do without."""

MAX_NOTES = 500
MAX_DESCRIPTION = 4000
_MAX_NAME = 255
_FILE_SCHEMES = frozenset({"none", "basic", "ssh_key"})
_ROUNDS = 20
"""Of checking: each takes out what is not accepted, which may show what else is not."""


class Sketch:
    """A definition with what is to be said about it, and where in the document each part of it stood."""

    def __init__(self, pointer: str) -> None:
        self.pointer = pointer
        self.definition: dict[str, Any] = {"type": "json"}
        self.missing: list[str] = []
        self.requests: list[SavedRequest] = []
        self._notes: dict[tuple[str, str], Note] = {}
        self._origins: dict[str, str] = {}

    @property
    def notes(self) -> list[Note]:
        return list(self._notes.values())

    def note(self, at: Node | str, text: str) -> None:
        """Say something about a place of the document. What stands there counts as taken."""
        if isinstance(at, Node):
            at.take()
        for place in at.places() if isinstance(at, Node) else (at,):
            self._notes.setdefault((place, text), Note(place, text))

    def put(self, path: str, value: Any, origin: Node | str) -> None:
        """Put a value at a place of the definition, such as `connection/proxy/url`."""
        *steps, last = path.split("/")
        place = self.definition
        for step in steps:
            place = place.setdefault(step, {})
        place[last] = value
        self._origins[f"/{path}"] = origin.pointer if isinstance(origin, Node) else origin

    def add(self, path: str, row: Mapping[str, Any], origin: Node | str) -> int | None:
        """Append to the list `headers` or `query`. The position; None where there are too many."""
        rows: list[dict[str, Any]] = self.definition.setdefault(path, [])
        if len(rows) == MAX_ROWS:
            text = phrase("A source has at most {limit} rows of this kind. This one was left out.", limit=MAX_ROWS)
            self.note(origin, text)
            return None
        self._origins[f"/{path}/{len(rows)}"] = origin.pointer if isinstance(origin, Node) else origin
        rows.append(dict(row))
        return len(rows) - 1

    def save(self, request: SavedRequest, origin: Node | str) -> None:
        """Keep a request to test with. Rows that cannot be sent are taken out of it; else it is left out."""
        at = origin.pointer if isinstance(origin, Node) else origin
        values = {name: value for name, value in asdict(request).items() if name not in ("name", "body_encoding")}
        try:
            TestRequest.model_validate(values)
        except ValidationError as error:
            places = {_row_of(one["loc"]) for one in error.errors(include_url=False, include_input=False)}
            for place, position in sorted(places, reverse=True):
                if not place:
                    why = field_errors(error)[0].detail
                    self.note(at, phrase("This request cannot be sent, and was left out: {reason}", reason=why))
                    return
                row = values[place].pop(position)
                name = row["name"][:100]
                self.note(at, phrase("“{name}” cannot be sent, and was left out of the request.", name=name))
            request = replace(request, headers=values["headers"], query=values["query"])
        self.requests.append(request)

    def has(self, path: str) -> bool:
        """Whether something stands at a place of the definition."""
        return value_at(self.definition, f"/{path}") is not None

    def require(self, path: str) -> None:
        """A secret must be entered. What stands in its place is taken out."""
        remove_at(self.definition, f"/{path}")
        if f"/{path}" not in self.missing:
            self.missing.append(f"/{path}")

    def origin(self, pointer: str) -> str:
        """Where in the document a part of the definition stood."""
        while pointer and pointer not in self._origins:
            pointer = pointer.rpartition("/")[0]
        return self._origins.get(pointer, self.pointer)

    def draft(self, key: str) -> Draft:
        """The finished draft. What a source cannot have is taken out of it, and said."""
        self._name()
        self._locate()
        for _ in range(_ROUNDS):
            wrong = dict(self._wrong())
            if not wrong:
                break
            for pointer in sorted(wrong, key=in_order, reverse=True):
                self._take_out(pointer, wrong[pointer])
        else:
            self._start_over()
        notes = self.notes
        if len(notes) > MAX_NOTES:
            more = len(notes) - MAX_NOTES
            text = phrase("There are {count} more remarks, which are not shown.", count=more)
            notes = [*notes[:MAX_NOTES], Note(self.pointer, text)]
        missing = [
            pointer for pointer in self.missing if value_at(self.definition, pointer.rpartition("/")[0]) is not None
        ]
        return Draft(key[:_MAX_NAME], self.definition, notes, missing, self.requests)

    def describe(self, text: str, origin: Node | str) -> None:
        """Put the description, as much of it as a source may have."""
        if text.strip():
            self.put("description", text.strip()[:MAX_DESCRIPTION], origin)
        if len(text.strip()) > MAX_DESCRIPTION:
            self.note(origin, phrase("The description was cut to {limit} characters.", limit=MAX_DESCRIPTION))

    def _name(self) -> None:
        name = str(self.definition.get("name", ""))
        plain = "".join(char if char.isprintable() else " " for char in name).strip()
        if plain != name or len(plain) > _MAX_NAME:
            self.note(self.origin("/name"), phrase("The name was shortened to one line of 255 characters."))
        self.definition["name"] = plain[:_MAX_NAME].strip() or "Source without a name"

    def _locate(self) -> None:
        if self.definition.get("location"):
            return
        text = phrase("There is no location. Enter it, and switch the source on then.")
        self.note(self.origin("/location"), text)
        self._set_aside()

    def _set_aside(self) -> None:
        self.definition |= {"location": NO_LOCATION, "isEnabled": False}
        if self.definition["type"] == "ftp":
            self.definition["location"] = NO_LOCATION.replace("https", "sftp")

    def _wrong(self) -> Iterator[tuple[str, str]]:
        """Places of the definition that are not accepted, and why."""
        filled = self._filled()
        try:
            source = SourceCreate.model_validate(filled)
        except ValidationError as error:
            yield from _located(filled, error)
            return
        scheme, is_files = source.authentication.type, source.type == "ftp"
        if (is_files and scheme not in _FILE_SCHEMES) or (scheme == "ssh_key" and not is_files):
            yield "/authentication", phrase("This kind of server does not know this authentication.")
            return
        yield from self._unsettled(source)

    def _unsettled(self, source: SourceCreate) -> Iterator[tuple[str, str]]:
        """What is wrong with keys, and what an authentication cannot do without."""
        found = [_under("/authentication", error) for error in source.authentication.settled()[1]]
        certificate = source.connection.client_certificate
        if certificate is not None:
            found += [_under("/connection/clientCertificate", error) for error in certificate.settled()[1]]
        for error in found:
            pointer = error.pointer or ""
            if any(pointer.startswith(missing) for missing in self.missing):
                continue
            yield pointer, error.detail

    def _filled(self) -> dict[str, Any]:
        """The definition with masks in the places of what must be entered."""
        filled = deepcopy(self.definition)
        for pointer in self.missing:
            place, _, name = pointer.rpartition("/")
            holder = value_at(filled, place)
            if isinstance(holder, dict):
                holder[name] = MASK
        return filled

    def _take_out(self, pointer: str, why: str) -> None:
        stand_in = _STAND_INS.get(pointer.rpartition("/")[2])
        if stand_in and not self.has(pointer.removeprefix("/")):
            self._stand_in(pointer, stand_in)
            return
        text = phrase("This was left out, because it is not accepted: {reason}", reason=why)
        self.note(self.origin(pointer), text)
        top, _, rest = pointer.removeprefix("/").partition("/")
        if top == "location":
            self._set_aside()
        elif pointer in self.missing:
            remove_at(self.definition, pointer.rpartition("/")[0])
            self.missing.remove(pointer)
        elif rest and top in ("headers", "query"):
            self._take_row(top, rest)
        elif value_at(self.definition, pointer) is None:
            remove_at(self.definition, pointer.rpartition("/")[0] or pointer)
        elif pointer.lower().endswith("privatekey"):
            self.require(pointer.removeprefix("/"))
        else:
            remove_at(self.definition, pointer)

    def _stand_in(self, pointer: str, text: str) -> None:
        """Put something in the place of what is no secret and cannot be left out, so that the rest is kept."""
        name = pointer.rpartition("/")[2]
        at = self.origin(pointer)
        self.put(pointer.removeprefix("/"), text, at)
        remark = phrase(
            "There is no “{name}”. “{text}” stands in its place: enter it, and switch the source on then.",
            name=name,
            text=text,
        )
        self.note(at, remark)
        self.definition["isEnabled"] = False

    def _take_row(self, top: str, rest: str) -> None:
        """Take out a row, and keep the places of those behind it."""
        rows, position = self.definition[top], rest.partition("/")[0]
        if not position.isdigit() or int(position) >= len(rows):
            del self.definition[top]
            return
        origins = [self._origins.get(f"/{top}/{index}", self.pointer) for index in range(len(rows))]
        for kept in (rows, origins):
            del kept[int(position)]
        self._origins |= {f"/{top}/{index}": origin for index, origin in enumerate(origins)}
        self.missing = [moved for pointer in self.missing if (moved := moved_up(pointer, top, int(position)))]

    def _start_over(self) -> None:
        """So much of it is wrong that only what identifies it is kept."""
        text = phrase("Too much of this source is not accepted. Only its name and its location are kept.")
        self.note(self.pointer, text)
        kept = {name: self.definition[name] for name in ("name", "type", "location", "isEnabled") if self.has(name)}
        self.definition, self.missing = kept, []


def _row_of(location: tuple[int | str, ...]) -> tuple[str, int]:
    """The list and the position of a row of a request; empty where something else is meant."""
    match location:
        case ("headers" | "query" as place, int(position), *_):
            return place, position
        case _:
            return "", 0


def _under(pointer: str, error: FieldError) -> FieldError:
    return FieldError(f"{pointer}{error.pointer or ''}", error.detail, error.code)


def _located(filled: dict[str, Any], error: ValidationError) -> Iterator[tuple[str, str]]:
    """The places of errors in the definition. Names of alternatives of a union are no steps of it."""
    wrong = error.errors(include_url=False, include_input=False)
    for one, told in zip(wrong, field_errors(error), strict=True):
        place: Any = filled
        pointer = ""
        for step in one["loc"]:
            try:
                place = place[step]
            except (KeyError, IndexError, TypeError):
                continue
            pointer = below(pointer, step)
        if one["type"] == "missing" and one["loc"][-1] in _STAND_INS:
            pointer = below(pointer, one["loc"][-1])
        yield pointer, told.detail
