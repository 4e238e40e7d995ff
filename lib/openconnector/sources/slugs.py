# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What sources are called in addresses."""

import re
import unicodedata
from collections.abc import Container
from itertools import count

MAX_SLUG = 100


def slug_of(name: str) -> str:
    """What a source of this name is called in addresses, where no other is."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[: MAX_SLUG - 8].strip("-") or "source"


def free_slug(name: str, taken: Container[str]) -> str:
    """The slug of a name, with a number behind it where it is taken."""
    base = slug_of(name)
    return next(slug for number in count(1) if (slug := base if number == 1 else f"{base}-{number}") not in taken)
