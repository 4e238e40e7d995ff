# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A library that another one imports is loaded when somebody looks into it."""

import sys
from pathlib import Path

import pytest

from openconnector.core.on_demand import on_demand


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a library that nobody has loaded."""
    (tmp_path / "large_library").mkdir()
    (tmp_path / "large_library" / "__init__.py").write_text("SIZE = 9\n")
    (tmp_path / "large_library" / "errors.py").write_text("class Problem(Exception): pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("large_library", "large_library.errors"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return "large_library"


def test_it_is_loaded_with_the_first_look(library: str) -> None:
    with on_demand(library, "errors"):
        import large_library  # type: ignore[import-not-found]  # noqa: PLC0415
        from large_library import errors  # noqa: PLC0415
    assert library not in sys.modules
    assert large_library.SIZE == 9
    import large_library as itself  # noqa: PLC0415
    import large_library.errors as its_errors  # type: ignore[import-not-found]  # noqa: PLC0415

    assert itself is sys.modules[library]
    assert errors.Problem is its_errors.Problem
    with pytest.raises(AttributeError):
        _ = large_library.nothing


def test_what_is_loaded_already_is_taken_as_it_is(library: str) -> None:
    import large_library  # noqa: PLC0415

    with on_demand(library):
        import large_library as again  # noqa: PLC0415
    assert again is large_library is sys.modules[library]
