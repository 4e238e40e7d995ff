# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prints the texts that Nextcloud translates by itself, the templates of notifications, as JSON: [[text, line], …].

The file is read, not run: it needs no installed package.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path


def texts_of(code: str) -> Iterator[tuple[str, int]]:
    """The texts in the tables of a module; their keys are no texts."""
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Dict):
            for value in statement.value.values:
                for node in ast.walk(value):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        yield node.value, node.lineno


if __name__ == "__main__":
    sys.stdout.write(json.dumps(list(texts_of(Path(sys.argv[1]).read_text("utf-8")))))
