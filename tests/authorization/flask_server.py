# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A Flask application on a free port of the loopback, served by threads of this process."""

import threading
from typing import Self

import flask
import waitress.server


class FlaskServer:
    """Serves an application while the context is open. It may be asked for `url` before that."""

    def __init__(self, app: flask.Flask) -> None:
        # Some libraries refuse to work without TLS. They are told that there is some, as behind a proxy that ends it.
        self._wsgi = waitress.server.create_server(app, host="127.0.0.1", port=0, threads=4, url_scheme="https")
        self.url = f"http://127.0.0.1:{self._wsgi.effective_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._wsgi.run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wsgi.task_dispatcher.shutdown()  # who has answered may still have to tell, and complains of a closed server
        self._wsgi.close()
        self._thread.join(timeout=10)

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def resource_url(self) -> str:
        return f"{self.url}/resource"
