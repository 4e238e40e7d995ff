# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The type of a value that must not be shown."""

import re
from typing import Annotated

from pydantic import Field, PlainSerializer, SecretStr, WithJsonSchema

from openconnector.core.phrases import phrase

MAX_SECRET = 8192
"""Characters of the longest secret."""

MAX_LONG_SECRET = 98_304
"""Characters of the longest key or file: 64 KiB take as many in base64, with line breaks."""

CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""Control characters that no header may carry (RFC 9110, section 5.5)."""

MASK = "•" * 8
"""What stands for a stored secret in every answer. Sent back, it means: keep what is stored."""


def _masked(secret: SecretStr) -> str:
    return MASK if secret.get_secret_value() else ""


Secret = Annotated[
    SecretStr,
    Field(max_length=MAX_SECRET),
    PlainSerializer(_masked, return_type=str),
    WithJsonSchema({"type": "string", "format": "password", "maxLength": MAX_SECRET}),
]
"""A secret in a schema: it is written in clear, and read as the mask. Its `repr` shows neither."""

LongSecret = Annotated[
    SecretStr,
    Field(max_length=MAX_LONG_SECRET),
    PlainSerializer(_masked, return_type=str),
    WithJsonSchema({"type": "string", "format": "password", "maxLength": MAX_LONG_SECRET}),
]
"""A secret that is a key or a file."""


def is_mask(secret: SecretStr | str) -> bool:
    """Whether a client sent the mask back instead of a new value."""
    text = secret if isinstance(secret, str) else secret.get_secret_value()
    return text == MASK


def one_line(secret: SecretStr) -> SecretStr:
    """The secret without the white space around it that copying brings.

    Raises:
        ValueError: nothing is left, or a control character is, which a header cannot carry.
    """
    text = secret.get_secret_value().strip()
    if not text:
        raise ValueError(phrase("This field may not be empty."))
    if CONTROL.search(text):
        raise ValueError(phrase("This value contains a line break or another control character."))
    return SecretStr(text)
