# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Searches what a run of the tests has left for their marked secrets. A find fails the run.

It looks into every file below pytest's temporary directory, into the data of PostgreSQL, into every answer of the API
and into what was logged or printed, for every form that redaction knows.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from openconnector.core.http import Response
from openconnector.vault.variants import byte_variants
from tests.factories import MARK

FORMS = byte_variants([MARK])

found_in: list[str] = []
"""Where marked secrets have been found in this run."""


def is_marked(raw: bytes) -> bool:
    """Whether a marked secret stands in these bytes, in any form."""
    return any(form in raw for form in FORMS)


def files_with_mark(directory: Path) -> Iterable[Path]:
    """The files below a directory in which a marked secret stands. Key files are what keeps the secrets."""
    for path in directory.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.name != "secret.key" and is_marked(path.read_bytes()):
            yield path


def search(directory: Path) -> None:
    """Note the files with marked secrets for the end of the run."""
    found_in.extend(str(path) for path in files_with_mark(directory))


async def search_answer(response: Response) -> None:
    """Fail the test that gets a marked secret in an answer of the API."""
    said = await response.aread() + repr(response.headers.raw).encode()
    assert not is_marked(said), f"a marked secret is in the answer to {response.request.method} {response.request.url}"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What a test has logged and printed."""
    if is_marked("\n".join(content for _, content in report.sections).encode()):
        found_in.append(f"output of {report.nodeid}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look at the files, and tell what was found."""
    search(session.config._tmp_path_factory.getbasetemp())  # type: ignore[attr-defined]
    if found_in:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        reporter.section("marked secrets", red=True)
        for place in found_in:
            reporter.write_line(place)
