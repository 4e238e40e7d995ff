# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""No path leads out of the root, whatever it says."""

import posixpath
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openconnector.transports.files.paths import absolute, followed, is_within
from openconnector.transports.files.session import FileProblem

PIECES = st.sampled_from(
    ["..", ".", "/", "//", "\\", "a", "~", "~root", "%2e", "%2E%2e", "%2f", "%5c", "%252e", "\0", "\r\n", " ",
     "..\u2024", "\uff0e", "\u2025", "\uff0f", "C:", "\ud800", "é", "…", "x.txt", ". ", " .."]
)  # fmt: skip
PATHS = st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map("/".join))


def refused(path: str, root: str = "/data") -> bool:
    try:
        absolute(root, path)
    except FileProblem as problem:
        return problem.type == "file_path_leaves_root"
    return False


@given(st.sampled_from(["", "/data", "/data/in/", "/a b/ü"]), PATHS)
@example("/data", "..")
@example("/data", "/etc/passwd")
def test_a_path_is_below_the_root_or_refused(root: str, path: str) -> None:
    try:
        found = absolute(root, path)
    except FileProblem:
        return

    base = root.rstrip("/")
    assert found.startswith("/")
    assert found in (base, "/") or found.startswith(f"{base}/")
    assert posixpath.normpath(found) == found
    assert not set(found) & set("\\\0\r\n")
    assert ".." not in found.split("/")
    assert found.encode()


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="/\\.%"), min_size=1)
    )
)
def test_ordinary_names_are_kept_as_they_are(names: list[str]) -> None:
    path = "/".join(names)
    try:
        assert absolute("/data", path) == "/".join(["/data", *names])
    except FileProblem:
        assert any(letter in path for letter in "․‥…．／＼")  # noqa: RUF001  # what some systems read as dots and slashes


@pytest.mark.parametrize(
    "path",
    [
        "..", "../x", "a/../../x", "a/..", "/..", "//../x", "..\\x", "a\\b", "%2e%2e/x", "%2E%2E%2Fx", "..%2fx",
        "a/%2e./x", "%252e%252e/x", "x\0", "x\r\nDELE y", "x\ny", "\x7f", ".. /x", "...", ". .", "..%00/x",
        "%2e%2e%5cx", "\uff0e\uff0e/x", "\u2025/x", "\ud800",
    ],
)  # fmt: skip
def test_what_climbs_or_injects_is_refused(path: str) -> None:
    assert refused(path)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", "/data"), ("/", "/data"), ("/etc/passwd", "/data/etc/passwd"), ("a//b/./c/", "/data/a/b/c"),
        ("~root/x", "/data/~root/x"), ("~$book.xlsx", "/data/~$book.xlsx"), ("100%.txt", "/data/100%.txt"),
        (".hidden", "/data/.hidden"), ("a..b", "/data/a..b"), ("x. y", "/data/x. y"), (" x ", "/data/ x "),
        ("C:/windows", "/data/C:/windows"), ("50%25", "/data/50%25"),
    ],
)  # fmt: skip
def test_what_is_below_is_found(path: str, found: str) -> None:
    assert absolute("/data", path) == found


def test_a_path_of_endless_length_is_refused() -> None:
    with pytest.raises(FileProblem, match="longer than 4096"):
        absolute("/data", "a/" * 3000)


def test_a_root_is_checked_like_a_path() -> None:
    assert refused("x", root="/data/../..")
    assert absolute("/", "x") == "/x"
    assert absolute("", "") == "/"


@given(PATHS)
def test_an_encoded_path_is_no_better(path: str) -> None:
    try:
        encoded = quote(path)
    except UnicodeEncodeError:
        return
    if refused(path) and not set(path) & set("\0\r\n\\\x7f"):
        assert refused(encoded) or not any(".." in part for part in path.split("/"))


@pytest.mark.parametrize(
    ("root", "path", "is_inside"),
    [
        ("/data", "/data", True), ("/data", "/data/x", True), ("/data", "/database", False), ("/data", "/", False),
        ("/", "/x", True), ("/", "/", True), ("/data/", "/data/x", True),
    ],
)  # fmt: skip
def test_what_is_within(root: str, path: str, is_inside: bool) -> None:
    assert is_within(root, path) is is_inside


@pytest.mark.parametrize(
    ("link", "target", "found"),
    [
        ("/a/link", "b", "/a/b"), ("/a/link", "../b", "/b"), ("/a/link", "/b/c", "/b/c"),
        ("/a/link", "../../../b", "/b"), ("/a/link", ".", "/a"), ("/link", "//b", "/b"),
    ],
)  # fmt: skip
def test_where_a_link_leads(link: str, target: str, found: str) -> None:
    assert followed(link, target) == found
