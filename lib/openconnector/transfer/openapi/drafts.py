# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A source as a description of an API has it: `servers` are its location, `securitySchemes` its authentication."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.openapi.described import understood
from openconnector.transfer.openapi.document import Document, line, mapping, recognises, words
from openconnector.transfer.openapi.operations import operations_of
from openconnector.transfer.openapi.security import security_of
from openconnector.transfer.openapi.servers import MAX_URL, servers_of

ORIGIN = "x-openconnector-origin"
"""A member that `located` adds to a description: where it came from, which relative URLs in it are relative to."""


def read(document: Any, *, origin: str | None = None) -> list[Draft]:
    """The source that a description is about: one, at the first of its servers, with its operations.

    The other servers are in the notes.

    Args:
        document: parsed JSON or YAML.
        origin: the URL it came from; None: what `located` has noted.

    Raises:
        Unreadable: it is no description of an API.
    """
    from openconnector.transfer.formats.sketch import Sketch  # noqa: PLC0415  # that package imports this one

    known = Document.of(document)
    noted = known.root.get(ORIGIN)
    origin = origin or (noted if isinstance(noted, str) and _host_of(noted) else None)
    sketch = Sketch("")
    sketch.put("type", _type_of(known), "/paths")
    location = _location(known, servers_of(known, origin))
    if location:
        sketch.put("location", location, "/host" if known.is_swagger else "/servers")
    name = known.title or _host_of(location or "") or "API"
    sketch.put("name", name, "/info/title")
    info = mapping(known.root.get("info"))
    if description := words(info.get("description") or info.get("summary"), 4000):
        sketch.put("description", description, "/info/description")
    security = security_of(known, origin or location)
    for member, value in security.definition.items():
        sketch.put(member, value, security.pointer)
    for pointer in security.missing:
        sketch.require(pointer.removeprefix("/"))
    for note in known.notes:
        sketch.note(note.pointer, note.text)
    return [replace(sketch.draft(name), api=understood(document, _kept(origin)))]


def located(content: str, url: str) -> str:
    """The text of a description with the URL it came from, so that it can be read elsewhere. Other texts stay.

    Query and credentials of the URL are left out: they may be secret.
    """
    from openconnector.transfer.formats.parsing import document_of  # noqa: PLC0415  # as above

    try:
        document = document_of(content)
        parts = urlsplit(url)
    except (Unreadable, ValueError):
        return content  # whoever reads it says what is wrong with it
    if not recognises(document):
        return content
    host = parts.netloc.rpartition("@")[2]
    return json.dumps({**document, ORIGIN: urlunsplit((parts.scheme, host, parts.path, "", ""))}, ensure_ascii=False)


def _kept(origin: str | None) -> str | None:
    """The URL as it is kept, to fetch the description again. What a document notes may be anything."""
    if origin is None or _host_of(origin) is None or "@" in urlsplit(origin).netloc:
        return None
    return origin if origin == line(origin, MAX_URL) else None


def _location(document: Document, servers: list[str]) -> str | None:
    """The first server whose URL is whole."""
    whole = [url for url in servers if _host_of(url)]
    pointer = "/host" if document.is_swagger else "/servers"
    if not whole:
        written = servers[0] if servers and servers[0] != "/" else None
        if written is None:
            text = phrase("The description does not say at which host the API is.")
        else:
            text = phrase("The description does not say at which host the API is (“{server}”).", server=written[:200])
        document.note(pointer, text)
        return None
    if len(whole) > 1:
        others = ", ".join(url[:200] for url in whole[1:11])
        document.note(pointer, phrase("The API is also at {servers}.", servers=others))
    return whole[0]


def _host_of(url: str) -> str | None:
    """The host of a whole URL; None where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None


def _type_of(document: Document) -> str:
    """`xml` for an API that speaks XML and no JSON at all."""
    kinds = set()
    for operation in operations_of(document, with_examples=False):
        kinds |= {
            "json" if "json" in kind else "xml" for kind in operation.media_types if "json" in kind or "xml" in kind
        }
    return "xml" if kinds == {"xml"} else "json"
