# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is written into the log has every column of its table."""

from dataclasses import fields

from openconnector.logs.entries import CallEntry
from openconnector.logs.models import CallLog

STORED = {"details", "bodies", "stored_bytes"}
TOLD = {"exchanges", "diagnosis", "has_bodies", "expires_at"}


def test_an_entry_has_the_columns_of_its_table() -> None:
    columns = {column.key for column in CallLog.__table__.columns} - STORED
    assert {field.name for field in fields(CallEntry)} - TOLD == columns
