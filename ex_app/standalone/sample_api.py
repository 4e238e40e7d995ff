# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""httpbin as a sample API, in a process of its own: `python -m ex_app.standalone.sample_api`.

Serves on `SAMPLE_API_PORT` where that is free, else on another port, and prints which. It ends when its standard input
does: with the host, whatever ends that.
"""

import logging
import os
import sys
import threading
from functools import partial

THREADS = 32
"""httpbin's `/delay` holds a thread; a few of them must not stop the rest."""


def main() -> int:
    """Serve until standard input ends."""
    logging.disable(logging.WARNING)  # httpbin would complain about an optional page that nobody asks for
    # Both are for development: the host asks first whether they are there.
    from httpbin import app  # noqa: PLC0415
    from waitress import create_server  # noqa: PLC0415

    wanted = int(os.environ.get("SAMPLE_API_PORT", "0"))
    # Waitress also reads bodies that come in chunks, which the development server of httpbin refuses.
    serve = partial(create_server, app, host="127.0.0.1", threads=THREADS, ident=None)
    try:
        server = serve(port=wanted)
    except OSError:
        server = serve(port=0)
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
