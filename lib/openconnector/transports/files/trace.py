# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The dialogue with a file server, line by line, as it is shown to people. It holds no credentials."""

from openconnector.core.clock import stopwatch
from openconnector.transports.exchange import TraceEntry

MAX_LINES = 500
MAX_LINE = 1000
"""Characters of a line."""

HIDDEN = "••••••••"
_SECRET_COMMANDS = ("PASS ", "ACCT ")


class Trace:
    """Writes into the trace of an exchange.

    Args:
        into: the trace of the exchange.
        started: `stopwatch()` when the exchange began.
        secret: what is not shown either where the server repeats it.
    """

    def __init__(self, into: list[TraceEntry], started: float, secret: str = "") -> None:
        self._entries = into
        self._started = started
        self._secret = secret

    def note(self, is_sent: bool, text: str) -> None:
        """Write down a line, unless there are too many."""
        if len(self._entries) > MAX_LINES:
            return
        if len(self._entries) == MAX_LINES:
            text = "What followed is not kept."
        self._entries.append(TraceEntry(stopwatch() - self._started, is_sent, self._shown(is_sent, text)))

    def _shown(self, is_sent: bool, text: str) -> str:
        if is_sent and text[:5].upper() in _SECRET_COMMANDS:
            return text[:5] + HIDDEN
        if self._secret:
            text = text.replace(self._secret, HIDDEN)
        return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:MAX_LINE])
