# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command line inside of the app's container: `python -m ex_app.cli secret:rotate`.

There AppAPI says where the storage is. Elsewhere it is the command line of the engine and nothing else.
"""

import os
import sys

from ex_app.journal import configure_journal
from openconnector import cli


def main() -> int:
    """Run one command on the storage of the app."""
    storage = os.environ.get("APP_PERSISTENT_STORAGE")
    if storage:
        os.environ.setdefault("OPENCONNECTOR_STORAGE_PATH", storage)
    configure_journal("warning")
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
