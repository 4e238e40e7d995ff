# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked of a file server, and what a listing answers with."""

from dataclasses import dataclass, field

from openconnector.transports.files.session import FileMethod, RemoteEntry


@dataclass(frozen=True, slots=True)
class FileOperation:
    """One operation, in the words of WebDAV (RFC 4918).

    Attributes:
        path: below the root, separated by `/`, as the caller wrote it and not percent-encoded.
        destination: the same for `MOVE`: where to.
        content: of `PUT`.
    """

    method: FileMethod
    path: str
    destination: str | None = None
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands in a directory.

    Attributes:
        is_complete: whether these are all entries.
    """

    entries: list[RemoteEntry]
    is_complete: bool
