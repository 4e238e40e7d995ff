# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paths below a root that cannot be left: neither by what a path says, nor by a link on the server."""

import posixpath
import re
import unicodedata
from urllib.parse import unquote

from openconnector.transports.files.session import FileMethod, FileProblem, FileSession

MAX_PATH = 4096
"""Characters; PATH_MAX of Linux."""

_MAX_ENCODINGS = 3
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SEPARATORS = re.compile(r"[/\\\x00-\x1f]")
_CLIMBS = re.compile(r"[ .]*\.[ .]*\.[ .]*")
"""Windows takes dots and blanks off the end of a name, so that `.. ` is `..` there."""

_FOLLOWS: frozenset[FileMethod] = frozenset({"GET", "HEAD", "LIST", "PUT"})
"""What is done with that which a link leads to. The others act on the link itself, and on the directory it is in."""

_ON_ROOT: frozenset[FileMethod] = frozenset({"GET", "HEAD", "LIST"})


def absolute(root: str, path: str) -> str:
    """The absolute path of `path` below `root`, without `.`, empty names and a slash at its end.

    A path that begins with a slash is below the root, too.

    Raises:
        FileProblem: it would lead out of the root, or cannot be sent.
    """
    return "/" + "/".join([*_names(root), *_names(path)])


def is_within(root: str, path: str) -> bool:
    """Whether an absolute path is that of the root, or below it."""
    base = root.rstrip("/")
    return path == base or path.startswith(f"{base}/")


def followed(link: str, target: str) -> str:
    """Where a link leads to.

    Args:
        link: its own absolute path.
        target: what it says.
    """
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(link), target))
    return "/" + joined.lstrip("/")


def parent_of(path: str) -> str:
    """The directory of an absolute path. That of `/` is `/`."""
    return posixpath.dirname(path)


def name_of(path: str) -> str:
    """The last name of an absolute path; empty for `/`."""
    return posixpath.basename(path)


async def check_inside(session: FileSession, root: str, path: str, method: FileMethod) -> None:
    """Ask the server whether a path really is below the root: a link may lead anywhere.

    Args:
        path: absolute, as `absolute` gives it.

    Raises:
        FileProblem: it leads out of the root; or the server refuses to say.
    """
    base = absolute("", root)
    if path == base and method not in _ON_ROOT:
        raise FileProblem("file_path_leaves_root", "The directory of the location itself is not changed.")
    if base == "/":
        return
    real_root = await session.real_path(base)
    real = await _real_path(session, path) if method in _FOLLOWS else await session.real_path(parent_of(path))
    if not is_within(real_root, real):
        shown = path.removeprefix(base) or "/"
        raise FileProblem("file_path_leaves_root", f"{shown} leads through a link to {real}, out of the location.")


async def _real_path(session: FileSession, path: str) -> str:
    try:
        return await session.real_path(path)
    except FileProblem as problem:
        if problem.type != "file_not_found" or path == "/":
            raise
    return posixpath.join(await session.real_path(parent_of(path)), name_of(path))


def _names(path: str) -> list[str]:
    if len(path) > MAX_PATH:
        raise FileProblem("file_error", f"The path is longer than {MAX_PATH} characters.")
    if _CONTROL.search(path) or "\\" in path:
        raise FileProblem("file_path_leaves_root", "The path contains a backslash or a control character.")
    try:
        path.encode()
    except UnicodeEncodeError:
        raise FileProblem("file_path_leaves_root", "The path contains half a character.") from None
    if any(_CLIMBS.fullmatch(name) for form in _forms(path) for name in _SEPARATORS.split(form)):
        raise FileProblem("file_path_leaves_root", "The path climbs out of the location with `..`.")
    return [name for name in path.split("/") if name not in ("", ".")]


def _forms(path: str) -> set[str]:
    """The path as written, and as a careless server may read it."""
    forms = {path}
    for _ in range(_MAX_ENCODINGS):
        path = unicodedata.normalize("NFKC", unquote(path))
        forms.add(path)
    return forms
