# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All SQL about the settings that administrators change."""

from sqlalchemy.orm import Session

from openconnector.administration.models import Administration

ROW = 1


def find_blocking(session: Session, *, lock: bool = False) -> Administration | None:
    """The settings, for a thread; None: nobody has changed anything yet."""
    return session.get(Administration, ROW, with_for_update=lock)
