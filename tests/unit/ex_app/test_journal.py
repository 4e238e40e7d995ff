# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from ex_app.appapi.client import request_id
from ex_app.journal import REDACTED, Format, Secrets, configure_journal
from openconnector.core.telemetry import Telemetry, Trace

Journal = Callable[..., io.StringIO]


@pytest.fixture
def journal() -> Iterator[Journal]:
    """Configures the journal to write into a text, and puts everything back."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level

    def configured(level: str = "info", form: Format = "json", secrets: Secrets | None = None) -> io.StringIO:
        stream = io.StringIO()
        configure_journal(level, form, secrets, stream)
        return stream

    yield configured
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_is_one_object_on_one_line(journal: Journal) -> None:
    stream = journal()
    structlog.get_logger("openconnector.calls").warning("a call\nfailed", source="Zaken", attempts=3)
    logging.getLogger("some.library").error("no %s", "route")
    own, foreign = lines(stream)
    assert own.pop("at").endswith("Z")
    assert own == {
        "event": "a call\nfailed",
        "level": "warning",
        "logger": "openconnector.calls",
        "source": "Zaken",
        "attempts": 3,
    }
    assert (foreign["event"], foreign["level"], foreign["logger"]) == ("no route", "error", "some.library")


def test_a_record_names_its_request_and_its_trace(journal: Journal) -> None:
    class Tracing:
        def began(self) -> Trace:
            return Trace("ab" * 16, is_sampled=True)

        def ended(self, *_: object) -> None: ...

        def header(self, *_: object) -> None: ...

    stream = journal()
    log = structlog.get_logger()
    token = request_id.set("aRequestOfNextcloud")
    with Telemetry([Tracing()]).call():
        log.info("inside")
        logging.getLogger("library").warning("inside, too")
    request_id.reset(token)
    log.info("outside")
    inside, foreign, outside = lines(stream)
    for record in (inside, foreign):
        assert (record["requestId"], record["traceId"]) == ("aRequestOfNextcloud", "ab" * 16)
    assert not {"requestId", "traceId"} & set(outside)


@pytest.mark.parametrize("form", ["json", "human"])
def test_no_line_holds_a_secret(journal: Journal, form: Format) -> None:
    stream = journal(form=form, secrets=Secrets(["the-shared-secret", None, "short"]))
    log = structlog.get_logger()
    log.warning(
        "postgresql://u:hunter2@db/x is away",
        cookie="nc_session=hunter2",
        headers={"Set-Cookie": ["hunter2"], "AUTHORIZATION-APP-API": "hunter2", "Accept": "text/plain"},
        deep=[("x", {"client_secret": "hunter2", "clientSecret": "hunter2"})],
        answer=b"the-shared-secret in bytes",
    )
    logging.getLogger("library").error("it said %s", "the-shared-secret")
    try:
        int("https://u:hunter2@host and the-shared-secret")
    except ValueError:
        log.exception("failed")
    text = stream.getvalue()
    assert "hunter2" not in text
    assert "the-shared-secret" not in text
    assert REDACTED in text
    assert "text/plain" in text
    assert "ValueError" in text


def test_lines_for_people_are_no_json(journal: Journal) -> None:
    stream = journal(form="human")
    structlog.get_logger().info("serving", place="127.0.0.1:23000")
    (line,) = stream.getvalue().splitlines()
    assert "serving" in line
    assert "place=127.0.0.1:23000" in line
    assert "\x1b" not in line  # no colours into a file
    with pytest.raises(ValueError, match="line 1 column"):
        json.loads(line)


def test_what_is_below_the_level_is_not_written(journal: Journal) -> None:
    stream = journal("warning")
    structlog.get_logger().info("quiet")
    logging.getLogger("httpx").info("GET https://host/?token=x")
    assert stream.getvalue() == ""
