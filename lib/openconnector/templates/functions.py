# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The functions and filters of templates: everything that a placeholder can do."""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from enum import Enum
from typing import Final
from urllib.parse import quote

from openconnector.core.phrases import Phrase, phrase
from openconnector.templates.context import Evaluation, Value
from openconnector.templates.problem import TemplateProblem

ALGORITHMS: Final = ("md5", "sha1", "sha256", "sha384", "sha512")
ENCODINGS: Final = ("hex", "base64", "base64url")
DIRECTIVES: Final = "YmdHMSfjyaAbBpIzZuwGVUW%"
"""Of strftime. Others depend on the platform, and glibc pads `%999999999d` to as many characters."""

MAX_FORMAT = 100
MAX_OFFSET = 10 * 366 * 86_400
"""Seconds: ten years."""


class _Required(Enum):
    REQUIRED = 0


REQUIRED: Final = _Required.REQUIRED

Check = Callable[[Value], Value]
"""Accepts a constant, or raises TemplateProblem."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a function.

    Attributes:
        check: only constants are accepted, and only those that pass it when the template is read. None: any expression.
        raw: it is passed on as it is, not as a text.
    """

    name: str
    default: Value | _Required = REQUIRED
    check: Check | None = None
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """Something that can be called.

    Attributes:
        usage: how it is written, for errors.
        apply: takes the evaluation and the arguments in the order of the parameters.
        of_source: its only argument is `source`, which may be left out.
    """

    usage: str
    apply: Callable[..., Value]
    parameters: tuple[Parameter, ...] = ()
    of_source: bool = False


def _listed(choices: tuple[str, ...]) -> str:
    return ", ".join(f"'{choice}'" for choice in choices)


def _one_of(choices: tuple[str, ...], otherwise: Phrase) -> Check:
    def check(value: Value) -> Value:
        if isinstance(value, str) and value in choices:
            return value
        # What was written is not repeated: with two arguments exchanged it is the key.
        raise TemplateProblem(otherwise.filled(choices=_listed(choices)))

    return check


def _offset(value: Value) -> Value:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_OFFSET:
        return value
    raise TemplateProblem(
        phrase("The offset of now() is a whole number of seconds, of at most ten years: now(offset=-60).")
    )


_DIRECTIVE = re.compile("%(.?)", re.DOTALL)


def _format(value: Value) -> Value:
    if value in ("iso", "unix", "unixMs"):
        return value
    directives = _DIRECTIVE.findall(value) if isinstance(value, str) and len(value) <= MAX_FORMAT else []
    if directives and all(directive and directive in DIRECTIVES for directive in directives):
        return value
    raise TemplateProblem(
        phrase(
            "The format of now() is 'iso', 'unix', 'unixMs', or made of the directives of strftime, such "
            "as '%Y-%m-%dT%H:%M:%SZ'."
        )
    )


def _now(evaluation: Evaluation, format: str, offset: int) -> Value:  # noqa: A002  # the name in the language
    try:
        at = evaluation.context.at.astimezone(UTC) + timedelta(seconds=offset)
    except OverflowError:
        raise TemplateProblem(phrase("This time is outside of the calendar.")) from None
    if format == "unix":
        return int(at.timestamp())
    if format == "unixMs":
        return int(at.timestamp()) * 1000 + at.microsecond // 1000
    if format == "iso":
        return at.isoformat(timespec="seconds").replace("+00:00", "Z")
    # One directive at a time: what stands between them does not go through the C library and its locale.
    return _DIRECTIVE.sub(lambda directive: at.strftime(directive[0]), format)


def _uuid(evaluation: Evaluation) -> Value:
    return evaluation.context.uuid()


def _raw(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise TemplateProblem(phrase("A value holds half of a surrogate pair, which is not a character.")) from None


def _encoded(raw: bytes, encoding: str) -> str:
    if encoding == "hex":
        return raw.hex()
    if encoding == "base64":
        return base64.b64encode(raw).decode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")  # RFC 7515, section 2: without padding


def _base64(_: Evaluation, text: str) -> Value:
    return _encoded(_raw(text), "base64")


def _base64url(_: Evaluation, text: str) -> Value:
    return _encoded(_raw(text), "base64url")


def _base64_decoded(_: Evaluation, text: str) -> Value:
    plain = text.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        raise TemplateProblem(phrase("b64dec needs the base64 form of a text, which this value is not.")) from None


def _urlencoded(_: Evaluation, text: str) -> Value:
    return quote(_raw(text), safe="")


def _json(_: Evaluation, value: Value) -> Value:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise TemplateProblem(phrase("JSON cannot write this number.")) from None


def _hash(_: Evaluation, text: str, algorithm: str, encoding: str) -> Value:
    # MD5 and SHA-1 are what some systems ask for.
    return _encoded(hashlib.new(algorithm, _raw(text), usedforsecurity=False).digest(), encoding)


def _hmac(_: Evaluation, text: str, key: str, algorithm: str, encoding: str) -> Value:
    return _encoded(hmac.digest(_raw(key), _raw(text), algorithm), encoding)


def _oauth_token(evaluation: Evaluation) -> Value:
    give = evaluation.context.oauth_token
    if give is None:
        raise TemplateProblem(
            phrase("oauthToken(source) has no token here. It needs OAuth 2.0 as the source's authentication.")
        )
    return evaluation.token("oauthToken", give)


def _jwt_token(evaluation: Evaluation) -> Value:
    give = evaluation.context.jwt_token
    if give is None:
        raise TemplateProblem(
            phrase("jwtToken(source) has no token here. It needs a JWT as the source's authentication.")
        )
    return evaluation.token("jwtToken", give)


_TEXT = Parameter("text")
_ALGORITHM = Parameter("algorithm", "sha256", _one_of(ALGORITHMS, phrase("The algorithm must be one of {choices}.")))
_ENCODING = Parameter("encoding", "hex", _one_of(ENCODINGS, phrase("The encoding must be one of {choices}.")))

_UUID = Function("uuid()", _uuid)
_HASH = Function("hash(text, 'sha256', 'hex')", _hash, (_TEXT, _ALGORITHM, _ENCODING))
_HMAC = Function("hmac(text, key, 'sha256', 'hex')", _hmac, (_TEXT, Parameter("key"), _ALGORITHM, _ENCODING))
_BASE64 = Function("base64(text)", _base64, (_TEXT,))
_BASE64URL = Function("base64url(text)", _base64url, (_TEXT,))

FUNCTIONS: Final[Mapping[str, Function]] = {
    "now": Function("now('iso', 0)", _now, (Parameter("format", "iso", _format), Parameter("offset", 0, _offset))),
    "uuid": _UUID,
    "generateUuid": _UUID,
    "base64": _BASE64,
    "base64url": _BASE64URL,
    "hash": _HASH,
    "hmac": _HMAC,
    "oauthToken": Function("oauthToken(source)", _oauth_token, of_source=True),
    "jwtToken": Function("jwtToken(source)", _jwt_token, of_source=True),
}

_JSON = Function("value|json", _json, (Parameter("value", raw=True),))
_URLENCODE = Function("text|urlencode", _urlencoded, (_TEXT,))

DEFAULT: Final = "default"
"""The filter that accepts a field which is missing."""

FILTERS: Final[Mapping[str, Function]] = {
    "base64": _BASE64,
    "b64enc": _BASE64,
    "b64dec": Function("text|b64dec", _base64_decoded, (_TEXT,)),
    "base64url": _BASE64URL,
    "urlencode": _URLENCODE,
    "url_encode": _URLENCODE,
    "json": _JSON,
    "json_encode": _JSON,
    "hash": _HASH,
    "hmac": _HMAC,
    "upper": Function("text|upper", lambda _, text: text.upper(), (_TEXT,)),
    "lower": Function("text|lower", lambda _, text: text.lower(), (_TEXT,)),
    "trim": Function("text|trim", lambda _, text: text.strip(), (_TEXT,)),
    DEFAULT: Function(
        "value|default('…')",
        lambda _, value, other: other if value in (None, "") else value,
        (Parameter("value", raw=True), Parameter("other", raw=True)),
    ),
}
"""What stands behind a value. The value is the first argument. The names that Twig and the original have work too."""
