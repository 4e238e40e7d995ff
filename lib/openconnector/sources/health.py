# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a watched source is, as the list of sources shows it."""

from openconnector.sources.models import Source, Watch
from openconnector.sources.schemas import HealthRead


def health_of(source: Source, watch: Watch) -> HealthRead:
    """The state of a watch; that of a source which is switched off is not known any more."""
    is_paused = not source.is_enabled or watch.due_at is None
    return HealthRead.model_validate(
        {
            "state": "paused" if is_paused else watch.state,
            "since": None if is_paused else watch.state_since,
            "checkedAt": watch.checked_at,
            "nextCheckAt": None if is_paused else watch.due_at,
        }
    )
