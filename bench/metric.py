# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One figure, and what it is held against."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """`limit` is what must be met: at most, or at least where `more_is_better`."""

    value: float
    unit: str
    against: str
    limit: float
    more_is_better: bool = False

    @property
    def is_met(self) -> bool:
        return self.value >= self.limit if self.more_is_better else self.value <= self.limit
