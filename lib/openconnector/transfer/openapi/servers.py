# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the API of a description is: `servers` of OpenAPI 3; `host`, `basePath` and `schemes` of Swagger 2."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from openconnector.core.phrases import phrase
from openconnector.transfer.openapi.document import Document, mapping, sequence

MAX_SERVERS, MAX_URL, MAX_VALUE = 100, 2048, 255
"""Servers that are looked at, characters of the URL of one, and of the value of a variable in it."""

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def servers_of(document: Document, origin: str | None) -> list[str]:
    """The URLs of the servers in the order of the document, variables filled in with their defaults.

    Args:
        origin: the URL that the document came from, which relative ones are relative to. Without it they stay
            relative.
    """
    written = _of_swagger(document, origin) if document.is_swagger else _of_openapi(document)
    return list(dict.fromkeys(url for one in written if (url := _joined(document, origin, one)) is not None))


def _joined(document: Document, origin: str | None, url: str) -> str | None:
    """The whole URL without a slash at its end; None where it cannot be one."""
    try:
        whole = urljoin(origin, url) if origin else url
        return whole.rstrip("/") if urlsplit(whole).path.strip("/") else whole
    except ValueError:  # brackets that hold no IPv6 address
        text = phrase("“{url}” is not a valid URL.", url=url[:200])
        document.note("/host" if document.is_swagger else "/servers", text)
        return None


def _of_openapi(document: Document) -> Iterator[str]:
    servers = sequence(document.root.get("servers"))[:MAX_SERVERS]
    for index, server in enumerate(servers):
        url = mapping(server).get("url")
        if isinstance(url, str):
            yield _filled(
                document, url.strip()[:MAX_URL], mapping(mapping(server).get("variables")), f"/servers/{index}"
            )
        else:
            document.note(f"/servers/{index}", phrase("This server has no URL."))
    if not servers:
        yield "/"  # OpenAPI 3.1.1, section 4.8.1


def _filled(document: Document, url: str, variables: dict[str, Any], pointer: str) -> str:
    def value(match: re.Match[str]) -> str:
        variable = mapping(variables.get(match[1]))
        choices = sequence(variable.get("enum"))
        chosen = variable.get("default", choices[0] if choices else None)
        if chosen is None:
            text = phrase("The location has a variable “{name}”, and no value for it is given.", name=match[1][:100])
            document.note(pointer, text)
            return match[0]
        if len(choices) > 1:
            others = ", ".join(str(choice)[:50] for choice in choices[:20])
            text = phrase(
                "For “{name}” in the location “{value}” was taken, of {choices}.",
                name=match[1][:100],
                value=str(chosen)[:50],
                choices=others,
            )
            document.note(pointer, text)
        return str(chosen)[:MAX_VALUE]

    return _VARIABLE.sub(value, url)


def _of_swagger(document: Document, origin: str | None) -> Iterator[str]:
    root = document.root
    host, path = root.get("host"), root.get("basePath")
    path = path if isinstance(path, str) else "/"
    if not isinstance(host, str) or not host:
        yield path
        return
    schemes = [scheme for scheme in sequence(root.get("schemes")) if scheme in ("https", "http")]
    if not schemes:
        schemes = [urlsplit(origin).scheme if origin else "https"]
    for scheme in sorted(schemes, key=lambda scheme: scheme != "https"):
        yield f"{scheme}://{host}/{path.lstrip('/')}"
