# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of a description is kept: its operations, without the document that they were read from."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from openconnector.core.clock import now
from openconnector.core.phrases import phrase
from openconnector.sources.api_descriptions import DescribedApi
from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.openapi.document import Document, line
from openconnector.transfer.openapi.operations import operations_of
from openconnector.transfer.openapi.schemas import OperationRead, OperationSummary
from openconnector.transfer.openapi.servers import servers_of


@dataclass(frozen=True, slots=True)
class Understood:
    """A description that was read. `details` are all of its operations by their keys."""

    api: DescribedApi
    details: dict[str, Any]


def understand(content: str | bytes, url: str | None) -> Understood:
    """Read a description. It takes its time: call it in a thread.

    Args:
        url: where it came from; None: it was uploaded.

    Raises:
        Unreadable: it is none, or larger than is read.
    """
    from openconnector.transfer.formats.parsing import document_of  # noqa: PLC0415  # archives and YAML, for few

    return understood(document_of(content), url)


def understood(root: Any, url: str | None) -> Understood:
    """As `understand`, of a description that was parsed.

    Raises:
        Unreadable: it is none.
    """
    document = Document.of(root)
    servers = servers_of(document, url)
    operations = list(operations_of(document))
    api = DescribedApi(
        url=url or "",
        title=document.title or "API",
        version=document.version,
        standard=line(document.standard, 32),
        server=line(servers[0], 2048) if servers else "",
        notes=[{"pointer": note.pointer, "text": note.text} for note in document.notes],
        operations=[_json(OperationSummary, operation) for operation in operations],
        fetched_at=now(),
    )
    return Understood(api, {operation.key: _json(OperationRead, operation) for operation in operations})


def wrong_with(error: Unreadable) -> str:
    """What is wrong with a text, and in which line where that is known."""
    if error.line is None:
        return error.detail
    return phrase("Line {line}: {problem}", line=error.line, problem=error.detail)


def _json(schema: type[OperationSummary], operation: Any) -> dict[str, Any]:
    return schema.model_validate(operation).to_json()


def prefix_of(location: str, server: str) -> str:
    """What stands between the location of a source and the paths of its description, for example `/v1` or nothing.

    The server of a description may be another one (production, where the source is a test), so paths are compared.
    """
    try:
        there, here = urlsplit(server).path.strip("/"), urlsplit(location).path.strip("/")
    except ValueError:
        return ""
    if "{" in there or f"/{here}".endswith(f"/{there}"):
        return ""
    if not here:
        return f"/{there}"
    return f"/{there[len(here) :].strip('/')}" if there.startswith(f"{here}/") else ""
