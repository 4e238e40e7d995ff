# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every authentication scheme has its page, under the name that the interface gives it."""

import re
from pathlib import Path
from typing import get_args

from openconnector.authentication.union import Authentication

PROJECT = Path(__file__).parents[3]
DOCS = PROJECT / "docs" / "authentication"
LABELLED = re.compile(r"value: '(\w+)'(?: as const)?,(?: group: \w+,)? label: t\('open_connector', '([^']+)'\)")
WITHOUT_PAGE = {"none"}


def schemes() -> set[str]:
    """The types of all schemes."""
    union, _ = get_args(Authentication)
    return {get_args(scheme.model_fields["type"].annotation)[0] for scheme in get_args(union)}


def labels() -> dict[str, str]:
    """What the interface calls each type; of one that file servers have, too, the name that it has elsewhere."""
    file = PROJECT / "ex_app/ui/src/sources/configuration/authentication/schemes.ts"
    return dict(reversed(LABELLED.findall(file.read_text("utf-8"))))


def pages() -> dict[str, str]:
    """The names of the pages by their titles."""
    return {page.read_text("utf-8").partition("\n")[0].removeprefix("# "): page.name for page in DOCS.glob("*.md")}


def test_every_scheme_has_a_page_with_its_name() -> None:
    titles = {scheme: labels()[scheme].replace(" / ", " and ") for scheme in schemes() - WITHOUT_PAGE}
    assert {scheme: title for scheme, title in titles.items() if title not in pages()} == {}


def test_the_first_page_leads_to_every_page() -> None:
    first = (DOCS / "README.md").read_text("utf-8")
    assert {name for name in pages().values() if f"({name})" not in first} == {"README.md"}
