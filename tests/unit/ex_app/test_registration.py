# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a developer pastes into a terminal to register the app."""

import json
import shlex
from pathlib import Path

from ex_app.environment import PROJECT
from ex_app.registration import registration
from ex_app.standalone.manifest import read_manifest


def test_nextcloud_is_told_where_the_translations_are() -> None:
    text = registration(read_manifest(PROJECT / "appinfo" / "info.xml"), "a-secret")
    words = shlex.split(text.partition("# 3.")[2].partition("\n")[2])
    info = json.loads(words[words.index("--json-info") + 1])
    assert (Path(info["translations_folder"]) / "nl.json").is_file()
