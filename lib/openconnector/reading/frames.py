# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What goes between us and a child that reads a body: JSON objects with their length in front, and bytes behind some.

A request has an `op`, which is a method of `OpenBody`, and its `arguments`; and a `catalog`, in which the answers are
said from then on, where that is another one than before. Behind the request `open` follow the `size` bytes of the body.
An answer has the `size` of what follows: JSON as the API gives it, or the bytes of `content`. Or it
has an `error`, with `message` and `location`, and nothing follows.
"""

import json
import struct
from typing import Any

HEAD = struct.Struct(">I")
"""Four bytes: the length of the JSON text."""


def frame(message: dict[str, Any]) -> bytes:
    """A message with its length."""
    text = json.dumps(message).encode()
    return HEAD.pack(len(text)) + text
