# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows for answers of AWS, and of what speaks like it, to a signature that they do not take."""

import re

from openconnector.calls.observed import Observed
from openconnector.calls.remedies import AUTHENTICATION, Step, Words

MAX_LOOK = 4096
"""Characters of a body in which the code is looked for."""

_SECRET: Step = ("Enter access key id and secret access key again: copy them without spaces.", AUTHENTICATION)
_CODES = {
    "ExpiredToken": "aws_expired",
    "ExpiredTokenException": "aws_expired",
    "IncompleteSignature": "aws_signature",
    "InvalidAccessKeyId": "aws_key",
    "InvalidClientTokenId": "aws_key",
    "InvalidSignatureException": "aws_signature",
    "InvalidToken": "aws_expired",
    "RequestExpired": "aws_clock",
    "RequestTimeTooSkewed": "aws_clock",
    "AuthorizationHeaderMalformed": "aws_scope",
    "SignatureDoesNotMatch": "aws_signature",
    "UnrecognizedClientException": "aws_key",
}
_CODE = re.compile(rf"\b({'|'.join(_CODES)})\b")

SIGNATURES: dict[str, Words] = {
    "aws_signature": Words(
        "authentication",
        "The signature does not match",
        "{host} calculates another signature: the secret access key is wrong, or region or service are others.",
        (_SECRET, ("Check region and service: they are part of the signature.", AUTHENTICATION)),
        ("credentials",),
    ),
    "aws_key": Words(
        "authentication",
        "The access key is not known",
        "{host} does not know the access key id: it is mistyped, was deleted, or is for another account or partition.",
        (_SECRET, ("Check in the console that the key is active.", None)),
        ("credentials",),
    ),
    "aws_expired": Words(
        "authentication",
        "The session token is not valid any more",
        "{host} knows the access key, and its session token has expired or belongs to another key.",
        (("Get new temporary credentials, all three of them, and enter them.", AUTHENTICATION),),
        ("credentials",),
    ),
    "aws_clock": Words(
        "authentication",
        "The clocks are too far apart",
        "{host} does not take a signature whose time differs by more than some minutes.",
        (("Set the clock of the server that runs Nextcloud: switch on NTP.", None),),
        ("clock", "credentials"),
    ),
    "aws_scope": Words(
        "authentication",
        "The signature is for another region or service",
        "{host} names the region or service that it expects in the body of its answer.",
        (("Enter the region and the service that the answer names.", AUTHENTICATION),),
        ("credentials",),
    ),
}


def row_of_signature(observed: Observed) -> str | None:
    """Which row fits what AWS says; None: it says nothing that is known, or nobody asked it."""
    if observed.authentication != "awsSigV4":
        return None
    found = _CODE.search((observed.body or "")[:MAX_LOOK])
    return _CODES[found[1]] if found else None
