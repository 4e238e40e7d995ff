# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads what is typed behind the options of commands. Nothing heavy is imported here."""

from collections.abc import Callable

MAX_GRACE_SECONDS = 3600

COMMAND_SECRET, COMMAND_PASSPHRASE = "OPENCONNECTOR_COMMAND_SECRET", "OPENCONNECTOR_COMMAND_PASSPHRASE"
"""Variables for commands in occ. They are in the container because `info.xml` declares them."""


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Reads a whole number within bounds."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or not lowest <= int(text) <= highest:
            raise ValueError(f"Enter a whole number from {lowest} to {highest}.")
        return int(text)

    return parse


def seconds(text: str) -> float:
    """Reads a time in seconds."""
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= MAX_GRACE_SECONDS:
        raise ValueError(f"Enter seconds, from 0 to {MAX_GRACE_SECONDS}.")
    return number


def listed(text: str) -> list[str]:
    """Reads a list whose parts are separated by commas; empty parts are passed over."""
    return [part.strip() for part in text.split(",") if part.strip()]


def upper(text: str) -> str:
    """Reads a name that is written in capitals, such as that of a method."""
    return text.strip().upper()


def named_variables(text: str) -> dict[str, str]:
    """Reads `authentication.password=CRM_PASSWORD,…`: keys, and the environment variables that hold their values."""
    pairs: dict[str, str] = {}
    for part in listed(text):
        key, separator, variable = part.partition("=")
        if not (separator and key.strip() and variable.strip()):
            raise ValueError("Enter a key and the name of a variable, such as authentication.password=CRM_PASSWORD.")
        pairs[key.strip()] = variable.strip()
    return pairs
