# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the replies of an FTP server mean (RFC 959, section 4.2): a code and a text become a stable name."""

import re

from openconnector.transports.files.session import FileProblem, Reply

_BY_CODE = {
    331: "login_refused",
    332: "login_refused",
    421: "file_error",
    425: "data_connection_failed",
    426: "transfer_aborted",
    452: "file_no_space",
    500: "file_operation_unsupported",
    501: "file_operation_unsupported",
    502: "file_operation_unsupported",
    504: "file_operation_unsupported",
    521: "tls_required",
    522: "tls_required",
    530: "login_refused",
    532: "login_refused",
    533: "tls_required",
    534: "tls_required",
    535: "tls_required",
    552: "file_no_space",
}
"""522 is of RFC 4217. In RFC 2428 it means something else, which nothing here asks for."""

_BY_WORDS = (
    (re.compile(r"\b(TLS|SSL|encrypt)", re.IGNORECASE), "tls_required"),
    (re.compile(r"not empty", re.IGNORECASE), "file_directory_not_empty"),
    (re.compile(r"(not|n't) a (directory|folder)", re.IGNORECASE), "file_not_a_directory"),
    (re.compile(r"is a (directory|folder)|not a (regular|plain) file", re.IGNORECASE), "file_is_a_directory"),
    (re.compile(r"outside|leaves? (the )?root", re.IGNORECASE), "file_path_leaves_root"),
    (
        re.compile(
            r"no such|not (be )?found|(does|do)(n't| not) exist|cannot find|can't find|unknown file", re.IGNORECASE
        ),
        "file_not_found",
    ),
    (re.compile(r"already exists|file exists|directory exists", re.IGNORECASE), "file_exists"),
    (re.compile(r"space|quota|disk full|exceeded", re.IGNORECASE), "file_no_space"),
    (
        re.compile(
            r"permission|denied|privilege|not allowed|not permitted|read-?only|forbidden|prohibited", re.IGNORECASE
        ),
        "file_permission_denied",
    ),
)
"""550 and its neighbours say everything: the words tell more than the code."""

_WORDLESS = frozenset({450, 451, 501, 521, 550, 551, 553})
_READS = frozenset({"CWD", "LIST", "MDTM", "MLSD", "MLST", "RETR", "SIZE"})
"""Commands that a server refuses without a reason mostly because there is no such thing."""

_ABOUT_LOGIN = frozenset({"USER", "PASS"})


def problem_of(command: str, reply: Reply) -> FileProblem:
    """Why a command was refused.

    Args:
        command: its first word.
    """
    return FileProblem(_type_of(command, reply), f"{reply.code} {reply.text}".strip(), reply)


def _type_of(command: str, reply: Reply) -> str:
    if command in _ABOUT_LOGIN:
        return _type_at_login(reply)
    if reply.code in _WORDLESS:
        for words, type_ in _BY_WORDS:
            if words.search(reply.text):
                return type_
    if reply.code in _BY_CODE:
        return _BY_CODE[reply.code]
    return "file_not_found" if reply.code == 550 and command in _READS else "file_error"  # noqa: PLR2004


def _type_at_login(reply: Reply) -> str:
    """Servers that let nobody log in without TLS say so with many a code."""
    if reply.code in (421, 450, 451, 500):  # about nobody's password
        return "file_error"
    asks_for_tls = reply.code in (521, 522, 533, 534) or _BY_WORDS[0][0].search(reply.text)
    return "tls_required" if asks_for_tls else "login_refused"
