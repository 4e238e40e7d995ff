# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a kept body is handed out: as a file to save, and never as something that a browser would show or run."""

import re
from urllib.parse import quote

from openconnector.reading.view import BodyFacts

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
}

TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"

_LONGEST_NAME = 150

_EXTENSIONS = {
    "application/json": "json", "application/xml": "xml", "text/xml": "xml", "text/html": "html", "text/csv": "csv",
    "text/css": "css", "text/tab-separated-values": "tsv", "application/x-ndjson": "ndjson", "application/pdf": "pdf",
    "application/zip": "zip", "application/gzip": "gz", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif",
    "image/webp": "webp", "image/svg+xml": "svg", "application/yaml": "yaml", "application/javascript": "js",
}  # fmt: skip


def download_headers(facts: BodyFacts, name: str) -> dict[str, str]:
    """The headers of a download. A part of a multipart body keeps the name that it came with (RFC 6266)."""
    given = re.sub(r"[\x00-\x1f\x7f/\\:*?\"<>|]+", "_", facts.file_name or "").strip(". ")[:_LONGEST_NAME]
    file_name = given or f"{name}.{_extension(facts)}"
    plain = re.sub(r"[^ -~]|%", "_", file_name)
    disposition = f'attachment; filename="{plain}"'
    if plain != file_name:
        disposition += f"; filename*=UTF-8''{quote(file_name.encode('utf-8', 'replace'), safe='')}"
    return SAFE_HEADERS | {"Content-Disposition": disposition}


def _extension(facts: BodyFacts) -> str:
    media_type = facts.media_type or ""
    known = _EXTENSIONS.get(media_type)
    if known is None and media_type.endswith(("+json", "+xml")):
        known = media_type.rpartition("+")[2]
    return known or ("txt" if facts.is_text else "bin")
