# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""httpbin as a sample API, in a process of its own: `python -m ex_app.standalone.sample_api`.

Prints the port that it serves on, and ends when its standard input does: with the host, whatever ends that.
"""

import argparse
import logging
import os
import sys
import threading

THREADS = 32
"""httpbin's `/delay` holds a thread; a few of them must not stop the rest."""


def main() -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m ex_app.standalone.sample_api")
    parser.add_argument("--port", type=int, default=0)
    port = parser.parse_args().port
    logging.disable(logging.WARNING)  # httpbin would complain about an optional page that nobody asks for
    try:
        from httpbin import app  # noqa: PLC0415  development only: absent from the app's own image
        from waitress import create_server  # noqa: PLC0415
    except ImportError as error:
        sys.stderr.write(f"the sample API needs the development requirements: {error.name} is missing\n")
        return 1
    # Waitress also reads bodies that come in chunks, which the development server of httpbin refuses.
    server = create_server(app, host="127.0.0.1", port=port, threads=THREADS, ident=None)
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    sys.stdout.write(f"{server.effective_port}\n")
    sys.stdout.flush()
    server.run()
    return 0


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
