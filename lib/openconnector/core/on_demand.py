# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps a library that another one imports, and hardly ever needs, out of memory until it is needed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class _OnDemand(ModuleType):
    """Stands for a module, which is imported with the first look at anything in it but its own modules."""

    def __init__(self, name: str, modules: tuple[str, ...]) -> None:
        super().__init__(name)
        self.__dict__.update({module: _OnDemand(f"{name}.{module}", ()) for module in modules})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system asks of every module
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


@contextmanager
def on_demand(name: str, *modules: str) -> Iterator[None]:
    """While it lasts, who imports the library `name`, or one of its `modules` from it, gets a stand-in for it.

    Everybody else gets the library itself, as who has the stand-in does who uses it. Where the library is loaded
    already, there is no stand-in.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = stand_in = _OnDemand(name, modules)
    try:
        yield
    finally:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
