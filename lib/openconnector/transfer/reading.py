# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a text or a file to the sources in it, whatever format it is in."""

import hashlib
from dataclasses import dataclass, replace

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Draft, Note, Unreadable
from openconnector.transfer.formats import native
from openconnector.transfer.formats.native import MAX_SOURCES
from openconnector.transfer.openapi.schemas import MAX_DESCRIPTION


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """The sources of a document, in its order.

    Attributes:
        format: the name of the module that understood it.
        digest: of what was read.
        is_encrypted: whether it has secrets that a passphrase opens.
    """

    format: str
    digest: str
    drafts: list[Draft]
    is_encrypted: bool = False


def read_document(content: str | bytes, passphrase: str | None) -> ReadDocument:
    """Read a document, for a thread.

    Args:
        passphrase: opens the secrets of our own format; None: they stay missing.

    Raises:
        Unreadable: it is of no known format, or broken.
    """
    # They are large, and rarely needed.
    from openconnector.transfer.curl import looks_like_curl, read_curl  # noqa: PLC0415
    from openconnector.transfer.formats.known import FORMATS, name_of  # noqa: PLC0415
    from openconnector.transfer.formats.parsing import document_of, text_of  # noqa: PLC0415

    raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    digest = hashlib.sha256(raw).hexdigest()
    content = text_of(content)
    if isinstance(content, str) and looks_like_curl(content):
        return ReadDocument("curl", digest, [read_curl(content)])
    document = native.opened(document_of(content), passphrase)
    for known in FORMATS:
        if known.recognises(document):
            drafts = known.read(document)
            if len(drafts) > MAX_SOURCES:
                raise Unreadable(phrase("At most {limit} sources are imported at once.", limit=MAX_SOURCES))
            if len(raw) > MAX_DESCRIPTION:
                drafts = [_without_api(draft) for draft in drafts]
            return ReadDocument(name_of(known), digest, drafts, native.is_encrypted(document))
    raise Unreadable(
        phrase(
            "This is none of the formats that are known: exports of OpenConnector, Postman, Insomnia and Bruno, "
            "descriptions in OpenAPI or Swagger, and cURL commands."
        )
    )


def _without_api(draft: Draft) -> Draft:
    """The draft without a description that is larger than one may be that is loaded for a source."""
    if draft.api is None:
        return draft
    text = phrase(
        "The description has more than {limit} MiB, and completes no requests.", limit=MAX_DESCRIPTION // 1024**2
    )
    return replace(draft, api=None, notes=[*draft.notes, Note("/paths", text)])
