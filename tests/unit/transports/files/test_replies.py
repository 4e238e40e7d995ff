# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the replies of FTP servers mean: those of vsftpd, ProFTPD, Pure-FTPd, IIS, FileZilla Server and pyftpdlib."""

import pytest

from openconnector.transports.files.replies import problem_of
from openconnector.transports.files.session import Reply


@pytest.mark.parametrize(
    ("command", "code", "text", "type_"),
    [
        ("PASS", 530, "Login incorrect.", "login_refused"),
        ("PASS", 530, "Login authentication failed", "login_refused"),
        ("PASS", 530, "User cannot log in.", "login_refused"),
        ("PASS", 332, "Need account.", "login_refused"),
        ("PASS", 421, "Too many connections", "file_error"),
        ("PASS", 500, "OOPS: cannot change directory:/nonexistent", "file_error"),
        ("USER", 530, "Non-anonymous sessions must use encryption.", "tls_required"),
        ("USER", 503, "Use AUTH first. TLS is required.", "tls_required"),
        ("USER", 550, "SSL/TLS required on the control channel", "tls_required"),
        ("USER", 534, "Policy requires SSL.", "tls_required"),
        ("RETR", 522, "SSL connection failed; session reuse required", "tls_required"),
        ("RETR", 550, "Failed to open file.", "file_not_found"),
        ("RETR", 550, "The system cannot find the file specified. ", "file_not_found"),
        ("RETR", 550, "Can't open x: No such file or directory", "file_not_found"),
        ("RETR", 550, "Permission denied", "file_permission_denied"),
        ("RETR", 550, "Access is denied. ", "file_permission_denied"),
        ("RETR", 550, "I can only retrieve regular files", "file_not_found"),
        ("RETR", 550, "x: not a plain file.", "file_is_a_directory"),
        ("MLSD", 501, "No such directory.", "file_not_found"),
        ("MLSD", 550, "Not a directory.", "file_not_a_directory"),
        ("CWD", 550, "Failed to change directory.", "file_not_found"),
        ("STOR", 553, "Could not create file.", "file_error"),
        ("STOR", 550, "Permission denied.", "file_permission_denied"),
        ("STOR", 552, "Exceeded storage allocation.", "file_no_space"),
        ("STOR", 451, "Disk full.", "file_no_space"),
        ("STOR", 452, "Insufficient storage.", "file_no_space"),
        ("MKD", 550, "File exists.", "file_exists"),
        ("MKD", 521, "Directory already exists", "file_exists"),
        ("MKD", 550, "Create directory operation failed.", "file_error"),
        ("RMD", 550, "Directory not empty.", "file_directory_not_empty"),
        ("DELE", 550, "Delete operation failed.", "file_error"),
        ("EPSV", 425, "Cannot open data connection.", "data_connection_failed"),
        ("RETR", 426, "Failure writing network stream.", "transfer_aborted"),
        ("MLSD", 502, "Command not implemented.", "file_operation_unsupported"),
        ("RETR", 550, "x points to a path which is outside the user's root directory.", "file_path_leaves_root"),
        ("NOOP", 599, "What?", "file_error"),
    ],
)
def test_have_a_name(command: str, code: int, text: str, type_: str) -> None:
    problem = problem_of(command, Reply(code, text))

    assert problem.type == type_
    assert str(problem) == f"{code} {text}".strip()
    assert problem.reply == Reply(code, text)
