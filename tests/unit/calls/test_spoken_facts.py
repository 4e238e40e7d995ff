# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a diagnosis says of times, credentials and places is said in the language of its reader, too."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ex_app.environment import PROJECT
from openconnector.calls.certificates import beginning, certificate_names, day, expiry, validity
from openconnector.calls.diagnosis import diagnose
from openconnector.calls.evidence import MAX_VALUE
from openconnector.calls.facts import MAX_FACT, cut
from openconnector.calls.recording import redacted_text
from openconnector.calls.waiting import in_words
from openconnector.core.languages import Languages
from openconnector.core.phrases import Phrase, phrase, spoken
from openconnector.logs.schemas import Diagnosis
from openconnector.logs.storage.details import decode
from openconnector.vault.redaction import Redactor
from tests.unit.calls.observations import NOW, answered, certificate, check, connection, exchange, observed, shown

LANGUAGES = Languages(PROJECT / "l10n")


def said(text: str, language: str) -> str:
    return Phrase("{text}", {"text": text}).said_in(LANGUAGES.catalog(language))


@pytest.fixture
def german() -> Iterator[None]:
    token = spoken.set(LANGUAGES.catalog("de_DE"))
    yield
    spoken.reset(token)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "12 May 2026"), ("nl", "12 mei 2026"), ("de", "12. Mai 2026"), ("fr", "12 mai 2026")]
)
def test_a_day(language: str, text: str) -> None:
    assert said(day(datetime(2026, 5, 12, tzinfo=UTC)), language) == text


def test_every_month_has_a_name_of_its_own() -> None:
    dates = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)]
    assert [day(date) for date in dates] == [f"{date.day} {date:%B %Y}" for date in dates]
    for language in ("nl", "de", "de_DE", "fr"):
        assert len({said(day(date), language) for date in dates}) == 12


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(hours=2), "ist am 24. November 2026 um 12:01 UTC abgelaufen, vor weniger als einem Tag"),
        (timedelta(days=1, hours=2), "ist am 23. November 2026 abgelaufen, vor 1 Tag"),
        (timedelta(days=196), "ist am 12. Mai 2026 abgelaufen, vor 196 Tagen"),
    ],
)
def test_how_long_ago_a_certificate_ended(ago: timedelta, words: str) -> None:
    ended = certificate(until=-(ago.days), since=300)
    object.__setattr__(ended, "not_after", NOW - ago)
    assert said(expiry(ended, observed(exchange())), "de") == words


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (timedelta(hours=2), "wordt geldig op 24 november 2026 om 16:01 UTC"),
        (timedelta(days=1, hours=2), "wordt geldig op 25 november 2026, over 1 dag"),
        (timedelta(days=3, hours=2), "wordt geldig op 27 november 2026, over 3 dagen"),
    ],
)
def test_how_long_it_is_until_a_certificate_begins(until: timedelta, words: str) -> None:
    coming = certificate()
    object.__setattr__(coming, "not_before", NOW + until)
    assert said(beginning(coming, observed(exchange())), "nl") == words


def test_how_long_a_certificate_is_valid() -> None:
    assert said(validity(certificate(since=1, until=1)), "fr") == "du 23 novembre 2026 au 25 novembre 2026"


def test_the_names_of_a_certificate_that_has_many() -> None:
    many = certificate()
    object.__setattr__(many, "names", tuple("abcdefg"))
    assert certificate_names([many]) == "a, b, c, d, e and 2 more"
    assert said(certificate_names([many]), "nl") == "a, b, c, d, e en nog 2"
    assert said(certificate_names([]), "de") == "andere Namen"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "sofort"),
        (1, "in 1 Sekunde (um 14:01 UTC)"),
        (90, "in 90 Sekunden (um 14:03 UTC)"),
        (300, "in 5 Minuten (um 14:06 UTC)"),
        (36_000, "in 10 Stunden (am 25. November 2026 um 00:01 UTC)"),
        (864_000, "in 10 Tagen (am 4. Dezember 2026 um 14:01 UTC)"),
    ],
)
def test_when_to_come_back(seconds: int, words: str) -> None:
    assert said(in_words(NOW + timedelta(seconds=seconds), NOW), "de") == words


def test_a_fact_within_the_limit_stays_a_phrase() -> None:
    fact = phrase("the header {name}", name="X")
    assert cut(fact, MAX_FACT) is fact
    assert (cut(fact, 5), type(cut(fact, 5))) == ("the h", str)


def test_a_value_that_is_too_long_is_cut() -> None:
    diagnosis = check(diagnose(answered(500, [("Server", "x" * 2 * MAX_VALUE)])))
    assert shown(diagnosis)["Server"] == "x" * MAX_VALUE


@pytest.mark.usefixtures("german")
def test_a_diagnosis_is_said_as_a_whole() -> None:
    ended = certificate(until=-3)
    failed = exchange(failure="tls_certificate_expired", via=connection(ended))
    diagnosis = check(diagnose(observed(failed))).to_json()
    evidence = {row["name"]: row["value"] for row in diagnosis["evidence"]}
    assert evidence["Gültig"] == "vom 16. August 2026 bis zum 21. November 2026"
    assert "api.example" in diagnosis["detail"]
    assert "ist am 21. November 2026 abgelaufen, vor 3 Tagen" in diagnosis["detail"]


@pytest.mark.usefixtures("german")
def test_what_was_sent_is_said_within_a_sentence() -> None:
    headers = [("Authorization", "Bearer REDACTED"), ("X-Api-Key", "REDACTED")]
    diagnosis = check(
        diagnose(answered(401, [("WWW-Authenticate", "Digest"), ("WWW-Authenticate", "Basic")], sent=headers))
    )
    detail = diagnosis.to_json()["detail"]
    assert "Bearer in der Kopfzeile Authorization und Kopfzeile X-Api-Key" in detail
    assert "Digest oder Basic" in detail


class TestRedaction:
    def test_a_phrase_without_secrets_stays_one(self) -> None:
        text = phrase("The token request took longer than {limit} ms.", limit=5)
        assert redacted_text(text, Redactor(["geheim"])) is text

    def test_a_phrase_with_a_secret_loses_it(self) -> None:
        text = phrase("{address} could not be fetched: {reason}", address="http://a/geheim?token=x", reason="geheim")
        redacted = redacted_text(text, Redactor(["geheim"]))
        assert "geheim" not in redacted
        assert "token=x" not in redacted
        assert not isinstance(redacted, Phrase)  # nor does it remember what it was made of


@pytest.mark.usefixtures("german")
def test_a_diagnosis_of_an_earlier_version_is_shown_as_it_was_stored() -> None:
    stored: dict[str, Any] = {
        "type": "404",
        "title": "There is nothing at this path",
        "detail": "api.example answered 404. {host}",
        "phase": "request",
        "remedies": [{"text": "Check the path.", "link": "test"}],
        "evidence": [{"name": "Request", "value": "GET https://api.example"}],
    }
    found, _ = decode(json.dumps({"diagnosis": stored, "exchanges": []}).encode(), "https://api.example")
    assert Diagnosis.model_validate(found).to_json() == stored
