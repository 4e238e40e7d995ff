# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prints the texts that the server says to users, as JSON: {"texts": [[file, text, line], …], "faults": [sentence, …]}.

They are what `phrase(…)` is called with, and the words in the tables of the diagnosis (`calls/remedies.py`). The files
are read, not run: it needs no installed package.
"""

import ast
import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path


def phrases_of(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """What should be a literal text, and why."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="phrase"), args=[template, *_]):
                yield template, "phrase()"
            case ast.Call(func=ast.Name(id="Words"), args=[_, title, detail, *more]):
                yield from ((title, "Words"), (detail, "Words"))
                yield from ((step.elts[0], "Words") for step in _steps(more))
            case ast.AnnAssign(annotation=ast.Name(id="Step"), value=ast.Tuple(elts=[sentence, *_])):
                yield sentence, "Step"


def _steps(arguments: list[ast.expr]) -> Iterator[ast.Tuple]:
    """The remedies that stand in a row itself; others are names of steps."""
    if arguments and isinstance(arguments[0], ast.Tuple):
        yield from (step for step in arguments[0].elts if isinstance(step, ast.Tuple))


def found_in(paths: Iterator[Path], project: Path) -> tuple[list[tuple[str, str, int]], list[str]]:
    """The texts of these modules, and what cannot be translated."""
    texts, faults = [], []
    for path in sorted(paths):
        name = path.relative_to(project).as_posix()
        for node, why in phrases_of(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append((name, node.value, node.lineno))
            else:
                faults.append(f"{name}:{node.lineno}: {why} needs a literal text")
    return texts, faults


if __name__ == "__main__":
    project = Path(sys.argv[1])
    modules = ("lib/openconnector/**/*.py", "ex_app/*.py", "ex_app/appapi/*.py")
    found, wrong = found_in(chain.from_iterable(map(project.glob, modules)), project)
    sys.stdout.write(json.dumps({"texts": found, "faults": wrong}))
