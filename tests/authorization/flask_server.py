# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A Flask application on a free port of the loopback, served by threads of this process."""

import threading
from typing import Any, Self

import flask
import waitress.server
from waitress import wasyncore


class FlaskServer:
    """Serves an application while the context is open. It may be asked for `url` before that."""

    def __init__(self, app: flask.Flask) -> None:
        self._sockets: dict[int, Any] = {}
        # Some libraries refuse to work without TLS. They are told that there is some, as behind a proxy that ends it.
        self._wsgi = waitress.server.create_server(
            app, map=self._sockets, host="127.0.0.1", port=0, threads=4, url_scheme="https"
        )
        self.url = f"http://127.0.0.1:{self._wsgi.effective_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._wsgi.run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wsgi.task_dispatcher.shutdown()
        # What waits on the sockets has to close them itself: it would not see it for a second otherwise.
        self._wsgi.trigger.pull_trigger(lambda: wasyncore.close_all(self._sockets))
        self._thread.join(timeout=10)

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def resource_url(self) -> str:
        return f"{self.url}/resource"
