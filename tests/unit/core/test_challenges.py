# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Challenges of `WWW-Authenticate`, as servers write them, well or badly."""

import pytest

from openconnector.core.challenges import MAX_CHALLENGES, Challenge, challenges_of


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Basic", [Challenge("Basic")]),
        ('Basic realm="simple"', [Challenge("Basic", {"realm": "simple"})]),
        ("Negotiate, NTLM", [Challenge("Negotiate"), Challenge("NTLM")]),
        ("Negotiate YII/+bc=", [Challenge("Negotiate", token68="YII/+bc=")]),
        (
            'Negotiate YIIabc==, Basic realm="x"',
            [Challenge("Negotiate", token68="YIIabc=="), Challenge("Basic", {"realm": "x"})],
        ),
        (
            'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
            [
                Challenge("Newauth", {"realm": "apps", "type": "1", "title": 'Login to "apps"'}),
                Challenge("Basic", {"realm": "simple"}),
            ],
        ),
        ('Digest qop="auth, auth-int", nonce=abc', [Challenge("Digest", {"qop": "auth, auth-int", "nonce": "abc"})]),
        (
            'Bearer Error = "invalid_token" , scope="a b"',
            [Challenge("Bearer", {"error": "invalid_token", "scope": "a b"})],
        ),
        (', , Basic realm="a",,Bearer', [Challenge("Basic", {"realm": "a"}), Challenge("Bearer")]),
        ("", []),
        ('="x", Basic', [Challenge("Basic")]),
        ('Basic realm="never closed', [Challenge("Basic")]),
    ],
)
def test_a_line(line: str, expected: list[Challenge]) -> None:
    assert challenges_of([line]) == expected


def test_all_lines_count() -> None:
    assert [challenge.scheme for challenge in challenges_of(["Basic realm=x", "Bearer"])] == ["Basic", "Bearer"]


@pytest.mark.parametrize("hostile", ["A," * 100_000, 'a="' * 100_000, '"\\' * 100_000, "a " * 100_000, "=" * 100_000])
@pytest.mark.timeout(60)
def test_a_hostile_line_costs_little(hostile: str) -> None:
    assert len(challenges_of([hostile] * 1000)) <= MAX_CHALLENGES
