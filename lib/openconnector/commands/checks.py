# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What `doctor` finds out. A check never raises: what goes wrong is what it has found."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was found, and what to mend, which is empty where nothing is wrong."""

    name: str
    verdict: Verdict
    found: str
    mend: str = ""

    def as_member(self) -> dict[str, str | None]:
        """The check in the JSON document."""
        return {"name": self.name, "status": self.verdict, "found": self.found, "mend": self.mend or None}
