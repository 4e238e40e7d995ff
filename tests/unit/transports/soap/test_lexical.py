# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which texts a type allows."""

import pytest

from openconnector.transports.soap.lexical import problem_of
from tests.soap.models import model_with


def problem(builtin: str, text: str, facets: str = "") -> str | None:
    model = model_with(
        f'<xs:element name="Request" type="T"/><xs:simpleType name="T"><xs:restriction base="xs:{builtin}">{facets}'
        "</xs:restriction></xs:simpleType>"
    )
    return problem_of(text, model.wsdl.types.get_element("{urn:test}Request").type)


@pytest.mark.parametrize(
    ("builtin", "good", "bad"),
    [
        ("boolean", "true false 1 0", "yes TRUE 2"),
        ("int", "0 -5 +7 2147483647", "1.0 abc 2147483648 \uff11"),
        ("unsignedByte", "0 255", "-1 256"),
        ("decimal", "1 -1.5 .5 5.", "1e3 1,5 INF"),
        ("double", "1 1.5E-3 INF -INF NaN", "inf 1,5 Infinity"),
        ("date", "2026-11-27 2024-02-29 2026-11-27Z -0044-03-15", "27-11-2026 2025-02-29 2026-1-1"),
        ("dateTime", "2026-11-27T10:00:00 2026-11-27T10:00:00.5+01:00", "2026-11-27 2026-13-01T00:00:00"),
        ("time", "10:00:00 10:00:00Z", "10:00 25"),
        ("duration", "P1D PT1H30M -P1Y P1Y2M3DT4H5M6.7S", "P PT 1D P1H"),
        ("gYear", "2026", "26"),
        ("gMonthDay", "--11-27", "11-27"),
        ("hexBinary", "0F a1B2", "0 xyz"),
        ("base64Binary", "AAEC QQ==", "A ö"),
        ("language", "nl en-GB", "n_l"),
        ("anyURI", "urn:x http://host/%20", ""),
    ],
)
def test_a_text_is_one_of_its_type_or_a_sentence_says_why_not(builtin: str, good: str, bad: str) -> None:
    assert [problem(builtin, text) for text in good.split()] == [None] * len(good.split())
    for text in bad.split():
        words = problem(builtin, text)
        assert words, text
        assert words.endswith("."), text


@pytest.mark.parametrize(
    ("builtin", "facets", "text", "words"),
    [
        ("string", '<xs:maxLength value="3"/>', "abcd", "This has 4 characters; at most 3 are allowed."),
        ("string", '<xs:length value="3"/>', "ab", "This has 2 characters; at least 3 are needed."),
        ("string", '<xs:enumeration value="a"/><xs:enumeration value="b"/>', "c", "allowed: a, b."),
        ("decimal", '<xs:maxExclusive value="5"/>', "5.0", "This must be less than 5."),
        ("decimal", '<xs:minExclusive value="5"/>', "5", "This must be more than 5."),
        ("decimal", '<xs:minInclusive value="5"/>', "4.99", "The least that is allowed is 5."),
        ("decimal", '<xs:fractionDigits value="2"/>', "1.234", "At most 2 digits are allowed behind the point."),
        ("decimal", '<xs:totalDigits value="3"/>', "123.4", "At most 3 digits are allowed."),
    ],
)
def test_facets_are_checked(builtin: str, facets: str, text: str, words: str) -> None:
    assert words in (problem(builtin, text, facets) or "")


def test_patterns_are_left_to_the_browser() -> None:
    assert problem("string", "a" * 40 + "!", '<xs:pattern value="(a+)+"/>') is None
