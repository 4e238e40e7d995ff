# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""docs/troubleshooting.md has a row for every end of a call, in the words and with the places of the diagnosis."""

import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from ex_app import surroundings
from openconnector.calls.diagnosis import FAILURES
from openconnector.calls.outcome import _OUTCOMES
from openconnector.calls.remedies import REFUSALS, Words
from openconnector.calls.remedies_content import CONTENT, LOGIN_PAGE
from openconnector.calls.remedies_signatures import _CODES, SIGNATURES
from openconnector.calls.remedies_soap import FAULTS
from openconnector.calls.remedies_tokens import REJECTED
from openconnector.calls.status_remedies import CLIENT_ERROR, CREDENTIALS, SERVER_ERROR, STATUSES
from openconnector.commands import doctor, egress_checks, key_checks, log_checks, storage_checks
from openconnector.core.outcome import Outcome

PAGE = (Path(__file__).parents[3] / "docs" / "troubleshooting.md").read_text("utf-8")
CALLS, ITSELF = re.split(r"(?m)^## ", PAGE)[1:]

PLACES = {
    "configuration": "Basics",
    "configuration/headers": "Headers",
    "configuration/authentication": "Authentication",
    "configuration/connection": "Connection",
    "configuration/records": "Records",
    "configuration/files": "Files",
    "configuration/soap": "SOAP",
    "test": "Test",
    "settings": "Settings",
}
"""What stands in bold for the place where something is done."""

STATUSES_OF = {"insufficient_scope": ("401", "403"), "forbidden": ("403",), "forbidden_anonymous": ("403",)}
"""Rows about credentials that are not those of a 401 alone."""

Row = tuple[str, str]
"""The type of an error, and the title of its diagnosis: one type may have several."""


def rows_of(text: str, columns: int) -> Iterator[tuple[list[str], list[str]]]:
    """The names in the first cell, and all cells, of the rows that begin with a name."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `") and len(cells) == columns:
            yield re.findall(r"`([^`]+)`", cells[0]), cells


def ends() -> Iterable[tuple[str, Words]]:
    """Every type that a call can end with, or be remarked upon, with its words."""
    yield from REFUSALS.items()
    yield from FAILURES.items()
    yield from CONTENT.items()
    yield "unexpected_html", LOGIN_PAGE
    yield from ((str(status), words) for status, words in STATUSES.items())
    yield from (("4xx", CLIENT_ERROR), ("5xx", SERVER_ERROR))
    for name, words in {**CREDENTIALS, **REJECTED}.items():
        yield from ((status, words) for status in STATUSES_OF.get(name, ("401",)))
    yield from ((code, SIGNATURES[row]) for code, row in _CODES.items())
    yield from (("soap_fault", words) for words in FAULTS.values())


def documented() -> dict[Row, set[str]]:
    return {
        (name, cells[1]): set(re.findall(r"\*\*(\w+)\*\*", cells[3]))
        for names, cells in rows_of(CALLS, 4)
        for name in names
    }


def test_every_type_of_error_has_its_row_and_no_row_is_of_another() -> None:
    assert set(documented()) == {(name, words.title) for name, words in ends()}


def test_every_name_that_has_an_outcome_of_its_own_has_a_row() -> None:
    assert set(_OUTCOMES) <= {name for name, _ in documented()}


def test_a_row_names_the_places_that_the_diagnosis_leads_to() -> None:
    leads: dict[Row, set[str]] = {}
    for name, words in ends():
        places = {PLACES[place] for _, place in words.remedies if place is not None}
        leads[name, words.title] = leads.get((name, words.title), set()) | places
    wrong = {row: (places, leads[row]) for row, places in documented().items() if places != leads.get(row)}
    assert wrong == {}


def test_no_type_stands_in_a_table_twice() -> None:
    rows = [(name, cells[1]) for names, cells in rows_of(CALLS, 4) for name in names]
    assert len(rows) == len(set(rows))


def test_no_row_has_lost_a_cell() -> None:
    tables = [block.splitlines() for block in re.split(r"\n{2,}", PAGE) if block.startswith("| ")]
    assert tables
    odd = [line for head, *lines in tables for line in lines if line.count(" | ") != head.count(" | ")]
    assert odd == []


def test_every_outcome_is_explained() -> None:
    assert {name for names, _ in rows_of(CALLS, 3) for name in names} == set(get_args(Outcome))


def test_every_check_of_doctor_has_its_row() -> None:
    modules = (doctor, egress_checks, key_checks, log_checks, storage_checks, surroundings)
    named = {name for module in modules for name in re.findall(r'Check\(\s*"([\w-]+)"', inspect.getsource(module))}
    table = ITSELF.partition("### What doctor finds")[2].partition("\n### ")[0]
    assert {name for names, _ in rows_of(table, 3) for name in names} == named


def test_links_lead_to_documents_and_headings_that_are_there() -> None:
    folder = Path(__file__).parents[3] / "docs"
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)", PAGE):
        text = PAGE if not target else (folder / target).read_text("utf-8")
        headings = re.findall(r"(?m)^#+ (.+)$", text)
        slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in slugs, f"{target}#{anchor}"
