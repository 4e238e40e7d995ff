# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Searches what a run of the tests has left for their marked secrets. A find fails the run.

It looks into every file below pytest's temporary directory, into the data of PostgreSQL, into every answer of the API
and into what was logged or printed, for every form that redaction knows.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from openconnector.core.database import Database
from openconnector.core.http import Response
from openconnector.logs.models import CallBody, CallLog
from openconnector.logs.storage.bodies import read_whole
from openconnector.logs.storage.compression import Compression, zstd
from openconnector.vault.variants import byte_variants
from tests.factories import MARK

FORMS = byte_variants([MARK])

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
LONGEST_FRAME, LONGEST_CONTENT = 16 * 1024, 256 * 1024

FOUND = "marked secrets"

found_in: list[str] = []
"""Where marked secrets have been found in this run."""


def is_marked(raw: bytes) -> bool:
    """Whether a marked secret stands in these bytes, in any form."""
    return any(form in raw for form in FORMS)


_CATALOGUE = re.compile(r"/data/base/\d+/(?!(?:2619|2840)(?:_|$))(\d{1,4}|1[0-5]\d{3})(_\w+)?$")
"""Files of PostgreSQL's own tables, the same in each database; its statistics hold values, and are not among these."""


def files_with_mark(directory: Path) -> Iterable[Path]:
    """The files below a directory in which a marked secret stands. Key files are what keeps the secrets."""
    for path in directory.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.name != "secret.key" and not _CATALOGUE.search(str(path)):
            raw = path.read_bytes()
            if is_marked(raw) or any(map(is_marked, unpacked(raw))):
                yield path


def unpacked(raw: bytes) -> Iterable[bytes]:
    """What every zstd frame in these bytes holds, as far as it can be read: the log is compressed."""
    at = -1
    while (at := raw.find(ZSTD_MAGIC, at + 1)) >= 0:
        with suppress(zstd.ZstdError):
            yield zstd.ZstdDecompressor().decompress(raw[at : at + LONGEST_FRAME], max_length=LONGEST_CONTENT)


async def search_log(app: FastAPI) -> None:
    """Fail the test in whose log a marked secret stands, also where compression hides it from `search`."""

    def contents(session: Session) -> Iterable[bytes]:
        compression: Compression = app.state.compression
        for row in session.scalars(select(CallLog)):
            yield compression.decompress(session, row.details)
        for number in session.scalars(select(CallBody.id)).all():
            yield read_whole(session, compression, number) or b""

    database: Database = app.state.database
    is_found = await database.run(lambda session: any(map(is_marked, contents(session))))
    assert not is_found, "a marked secret is in the log"


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


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_testnodedown(node: object) -> None:
    """What a worker has found, which runs some of the tests."""
    found_in.extend(getattr(node, "workeroutput", {}).get(FOUND, ()))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look at the files, and tell what was found; the directories of workers are in the one that is looked at last."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[FOUND] = found_in
        return
    search(session.config._tmp_path_factory.getbasetemp())  # type: ignore[attr-defined]
    if found_in:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        reporter.section("marked secrets", red=True)
        for place in sorted(set(found_in)):
            reporter.write_line(place)
