# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows for statuses that say something went wrong (RFC 9110, section 15)."""

from openconnector.calls.remedies import (
    AUTHENTICATION,
    BASICS,
    CONNECTION,
    HEADERS,
    NO_PROXY,
    READ_BODY,
    TEST,
    THEIR_LOGS,
    TRY_AGAIN,
    Step,
    Words,
)

_WAIT: Step = ("Wait, then try again.", TEST)

STATUSES: dict[int, Words] = {
    400: Words(
        "request",
        "The other system did not understand the request",
        "{host} answered 400. Its answer often says which part is wrong.",
        (READ_BODY, ("Compare path, query and body with its documentation.", TEST)),
        ("content type",),
    ),
    404: Words(
        "request",
        "There is nothing at this path",
        "{host} answered 404. Location and path were joined to {joined}{doubled}",
        (
            ("Check the path.", TEST),
            ("Check that the location holds the right base path, such as /api/v1.", BASICS),
            ("Some systems answer 404 for what these credentials may not see.", AUTHENTICATION),
        ),
        ("join",),
    ),
    405: Words(
        "request",
        "The method is not allowed here",
        "{host} does not take {method} at this path. {allow}",
        (("Choose another method.", TEST), ("Check the path.", TEST)),
        ("method",),
    ),
    406: Words(
        "request",
        "The other system has no answer in this format",
        "{host} answered 406: it cannot give what the header Accept asks for, which is {accept}.",
        (("Set the header Accept to a format that it has.", HEADERS), ("Check the type of the source.", BASICS)),
        ("accept",),
    ),
    407: Words(
        "authentication",
        "A proxy wants credentials",
        "A proxy on the way to {host} answered 407: user name and password are missing or wrong.",
        (
            ("Enter user name and password of the proxy.", CONNECTION),
            NO_PROXY,
            ("Ask your network administrator how this server may pass the proxy.", None),
        ),
        ("proxy",),
    ),
    408: Words(
        "response",
        "The other system waited too long for the request",
        "{host} answered 408: the request did not reach it in time.",
        (TRY_AGAIN, THEIR_LOGS),
    ),
    409: Words(
        "request",
        "The request conflicts with what is there",
        "{host} answered 409: the object may exist already, or somebody has changed it in the meantime.",
        (READ_BODY, ("Read the object anew, then send the change again.", TEST)),
    ),
    410: Words(
        "request",
        "What was at this path is gone",
        "{host} answered 410: it was here, and will not come back. Old versions of an API end like this.",
        (
            ("Check for a newer version of the API, and its base path.", BASICS),
            ("Ask whoever runs {host} what took its place.", None),
        ),
        ("join",),
    ),
    413: Words(
        "request",
        "The body is too large for the other system",
        "{host} answered 413.",
        (("Send less at a time.", TEST), ("Ask whoever runs {host} how much it takes.", None)),
    ),
    415: Words(
        "request",
        "The other system does not take this kind of body",
        "{host} answered 415. Sent was {sent_type}. {takes}",
        (
            ("Set the header Content-Type to what it expects.", TEST),
            ("For all calls of the source: set it there.", HEADERS),
        ),
        ("content type",),
    ),
    422: Words(
        "request",
        "The other system does not accept the values",
        "{host} answered 422: it can read the request, but some of what it says is not valid there.",
        (READ_BODY, ("Compare the values with its documentation.", TEST)),
    ),
    429: Words(
        "response",
        "Too many calls",
        "{host} answered 429: it wants fewer calls. {retry}",
        (_WAIT, ("Set a rate limit for the source, so that this does not happen again.", CONNECTION)),
        ("retry",),
    ),
    500: Words(
        "response",
        "The other system failed",
        "{host} answered 500: something went wrong inside it. The request may have set it off.",
        (READ_BODY, THEIR_LOGS, ("Try a simpler request.", TEST)),
    ),
    502: Words(
        "response",
        "A gateway got no proper answer",
        "{host} answered 502: it is only the entrance, and the system behind it is down or answers nonsense.",
        (TRY_AGAIN, ("Ask whoever runs {host} whether the system behind it is up.", None)),
    ),
    503: Words(
        "response",
        "The other system is not available",
        "{host} answered 503: it is overloaded, or down for maintenance. {retry}",
        (_WAIT, ("Ask whoever runs {host} when it will be back.", None)),
        ("retry",),
    ),
    504: Words(
        "response",
        "A gateway got no answer in time",
        "{host} answered 504: it is only the entrance, and the system behind it took too long.",
        (
            ("Ask for less, for example with a page size.", TEST),
            TRY_AGAIN,
            ("Ask whoever runs {host} why it is slow.", None),
        ),
    ),
}

CREDENTIALS: dict[str, Words] = {
    "missing": Words(
        "authentication",
        "The other system asks for credentials",
        "{host} answered 401, and the request carried no credentials: there is no header Authorization in it. {wanted}",
        (("Choose a scheme and enter the credentials.", AUTHENTICATION),),
        ("credentials",),
    ),
    "unanswered": Words(
        "authentication",
        "The other system wants another scheme",
        "{host} answered 401 and wants {schemes}, and the source is set to {scheme}: no credentials were sent.",
        (("Change the authentication of the source to {schemes}, where it is offered there.", AUTHENTICATION),),
        ("credentials",),
    ),
    "left_behind": Words(
        "authentication",
        "The redirect led to where the credentials do not go",
        "{host} answered 401. The credentials are those of {location}, and never follow a redirect to another system.",
        (
            ("If {host} is the right system, put its address into the location, and enter its credentials.", BASICS),
            ("Or ask for a path that answers without a redirect.", TEST),
        ),
        ("credentials", "hops"),
    ),
    "wrong_scheme": Words(
        "authentication",
        "The other system wants another scheme",
        "{host} wants {schemes}, but {sent} was sent.",
        (
            ("Change the authentication of the source to {schemes}, where it is offered there.", AUTHENTICATION),
            ("Where it is not: ask whoever runs {host} for another way, such as a token.", None),
        ),
        ("credentials",),
    ),
    "expired": Words(
        "authentication",
        "The token has expired",
        "{host} knows the token that was sent, but its time is over.",
        (
            ("Get a new token from the other system, and enter it.", AUTHENTICATION),
            ("If it is new: check the clocks of both servers.", None),
        ),
        ("credentials",),
    ),
    "invalid_token": Words(
        "authentication",
        "The token is not valid",
        "{host} does not accept the token that was sent. It may be mistyped, revoked, or made for another system.",
        (
            ("Enter the token again, without quotes and without the word Bearer.", AUTHENTICATION),
            ("Check that the token was made for this system and environment.", None),
        ),
        ("credentials",),
    ),
    "insufficient_scope": Words(
        "authentication",
        "The token may not do this",
        "{host} accepts the token, but it was not granted the scope for this call{scope}.",
        (
            ("Get a token with this scope{scope}, and enter it.", AUTHENTICATION),
            ("Ask whoever runs {host} to grant it.", None),
        ),
        ("credentials",),
    ),
    "rejected": Words(
        "authentication",
        "The credentials were not accepted",
        "{host} answered 401 although {sent} was sent: the credentials are wrong, locked or expired. {wanted}",
        (
            ("Enter the credentials again, and check the scheme (now: {scheme}).", AUTHENTICATION),
            ("Ask whoever runs {host} whether the account is active.", None),
        ),
        ("credentials",),
    ),
    "forbidden": Words(
        "authentication",
        "The credentials may not do this",
        "{host} answered 403: it may know who is asking, but does not allow this call.",
        (
            ("Ask whoever runs the other system to grant the right to this account.", None),
            ("Check whether it admits calls from this server's address only.", None),
            ("Check that the right credentials are configured (now: {scheme}).", AUTHENTICATION),
        ),
        ("credentials",),
    ),
    "forbidden_anonymous": Words(
        "authentication",
        "The other system does not allow this",
        "{host} answered 403, and the request carried no credentials.",
        (
            ("Choose a scheme and enter the credentials.", AUTHENTICATION),
            ("Check whether it admits calls from this server's address only.", None),
        ),
        ("credentials",),
    ),
}
"""The rows for 401 and 403, told apart by what was sent and what was asked for: see `credentials.py`."""

CLIENT_ERROR = Words(
    "request",
    "The other system refused the request",
    "{host} answered {status}. Its answer often says why.",
    (READ_BODY, ("Compare path, query and body with its documentation.", TEST)),
)

SERVER_ERROR = Words(
    "response",
    "The other system failed",
    "{host} answered {status}: something went wrong on its side.",
    (READ_BODY, THEIR_LOGS),
)

FIRST_SERVER_ERROR = 500


def status_words(status: int) -> Words:
    """The words for a status; those of its class when it has no row of its own."""
    return STATUSES.get(status) or (SERVER_ERROR if status >= FIRST_SERVER_ERROR else CLIENT_ERROR)
