# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows for answers that succeeded, and are hardly what one wanted: `suspicions.py` finds them."""

from openconnector.calls.remedies import (
    AUTHENTICATION,
    BASICS,
    CONNECTION,
    HEADERS,
    READ_BODY,
    RECORDS,
    TEST,
    THEIR_LOGS,
    Step,
    Words,
)

_PATH: Step = ("Check the path: an API often lives below /api.", TEST)
_ACCEPT: Step = ("Ask for the format with the header Accept.", HEADERS)
_TYPE: Step = ("If the answer is right as it is, change the type of the source.", BASICS)

CONTENT: dict[str, Words] = {
    "redirect_not_followed": Words(
        "response",
        "The answer is a redirect",
        "{host} says that what you look for is at {target}. The redirect was not followed: either the source follows "
        "none, or a body would have gone along.",
        (
            ("Put the address of the redirect into the location.", BASICS),
            ("Or let the source follow redirects.", CONNECTION),
        ),
        ("hops",),
    ),
    "redirect_to_other_origin": Words(
        "response",
        "The answer is a redirect to another system",
        "{origin} sends the call on to {target_origin}. The redirect was not followed: what proves who you are, and "
        "what you send, stay with the system that you have configured.",
        (
            ("If the other address is right, put it into the location: {target_origin}", BASICS),
            ("If it is a login, check the authentication.", AUTHENTICATION),
            ("Or let the source follow all redirects. Credentials stay behind.", CONNECTION),
        ),
        ("origins", "hops"),
    ),
    "empty_body": Words(
        "content",
        "The answer is empty",
        "{host} answered {status}, but without a body.",
        (
            ("Try another path: this one may only confirm that the system is there.", TEST),
            ("Check the parameters of the query: they may match nothing.", TEST),
        ),
    ),
    "unexpected_html": Words(
        "content",
        "The answer is a web page",
        "The source is of type {type}, but {host} answered with HTML. Often that is an error page.",
        (_PATH, ("Check the authentication.", AUTHENTICATION), _ACCEPT),
    ),
    "unexpected_content_type": Words(
        "content",
        "The answer is of another type",
        "The source is of type {type}, but {host} answered with {content_type}.",
        (_ACCEPT, _PATH, _TYPE),
        ("accept",),
    ),
    "invalid_json": Words(
        "content",
        "The answer is not valid JSON",
        "{host} says that it is JSON, but it cannot be read as such from {position} on: {problem}.",
        (READ_BODY, THEIR_LOGS),
        ("position",),
    ),
    "invalid_xml": Words(
        "content",
        "The answer is not well-formed XML",
        "{host} says that it is XML, but it cannot be read as such from {position} on: {problem}.",
        (READ_BODY, THEIR_LOGS),
        ("position",),
    ),
    "nested_records": Words(
        "content",
        "The records lie deeper in the answer",
        "The answer holds {records}, and not a list at its top.",
        (
            ("Make {selector} the position of the records.", RECORDS),
            ("If they should come first, look for a path or a parameter that gives only them.", TEST),
        ),
        ("records",),
    ),
    "records_elsewhere": Words(
        "content",
        "There are no records at the position of the source",
        "{problem} There are {records}.",
        (
            ("Make {selector} the position of the records, if these are they.", RECORDS),
            ("If it is another answer than usual, check path and parameters.", TEST),
        ),
        ("records",),
    ),
    "records_not_found": Words(
        "content",
        "There are no records at the position of the source",
        "{problem}",
        (
            ("Check the position of the records against the answer.", RECORDS),
            ("If it is another answer than usual, check path and parameters.", TEST),
        ),
    ),
    "records_not_checked": Words(
        "content",
        "Nobody has checked the position of the records",
        "The source has its records at {selector}. This answer is larger than what is searched after a call: the first "
        "{limit}, and no more than the source keeps of a body.",
        (("Look at the records in the body of the answer: they are searched for there.", TEST),),
    ),
}

LOGIN_PAGE = Words(
    "content",
    "The answer is a login page",
    "The source is of type {type}, but {host} answered with a page that asks for a password, as it does for people who "
    "have not signed in.",
    (
        ("Check the authentication (now: {scheme}).", AUTHENTICATION),
        _PATH,
    ),
    ("credentials",),
)
