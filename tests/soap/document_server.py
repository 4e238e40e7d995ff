# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A server that has the documents which a test gives it, on a free port of the loopback."""

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class DocumentServer:
    """The server, while the context is open.

    Attributes:
        documents: bodies by path with query. A text that begins with `->` is a redirect. A path that is not there is
            answered with 404. `@URL@` in a text is the server's own address.
        asked: path and headers of what was asked for, with the names of headers in lower case.
    """

    def __init__(self, documents: Mapping[str, str | bytes] | None = None) -> None:
        self.documents: dict[str, str | bytes] = dict(documents or {})
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # headers and body in one packet

            def do_GET(self) -> None:
                server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                found = server.documents.get(self.path)
                content = found.replace("@URL@", server.url).encode() if isinstance(found, str) else found or b""
                is_redirect = content.startswith(b"->")
                self.send_response(404 if found is None else 302 if is_redirect else 200)
                self.send_header("Content-Type", "text/xml")
                if is_redirect:
                    self.send_header("Location", content[2:].decode())
                    content = b""
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)
