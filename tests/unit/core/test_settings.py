# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an administrator may say by environment, where it is more than a word or a number."""

import pytest
from pydantic import ValidationError

from openconnector.core.settings import Settings


@pytest.mark.parametrize("cron", ["17 * * * *", "*/10 * * * * *", "0 3 * * sun", "@hourly"])
@pytest.mark.parametrize("name", ["clean_up_cron", "watch_cron"])
def test_a_cron_expression_has_five_fields_or_seconds_first(
    monkeypatch: pytest.MonkeyPatch, name: str, cron: str
) -> None:
    monkeypatch.setenv(f"OPENCONNECTOR_{name.upper()}", cron)
    assert getattr(Settings(), name) == cron


@pytest.mark.parametrize("cron", ["foo", "* * * *", "60 * * * *", "*/0 * * * *", "@reboot", "0 0 31 2 *"])
@pytest.mark.parametrize("name", ["clean_up_cron", "watch_cron"])
def test_what_never_comes_due_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, cron: str) -> None:
    monkeypatch.setenv(f"OPENCONNECTOR_{name.upper()}", cron)
    with pytest.raises(ValidationError, match="no cron expression") as caught:
        Settings()
    assert [error["loc"] for error in caught.value.errors()] == [(name,)]
