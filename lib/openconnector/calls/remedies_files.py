# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows for what FTP and SFTP servers refuse, and for the data connections of FTP."""

from openconnector.calls.remedies import (
    AUTHENTICATION,
    BASICS,
    CONNECTION,
    TEST,
    THEIR_LOGS,
    TRY_AGAIN,
    Step,
    Words,
)
from openconnector.logs.schemas import Place

FILES_PLACE: Place = "configuration/files"

_LOOK: Step = ("Open the directory above it and look what is there: names are case-sensitive on most servers.", TEST)
_LOCATION: Step = ("Check the directory in the location: all paths are below it.", BASICS)
_RIGHTS: Step = ("Ask whoever runs {host} what this user may read and change.", None)
_OTHER_USER: Step = ("Log in as another user.", AUTHENTICATION)
_MODE: Step = ("Change between passive and active mode.", FILES_PLACE)
_FOUND = ("addresses",)

FILES: dict[str, Words] = {
    "login_refused": Words(
        "authentication",
        "The server refused the login",
        "{host} does not accept this user with this password or key. It answered: {reported}",
        (
            ("Enter user name and password again, or the key that belongs to the user.", AUTHENTICATION),
            ("Ask whoever runs {host} whether the user is known there, and may transfer files.", None),
            ("Ask whether logins are allowed from the address of the server that runs Nextcloud.", None),
        ),
    ),
    "tls_required": Words(
        "tls",
        "The location and the server do not agree about TLS",
        "The location begins with a scheme that says whether TLS is spoken, and {host} sees that differently. "
        "It answered: {reported}",
        (
            (
                "If the server wants TLS, begin the location with ftpes://, or with ftps:// for TLS at once (at 990).",
                BASICS,
            ),
            ("If the server has no TLS, ask for it: with ftp:// everybody on the way can read the password.", None),
        ),
    ),
    "ftp_not_spoken": Words(
        "tcp",
        "No FTP server answers there",
        "Something listens at {host}, but it does not speak FTP. {reported}",
        (
            ("Check host and port in the location: FTP is mostly at port 21, with ftps:// at 990.", BASICS),
            ("If it is an SSH server, begin the location with sftp://.", BASICS),
        ),
        _FOUND,
    ),
    "data_connection_failed": Words(
        "tcp",
        "The data connection did not come about",
        "FTP opens a second connection for each file and each listing, and that failed: {reported}",
        (
            _MODE,
            (
                "Ask whoever runs {host} for its range of passive ports, and open it in the firewalls between both.",
                None,
            ),
            (
                "If the server can do SFTP, use that: it needs one connection only. Begin the location with sftp://.",
                BASICS,
            ),
        ),
        _FOUND,
    ),
    "transfer_aborted": Words(
        "response",
        "The transfer broke off",
        "The file did not come, or did not go, as a whole: {reported}",
        (
            TRY_AGAIN,
            ("If it always breaks at the same time, raise the timeouts.", CONNECTION),
            ("Check whether the file is being written while it is read.", None),
            THEIR_LOGS,
        ),
        ("received",),
    ),
    "file_not_found": Words(
        "response",
        "There is no such file or directory",
        "{host} does not find it, or does not show it to this user. It answered: {reported}",
        (_LOOK, _LOCATION, _RIGHTS),
    ),
    "file_permission_denied": Words(
        "response",
        "The user may not do that",
        "The login was accepted, but this user has no right to do that. {host} answered: {reported}",
        (_RIGHTS, _OTHER_USER),
    ),
    "file_exists": Words(
        "response",
        "The name is taken already",
        "There is a file or directory of that name, and it was not replaced. {host} answered: {reported}",
        (("Choose another name, or delete what is there first.", TEST),),
    ),
    "file_not_a_directory": Words(
        "response",
        "This is not a directory",
        "Only a directory can be listed, or hold other files. {host} answered: {reported}",
        (_LOOK, _LOCATION),
    ),
    "file_is_a_directory": Words(
        "response",
        "This is a directory",
        "Only a file can be read or written. {host} answered: {reported}",
        (("Open the directory, and choose a file in it.", TEST),),
    ),
    "file_directory_not_empty": Words(
        "response",
        "The directory is not empty",
        "Only an empty directory is deleted. {host} answered: {reported}",
        (("Delete what is in it first. Files whose names begin with a dot may not be shown.", TEST),),
    ),
    "file_no_space": Words(
        "response",
        "There is no space left on the server",
        "The disk of {host} is full, or the quota of this user is used up. It answered: {reported}",
        (
            ("Ask whoever runs {host} for more space.", None),
            ("Delete files that are not needed any more.", TEST),
        ),
    ),
    "file_path_leaves_root": Words(
        "request",
        "The path does not stay below the location",
        "Paths may not climb out of the location with “..”, and links may not lead out of it. {reported}",
        (
            ("Enter only the part behind the directory of the location.", TEST),
            ("If files outside of it are needed, set the location to a directory above both.", BASICS),
        ),
    ),
    "file_operation_unsupported": Words(
        "response",
        "The server cannot do that",
        "{host} does not know this operation, or does not offer it to this user. It answered: {reported}",
        (_RIGHTS, THEIR_LOGS),
    ),
    "file_error": Words(
        "response",
        "The server could not do that",
        "{host} refused, and does not say it more clearly than: {reported}",
        (TRY_AGAIN, _RIGHTS, THEIR_LOGS),
    ),
}
