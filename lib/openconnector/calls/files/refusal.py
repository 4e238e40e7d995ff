# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why an operation on files is not made at all."""

from openconnector.core.phrases import phrase


class FileRefused(Exception):
    """An operation that is not made; `str()` says why.

    Attributes:
        type: the stable `error.type`.
    """

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(message)
        self.type = type_


_FILES_ONLY = frozenset({"LIST", "MKCOL", "MOVE"})


def refuse_file_method(source_type: str, method: str) -> None:
    """Refuse what only file servers do: an HTTP server would not know of the destination, and may answer all the same.

    Raises:
        FileRefused: the source is of another type.
    """
    if source_type != "ftp" and method in _FILES_ONLY:
        words = phrase("{method} is for files, and the type of this source is {type}.", method=method, type=source_type)
        raise FileRefused("invalid_request", words)
