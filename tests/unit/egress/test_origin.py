# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A path stays below the location, whatever is written into it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.core.http import URL
from openconnector.egress.origin import PathLeavesOrigin, join, origin_of


@pytest.mark.parametrize(
    ("location", "path", "expected"),
    [
        ("https://api.example/v1", "", "https://api.example/v1"),
        ("https://api.example/v1/", "", "https://api.example/v1/"),
        ("https://api.example/v1", "/", "https://api.example/v1/"),
        ("https://api.example/v1", "health", "https://api.example/v1/health"),
        ("https://api.example/v1/", "/health", "https://api.example/v1/health"),
        ("https://api.example", "/health?a=1#part", "https://api.example/health?a=1"),
        ("https://api.example/v1?key=1", "?page=2", "https://api.example/v1?key=1&page=2"),
        ("https://api.example", " a b ", "https://api.example/a%20b"),
        ("https://api.example", "/a%2Fb", "https://api.example/a%2Fb"),
        ("https://api.example", "@evil.example", "https://api.example/@evil.example"),
        ("https://api.example", ".evil.example", "https://api.example/.evil.example"),
        ("https://api.example", ":8443/", "https://api.example/:8443/"),
        ("http://[::1]:8080/x", "y", "http://[::1]:8080/x/y"),
    ],
)
def test_location_and_path_are_joined(location: str, path: str, expected: str) -> None:
    assert str(join(location, path)) == expected


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "http://evil.example",
        "HTTPS://evil.example/",
        "\\\\evil.example",
        "/\\evil.example",
        "a\r\nHost: b",
        "..",
        "a/../../b",
        "%2e%2e/b",
        "a%2F..%2Fb",
        "%2E%2E%5cb",
        "\x00",
    ],
)
def test_a_path_that_leaves_is_refused(path: str) -> None:
    with pytest.raises(PathLeavesOrigin):
        join("https://api.example/v1", path)


@given(st.text(max_size=60))
def test_no_path_changes_the_origin(path: str) -> None:
    location = "https://api.example:8443/base"
    try:
        url = join(location, path)
    except PathLeavesOrigin:
        return
    assert origin_of(url) == origin_of(URL(location))
    assert url.userinfo == b""
    assert url.path.startswith("/base")


def test_the_default_port_is_part_of_an_origin() -> None:
    assert origin_of(URL("https://a.example")) == origin_of(URL("https://a.example:443/x"))
    assert origin_of(URL("https://a.example")) != origin_of(URL("http://a.example"))
