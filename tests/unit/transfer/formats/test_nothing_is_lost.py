# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever a source of the original says is in the definition, or a note names it."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.transfer.candidates import check_all
from openconnector.transfer.drafts import Draft
from openconnector.transfer.formats import legacy
from openconnector.transfer.formats.node import below

FIELDS = (
    *(
        "description",
        "reference",
        "version",
        "isEnabled",
        "type",
        "authorizationHeader",
        "auth",
        "authenticationConfig",
    ),
    *("jwt", "secret", "username", "password", "apikey", "documentation", "oas", "status", "loggingConfig", "paths"),
    *("headers", "translationConfig", "logRetention", "errorRetention", "objectCount", "test", "rateLimitLimit"),
    *("rateLimitWindow", "rateLimitReset", "lastCall", "dateCreated", "configurations", "slug", "uuid", "@id", "extra"),
    *("retryPolicy", "rootPath", "hostKeyFingerprint"),
)
OPTIONS = (
    *("headers", "query", "auth", "authentication", "timeout", "connect_timeout", "read_timeout", "verify", "proxy"),
    *("allow_redirects", "logBody", "cookies", "version", "wsdl", "pagination", "resultsPosition", "cert", "ssl_key"),
    *("body", "json", "preRequest", "createMethod", "soapVersion", "mock", "special"),
)
NAMES = (
    *(
        "Authorization",
        "Accept",
        "X-Api-Key",
        "limit",
        "0",
        "1",
        "2",
        "client_id",
        "client_secret",
        "tokenUrl",
        "scope",
    ),
    *(
        "grant_type",
        "algorithm",
        "payload",
        "secret",
        "username",
        "password",
        "http",
        "max",
        "paginationQuery",
        "a.b",
        "maxAttempts",
        "baseDelayMs",
    ),
)
SYNCHRONIZATION = (
    *("resultsPosition", "paginationQuery", "maxPages", "usesPagination", "endpoint", "query", "headers", "idPosition"),
    *("query.status", "extraDataConfigs"),
)
ENTITY = "/components/sources/a"
LEAF = object()
LEAVES = st.just(LEAF) | st.sampled_from(("", None, "Bearer {{ oauthToken(source) }}", "{{ jwtToken(source) }}"))
FLAT = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(st.sampled_from(NAMES), LEAVES, max_size=3)
INSIDE = FLAT | st.lists(FLAT, max_size=2) | st.dictionaries(st.sampled_from(NAMES), FLAT, max_size=4)
CONFIGURATIONS = st.dictionaries(
    st.sampled_from(OPTIONS) | st.builds("{}.{}".format, st.sampled_from(OPTIONS), st.sampled_from(NAMES)),
    INSIDE,
    max_size=6,
)
SOURCES = st.builds(
    lambda fields, configuration: {
        "name": LEAF,
        "location": "https://a.example",
        **fields,
        "configuration": configuration,
    },
    st.dictionaries(st.sampled_from(FIELDS), INSIDE, max_size=6),
    CONFIGURATIONS,
)


def numbered(value: Any, numbers: Iterator[int]) -> Any:
    """The value with texts and numbers in it that stand nowhere else."""
    if value is LEAF:
        number = next(numbers)
        return f"tok{number}x" if number % 3 else 7_000_000 + number
    if isinstance(value, dict):
        return {name: numbered(inner, numbers) for name, inner in value.items()}
    return [numbered(inner, numbers) for inner in value] if isinstance(value, list) else value


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, below(pointer, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from leaves(inner, below(pointer, position))
    elif value not in ("", None):
        yield pointer, value


def is_named(draft: Draft, pointer: str) -> bool:
    """Whether a note is about it: at its place or above it; at the source itself it must have the name of the field."""
    return any(
        pointer.startswith(f"{ENTITY}/") and pointer.removeprefix(f"{ENTITY}/").partition("/")[0] in note.text
        if note.pointer == ENTITY
        else f"{pointer}/".startswith(f"{note.pointer}/")
        for note in draft.notes
    )


def is_carried(draft: Draft, value: Any) -> bool:
    definition = json.dumps(draft.definition)
    if isinstance(value, str):
        return value in definition or "Token(source)" in value  # which became an authentication, or is noted
    return any(str(number) in definition for number in (value, value * 1000, math.ceil(value / 86_400)))


@settings(max_examples=200, deadline=None)
@given(SOURCES, st.dictionaries(st.sampled_from(SYNCHRONIZATION), INSIDE, max_size=5))
def test_every_leaf_is_carried_over_or_named(source: dict[str, Any], config: dict[str, Any]) -> None:
    synchronization = {"name": LEAF, "sourceId": "a", "sourceConfig": config, "targetId": LEAF}
    components = {
        "sources": {"a": source},
        "synchronizations": {"s": synchronization},
        "mappings": {"m": {"name": LEAF}},
    }
    document = numbered({"info": {"title": LEAF}, "components": components}, iter(range(1, 10_000)))
    (draft,) = legacy.read(document)
    lost = [
        (pointer, value)
        for pointer, value in leaves(document)
        if not is_carried(draft, value) and not is_named(draft, pointer)
    ]
    assert lost == []
    # Only a type is repeated in a note: any other value may be a secret.
    repeated = [note for note in draft.notes if re.search(r"tok\d+x|70000\d\d", note.text)]
    assert all(note.pointer == f"{ENTITY}/type" for note in repeated)
    (candidate,) = check_all([draft], [], lambda: None)
    assert (candidate.errors, candidate.wanted is None) == ([], False)
