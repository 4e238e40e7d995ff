# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""docs/settings.md has a heading for every setting, by the names that it has in the API and in Nextcloud's form."""

import re

from ex_app.environment import PROJECT
from ex_app.settings_form import FIELDS


def test_every_setting_has_its_heading_and_no_other_has_one() -> None:
    text = (PROJECT / "docs" / "settings.md").read_text("utf-8")
    named = {
        (names[0], names[1] if len(names) > 1 else None)
        for heading in re.findall(r"^### (.*`.*)$", text, re.MULTILINE)
        if (names := re.findall(r"`([^`]+)`", heading))
    }
    wanted = {(field.pointer[1:].replace("/", "."), field.id) for field in FIELDS}
    assert named == wanted | {("bodies.until", None)}
