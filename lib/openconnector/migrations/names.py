# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which tables of the database have a model."""

import re
from typing import Any

_PARTITION = re.compile(r"(call_logs|call_bodies)_p\d+")


def is_of_a_model(name: str | None, kind: str, _parents: Any) -> bool:
    """Partitions have none: they are made while calls are written."""
    return not (kind == "table" and name is not None and _PARTITION.fullmatch(name))
