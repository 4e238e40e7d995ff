# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is hidden because of its name: however deep it stands, and whoever has named it."""

import json
import time
import timeit
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.vault.redaction import REDACTED, Redactor, is_sensitive_header, is_sensitive_parameter


def nested(value: object, depth: int) -> str:
    """JSON in a string of JSON, and so on."""
    text = json.dumps(value)
    return nested({"data": text}, depth - 1) if depth else text


def innermost(text: str, depth: int) -> Any:
    value = json.loads(text)
    return innermost(value["data"], depth - 1) if depth else value


class TestNestedJson:
    @given(st.text(st.sampled_from('ab"\\/\n{}[]:,é'), max_size=30), st.integers(0, 3))
    def test_a_sensitive_value_goes_whole_however_deep_it_stands(self, secret: str, depth: int) -> None:
        body = nested({"before": "b", "password": secret, "after": 'a"\\'}, depth)
        redacted = Redactor().body(body, "application/json")
        assert innermost(redacted, depth) == {"before": "b", "password": REDACTED, "after": 'a"\\'}

    @pytest.mark.parametrize(
        "piece",
        [
            "\\",
            '\\"',
            '"',
            '"token',
            '"token\\',
            '"token":',
            '"token":"',
            '\\"token\\":\\"\\\\',
            '{"token":{',
            '"token":[',
            " ",
        ],
    )
    @pytest.mark.parametrize("start", ["", '{"token":"', '{\\"token\\":\\"', '{"token":{', '{"token"'])
    def test_hostile_bodies_take_no_longer_than_their_length(self, start: str, piece: str) -> None:
        redactor = Redactor()

        def seconds(size: int) -> float:
            body = start + piece * (size // len(piece))
            return min(
                timeit.repeat(
                    lambda: redactor.body(body, "application/json"), number=1, repeat=3, timer=time.process_time
                )
            )

        short = seconds(50_000)
        # Ten times the length takes ten times as long; quadratic would be a hundred times.
        assert seconds(500_000) < 35 * short + 0.5


class TestNamesOfTheAdministrator:
    REDACTOR = Redactor(names=["bsn", "Case_Number", "x-own"])

    def test_hold_for_headers(self) -> None:
        assert self.REDACTOR.header("BSN", "1") == REDACTED
        assert self.REDACTOR.header("Case-Number", "1") == REDACTED
        assert self.REDACTOR.header("XOwn", "1") == REDACTED
        assert self.REDACTOR.header("X-Bsn-Count", "1") == "1"

    @pytest.mark.parametrize(
        ("body", "media_type", "expected"),
        [
            ('{"bsn": 123, "n": 1}', "application/json", '{"bsn": "REDACTED", "n": 1}'),
            (
                '{"caseNumber": "1", "case-number": "2"}',
                "application/json",
                f'{{"caseNumber": "{REDACTED}", "case-number": "{REDACTED}"}}',
            ),
            ('{"token": "t", "bsnHint": 1}', "application/json", '{"token": "REDACTED", "bsnHint": 1}'),
            ("<ns:BSN>123</ns:BSN>", "text/xml", "<ns:BSN>REDACTED</ns:BSN>"),
            (
                "bsn=123&n=1&case_number=5",
                "application/x-www-form-urlencoded",
                f"bsn={REDACTED}&n=1&case_number={REDACTED}",
            ),
        ],
    )
    def test_hold_for_fields(self, body: str, media_type: str, expected: str) -> None:
        assert self.REDACTOR.body(body, media_type) == expected

    def test_hold_for_parameters(self) -> None:
        assert self.REDACTOR.url("https://api.example/?n=1&BSN=123") == f"https://api.example/?n=1&BSN={REDACTED}"
        assert Redactor(names=["a$b"]).url("https://api.example/?a%24b=1") == f"https://api.example/?a%24b={REDACTED}"

    def test_say_what_a_person_types(self) -> None:
        assert is_sensitive_header("Bsn", ["bsn"])
        assert is_sensitive_parameter("bsn", ["bsn"])
        assert not is_sensitive_header("Bsn")
        assert not is_sensitive_parameter("bsn")

    @given(st.text(st.sampled_from("!#$%&'*+.^_`|~aZ0-"), min_size=1, max_size=8))
    def test_may_be_any_token(self, name: str) -> None:
        redactor = Redactor(names=[name])
        assert redactor.header(name, "value") == REDACTED
        assert redactor.body(json.dumps({name: "value"}), "application/json") == json.dumps({name: REDACTED})
