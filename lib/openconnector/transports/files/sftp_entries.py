# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The attributes of SFTP (draft-ietf-secsh-filexfer-02, section 5) as entries of a directory."""

import stat as modes
from datetime import UTC, datetime
from functools import lru_cache

from asyncssh.sftp import SFTPAttrs

from openconnector.transports.files.session import EntryType, RemoteEntry

_TYPES: dict[int, EntryType] = {modes.S_IFREG: "file", modes.S_IFDIR: "directory", modes.S_IFLNK: "link"}


def entry_of(name: str, attributes: SFTPAttrs) -> RemoteEntry:
    """What a server says of a name. The size of a directory or a link is not that of what is in it or behind it."""
    type_, permissions = _mode(attributes.permissions)
    return RemoteEntry(
        name=name,
        type=type_,
        size=attributes.size if type_ == "file" else None,
        modified_at=_time(attributes.mtime),
        permissions=permissions,
    )


def type_of(attributes: SFTPAttrs) -> EntryType:
    """File, directory or link; a server that does not say means a file."""
    return _mode(attributes.permissions)[0]


@lru_cache(maxsize=1024)
def _mode(mode: int | None) -> tuple[EntryType, str | None]:
    """Type and permissions, such as `rwxr-x---`. Some servers send the permissions without the type."""
    if mode is None:
        return "file", None
    kind = modes.S_IFMT(mode)
    return _TYPES.get(kind, "other") if kind else "file", modes.filemode(mode)[1:]


def _time(seconds: float | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
