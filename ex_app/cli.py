# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command line inside of the app's container: `python -m ex_app.cli secret:rotate`.

There AppAPI says where the storage is, and which Nextcloud is around it. Elsewhere it is the command line of the
engine and nothing else, but for `openconnector serve`.
"""

import os
import sys
from collections.abc import Sequence

from openconnector import cli
from openconnector.commands.command import Nextcloud


def main() -> int:
    """Run one command on the storage of the app."""
    os.umask(0o077)  # the database holds what was sent and answered, and is for its owner as the key is
    if sys.argv[1:2] == ["serve"]:
        return _serve(sys.argv[2:])
    storage = os.environ.get("APP_PERSISTENT_STORAGE")
    if storage and not os.environ.get("OPENCONNECTOR_STORAGE_PATH"):
        os.environ["OPENCONNECTOR_STORAGE_PATH"] = storage
    return cli.main(prepare=_prepare, nextcloud=_nextcloud)


def _serve(arguments: Sequence[str]) -> int:
    """Serve the app that AppAPI's variables describe; without them, for this machine alone, with a host around it."""
    if os.environ.get("APP_ID") and not arguments:
        from ex_app.main import main as serve_app  # noqa: PLC0415  # see below

        return serve_app()
    from ex_app.standalone.__main__ import main as serve_alone  # noqa: PLC0415

    return serve_alone(["--data", ".standalone", *arguments], "openconnector serve")


def _prepare() -> None:
    from ex_app.journal import configure_journal  # noqa: PLC0415  # `--version` and `--help` do without

    configure_journal("warning")


def _nextcloud() -> Nextcloud | None:
    """The Nextcloud that the environment describes, where it describes one."""
    if not os.environ.get("APP_SECRET"):
        return None
    from ex_app.surroundings import of_environment  # noqa: PLC0415  # see above

    return of_environment(os.environ)


if __name__ == "__main__":
    sys.exit(main())
