# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table behind the diagnosis of statuses that say something went wrong; its words are those of `remedies.py`."""

from openconnector.calls.remedies import AUTHENTICATION, BASICS, HEADERS, TEST, THEIR_LOGS, TRY_AGAIN, Words

NO_CREDENTIALS = Words(
    "authentication",
    "The other system asks for credentials",
    "{host} answered 401, and the source sent none.",
    (
        (
            "Choose a scheme and enter the credentials. WWW-Authenticate in the evidence may name the scheme.",
            AUTHENTICATION,
        ),
    ),
)

STATUSES: dict[int, Words] = {
    400: Words(
        "request",
        "The other system did not understand the request",
        "{host} answered 400. Its answer often says which part is wrong.",
        (
            ("Read the body of the answer.", TEST),
            ("Compare path, query and body with its documentation.", TEST),
        ),
    ),
    401: Words(
        "authentication",
        "The credentials were not accepted",
        "{host} answered 401: the credentials are missing, wrong or expired.",
        (
            ("Enter the credentials again, and check the scheme (now: {scheme}).", AUTHENTICATION),
            ("Compare the scheme with WWW-Authenticate in the evidence.", None),
        ),
    ),
    403: Words(
        "authentication",
        "The credentials may not do this",
        "{host} answered 403: it may know who is asking, but does not allow this call.",
        (
            ("Ask whoever runs the other system to grant the right to this account.", None),
            ("Check whether it admits calls from this server's address only.", None),
            ("Check that the right credentials are configured (now: {scheme}).", AUTHENTICATION),
        ),
    ),
    404: Words(
        "request",
        "There is nothing at this path",
        "{host} answered 404. The location {location} and the path {path} were joined as the evidence shows.",
        (
            ("Check the path.", TEST),
            ("Check that the location holds the right base path, such as /api/v1.", BASICS),
        ),
    ),
    405: Words(
        "request",
        "The method is not allowed here",
        "{host} answered 405. The header Allow in the evidence names what it takes.",
        (("Choose another method.", TEST),),
    ),
    406: Words(
        "request",
        "The other system has no answer in this format",
        "{host} answered 406: it cannot give what the header Accept asks for.",
        (("Check the type of the source, or set the header Accept.", HEADERS),),
    ),
    407: Words(
        "authentication",
        "A proxy wants credentials",
        "A proxy on the way to {host} answered 407.",
        (("Ask your network administrator how this server may pass the proxy.", None),),
    ),
    415: Words(
        "request",
        "The other system does not take this kind of body",
        "{host} answered 415.",
        (("Set the header Content-Type to what it expects.", TEST),),
    ),
    429: Words(
        "response",
        "Too many calls",
        "{host} answered 429: it wants fewer calls. Retry-After in the evidence may say when to come back.",
        (("Wait, then try again.", TEST),),
    ),
    503: Words(
        "response",
        "The other system is not available",
        "{host} answered 503: it is overloaded, or down for maintenance.",
        (TRY_AGAIN, ("Ask whoever runs it.", None)),
    ),
}


def status_class_words(status: int) -> Words:
    """The words for a status that has no row of its own."""
    if status >= 500:  # noqa: PLR2004
        return Words(
            "response",
            "The other system failed",
            "{host} answered {status}: something went wrong on its side.",
            (("Read the body of the answer.", TEST), THEIR_LOGS),
        )
    return Words(
        "request",
        "The other system refused the request",
        "{host} answered {status}. Its answer often says why.",
        (("Read the body of the answer.", TEST),),
    )
