# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Identifiers that sort by time."""

import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """A version 7 UUID (RFC 9562, section 5.7): milliseconds first, so new rows land at the end of an index."""
    return id_at(time.time_ns() // 1_000_000, secrets.randbits(80))


def id_at(milliseconds: int, random: int) -> UUID:
    """A version 7 UUID of a time since 1970, with 80 random bits (of which 74 remain)."""
    value = (milliseconds & (1 << 48) - 1) << 80 | random
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0b11 << 62) | 0b10 << 62
    return UUID(int=value)
