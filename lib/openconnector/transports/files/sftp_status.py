# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The status codes of SFTP (draft-ietf-secsh-filexfer-02, section 7, and -13, section 9.1), and what they mean here."""

from openconnector.transports.files.session import Reply

OK = 0
EOF = 1
NO_SUCH_FILE = 2
PERMISSION_DENIED = 3
FAILURE = 4
OP_UNSUPPORTED = 8

_NAMES = {
    OK: "SSH_FX_OK",
    EOF: "SSH_FX_EOF",
    NO_SUCH_FILE: "SSH_FX_NO_SUCH_FILE",
    PERMISSION_DENIED: "SSH_FX_PERMISSION_DENIED",
    FAILURE: "SSH_FX_FAILURE",
    5: "SSH_FX_BAD_MESSAGE",
    6: "SSH_FX_NO_CONNECTION",
    7: "SSH_FX_CONNECTION_LOST",
    OP_UNSUPPORTED: "SSH_FX_OP_UNSUPPORTED",
    9: "SSH_FX_INVALID_HANDLE",
    10: "SSH_FX_NO_SUCH_PATH",
    11: "SSH_FX_FILE_ALREADY_EXISTS",
    12: "SSH_FX_WRITE_PROTECT",
    13: "SSH_FX_NO_MEDIA",
    14: "SSH_FX_NO_SPACE_ON_FILESYSTEM",
    15: "SSH_FX_QUOTA_EXCEEDED",
    17: "SSH_FX_LOCK_CONFLICT",
    18: "SSH_FX_DIR_NOT_EMPTY",
    19: "SSH_FX_NOT_A_DIRECTORY",
    20: "SSH_FX_INVALID_FILENAME",
    21: "SSH_FX_LINK_LOOP",
    22: "SSH_FX_CANNOT_DELETE",
    23: "SSH_FX_INVALID_PARAMETER",
    24: "SSH_FX_FILE_IS_A_DIRECTORY",
}
"""OpenSSH, as most servers, speaks version 3 and knows the codes up to 8 alone. Some send later ones, too."""

_PROBLEMS = {
    NO_SUCH_FILE: "file_not_found",
    PERMISSION_DENIED: "file_permission_denied",
    OP_UNSUPPORTED: "file_operation_unsupported",
    10: "file_not_found",
    11: "file_exists",
    12: "file_permission_denied",
    14: "file_no_space",
    15: "file_no_space",
    18: "file_directory_not_empty",
    19: "file_not_a_directory",
    22: "file_permission_denied",
    24: "file_is_a_directory",
}

_MAX_TEXT = 500
"""Characters that are kept of what a server says."""


def status(code: int, text: str = "") -> Reply:
    """A status as it is kept: its name, and what the server says beside it."""
    name = _NAMES.get(code, f"SSH_FX_{code}")
    said = "".join(character if character.isprintable() else " " for character in text[:_MAX_TEXT]).strip()
    return Reply(code, f"{name}: {said}" if said else name)


def problem_type(code: int) -> str:
    """The `error.type` of a status."""
    return _PROBLEMS.get(code, "file_error")
