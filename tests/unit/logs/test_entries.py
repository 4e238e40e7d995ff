# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is written into the log has every column of its tables."""

from dataclasses import fields

import pytest

from openconnector.core.database import Base
from openconnector.logs.entries import CallEntry, ExchangeEntry
from openconnector.logs.models import CallLog, LoggedExchange


@pytest.mark.parametrize(
    ("entry", "model", "beside"), [(CallEntry, CallLog, {"exchanges"}), (ExchangeEntry, LoggedExchange, set())]
)
def test_an_entry_has_the_columns_of_its_table(entry: type, model: type[Base], beside: set[str]) -> None:
    columns = {column.key for column in model.__table__.columns} - {"call_id"}
    assert {field.name for field in fields(entry)} - beside == columns
