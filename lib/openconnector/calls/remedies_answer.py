# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows for what fails once a connection stands: the request is on its way, and no whole answer comes back."""

from openconnector.calls.remedies import (
    ADDRESS,
    AUTHENTICATION,
    BASICS,
    CONNECTION,
    HEADERS,
    PORT,
    TEST,
    THEIR_LOGS,
    TRY_AGAIN,
    Step,
    Words,
)

_LESS: Step = ("Ask for less, for example with a page size.", TEST)

ANSWER: dict[str, Words] = {
    "read_timeout": Words(
        "response",
        "The answer did not come in time",
        "{host} accepted the request, but was silent for longer than the read timeout.",
        (
            ("Raise the read timeout if the other system is slow.", CONNECTION),
            ("Try a lighter path to see whether the system answers at all.", TEST),
            THEIR_LOGS,
        ),
        ("received",),
    ),
    "write_timeout": Words(
        "request",
        "The request could not be sent in time",
        "{host} accepted the connection, but did not take the request.",
        (TRY_AGAIN, THEIR_LOGS),
    ),
    "total_timeout": Words(
        "response",
        "The call took too long",
        "The call was stopped at the total timeout of the source.",
        (("Raise the total timeout.", CONNECTION), _LESS),
        ("hops", "received"),
    ),
    "empty_reply": Words(
        "response",
        "The connection was closed without an answer",
        "{host} took the request and hung up. Often the port speaks another protocol than the location says.",
        (PORT, THEIR_LOGS),
    ),
    "protocol_error": Words(
        "response",
        "The answer is not valid HTTP",
        "What came from {host} cannot be read as an HTTP answer.",
        (PORT, THEIR_LOGS),
    ),
    "http2_error": Words(
        "response",
        "HTTP/2 does not work with this server",
        "{host} agreed to HTTP/2, and then broke its rules or gave the request up.",
        (("Switch off HTTP/2 for this source.", CONNECTION), TRY_AGAIN, THEIR_LOGS),
    ),
    "incomplete_body": Words(
        "content",
        "The answer broke off",
        "The connection to {host} was closed before the whole answer had come.",
        (TRY_AGAIN, THEIR_LOGS),
        ("received",),
    ),
    "undecodable_body": Words(
        "content",
        "The answer cannot be decompressed",
        "The content encoding that {host} announced does not fit the body.",
        (("Add the header Accept-Encoding: identity to the source.", HEADERS), THEIR_LOGS),
        ("content encoding", "received"),
    ),
    "body_too_large": Words(
        "content",
        "The answer is too large",
        "{host} sends more than OpenConnector reads of one answer.",
        (_LESS, ("Ask whoever runs {host} why the answer does not end.", None)),
        ("content encoding", "received"),
    ),
    "headers_too_large": Words(
        "response",
        "The headers of the answer are too large",
        "{host} sends more headers than OpenConnector reads.",
        (("Check that the location leads to the API, and not to something else.", BASICS), THEIR_LOGS),
    ),
    "too_many_redirects": Words(
        "response",
        "There are too many redirects",
        "{host} keeps sending the call elsewhere.",
        (
            ("Check the location: http or https, and a slash at the end.", BASICS),
            ("If the way is meant to be that long, allow more redirects.", CONNECTION),
        ),
        ("hops",),
    ),
    "redirect_loop": Words(
        "response",
        "The redirects go round in a circle",
        "The call was sent to {target}, where it had been before.",
        (
            ("Check the location: http or https, and a slash at the end.", BASICS),
            ("If the other system redirects to a login, check the authentication.", AUTHENTICATION),
            THEIR_LOGS,
        ),
        ("hops",),
    ),
    "invalid_redirect": Words(
        "response",
        "The redirect leads nowhere",
        "{host} answered with a redirect that is no HTTP address.",
        (THEIR_LOGS, ("Put the address that you need into the location.", BASICS)),
        ("hops",),
    ),
    "invalid_request": Words(
        "request",
        "The request cannot be sent as it is",
        "A header, the path or the body breaks the rules of HTTP.",
        (("Check the headers of this request and of the source.", HEADERS),),
    ),
    "invalid_url": Words(
        "configuration",
        "Location and path make no valid URL",
        "OpenConnector cannot call {location} with the path {path}.",
        (ADDRESS, ("Check the path.", TEST)),
        ("join",),
    ),
    "unsupported_scheme": Words(
        "configuration",
        "Only http and https can be called",
        "OpenConnector cannot call {url}.",
        (("Begin the location with https:// or http://.", BASICS),),
        ("hops",),
    ),
    "cancelled": Words(
        "request",
        "The call was cancelled",
        "It was stopped before the whole answer had come.",
        (("Send it again when you want the answer.", TEST),),
    ),
    "internal_error": Words(
        "request",
        "OpenConnector failed",
        "Something went wrong in OpenConnector itself. Its own log says more.",
        (("Report it, with the log of the app at this time.", None),),
    ),
}
