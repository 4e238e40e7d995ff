# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a row of the diagnosis is made of, what rows share, and the table of calls that were refused.

In the words, `{host}`, `{location}` and so on stand for what was observed: `facts.py` has them all. The other tables
are `remedies_network.py`, `remedies_tls.py`, `remedies_answer.py`, `remedies_content.py` and `status_remedies.py`.
"""

from dataclasses import dataclass

from openconnector.logs.schemas import Phase, Place

CONNECTION: Place = "configuration/connection"
AUTHENTICATION: Place = "configuration/authentication"
BASICS: Place = "configuration"
RECORDS: Place = "configuration/records"
HEADERS: Place = "configuration/headers"
TEST: Place = "test"
SETTINGS: Place = "settings"

Step = tuple[str, Place | None]
"""A sentence that says what to do, and the place in the interface where it is done."""


@dataclass(frozen=True, slots=True)
class Words:
    """One row of a table.

    Attributes:
        remedies: what to do, the likeliest first.
        evidence: names of what is shown beside request, report and status: rows of `evidence.py`.
        is_about_token: it happened on the way to the authorization server, and the title says so.
    """

    phase: Phase
    title: str
    detail: str
    remedies: tuple[Step, ...] = ()
    evidence: tuple[str, ...] = ()
    is_about_token: bool = False


ADDRESS: Step = ("Check the spelling of the location.", BASICS)
PORT: Step = ("Check http:// or https:// and the port in the location.", BASICS)
FIREWALL: Step = ("Check firewall, VPN and DNS on the server that runs Nextcloud, as seen from there.", None)
PROXY: Step = ("Check host, port and credentials of the proxy.", CONNECTION)
NO_PROXY: Step = ("If this host can be reached without a proxy, remove the proxy from the source.", CONNECTION)
TRY_AGAIN: Step = ("Try again in a moment.", TEST)
THEIR_LOGS: Step = ("Look into the logs of the other system at the time of this call.", None)
READ_BODY: Step = ("Read the body of the answer: it often says what is wrong.", TEST)

REFUSALS: dict[str, Words] = {
    "invalid_request": Words(
        "configuration",
        "The request cannot be built",
        "OpenConnector did not send the request: location, path, headers and authentication make no valid one. "
        "{reported}",
        (("Check the path and the headers of this request.", TEST), ("Check the configuration of the source.", BASICS)),
    ),
    "source_disabled": Words(
        "configuration",
        "The source is disabled",
        "OpenConnector did not send the request, because calls of this source are switched off.",
        (("Enable the source, then test again.", BASICS),),
    ),
    "secret_unreadable": Words(
        "configuration",
        "A stored secret cannot be opened",
        "OpenConnector did not send the request. {reported}",
        (
            ("Enter the secrets of this source again.", AUTHENTICATION),
            ("Enter the secrets in headers and query again.", HEADERS),
            ("Enter the secrets of the connection again: proxy, certificate, WS-Security.", CONNECTION),
            ("If the key was lost or replaced, restore it from the backup: all secrets open again then.", None),
        ),
    ),
    "path_leaves_origin": Words(
        "configuration",
        "The path does not stay below the location",
        "OpenConnector did not send the request: a path may not name another host or climb out of {location}.",
        (
            ("Enter only the part behind the location, such as /health.", TEST),
            ("To call another host, add a source for it.", None),
        ),
        ("join",),
    ),
    "file_changes_not_allowed": Words(
        "configuration",
        "The source does not allow changes",
        "OpenConnector did not send the request: files of this source are read, and not written, renamed or deleted.",
        (("If files may be changed, allow it.", "configuration/files"),),
    ),
    "rate_limited": Words(
        "configuration",
        "A limit leaves no place for this call",
        "OpenConnector did not send the request. {reported}",
        (
            ("Wait, and try again.", TEST),
            ("If the source has a rate limit of its own, check it.", CONNECTION),
            ("What holds for every source stands in the settings.", SETTINGS),
        ),
    ),
}
