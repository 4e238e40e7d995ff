# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the original hands to its HTTP client, as the connection of a source of ours."""

import math
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from openconnector.core.call_defaults import MAX_TIMEOUT_MS
from openconnector.core.phrases import phrase
from openconnector.core.retention import MAX_DAYS
from openconnector.transfer.formats.node import Node
from openconnector.transfer.formats.sketch import Sketch

_DAY = 86_400
_MAX_REDIRECTS = 30
_MAX_RETRIES = 10
_PEM = "-----BEGIN "

_DEFAULT_RETENTION = {"logRetention": 3600, "errorRetention": 86_400}
"""Seconds. Below the setting for all sources they have no effect, and nobody has chosen them."""

_KNOWN_ELSEWHERE = frozenset({"headers", "query", "auth", "authentication"})

_NOT_CARRIED_OVER = {
    **dict.fromkeys(
        ("body", "json", "form_params", "multipart"),
        phrase("Sources have no body of their own: each call brings its body along."),
    ),
    **dict.fromkeys(
        ("preRequest", "postRequest"),
        phrase(
            "Calls before and after a call are not made here. For a login, choose an authentication that fetches a "
            "token."
        ),
    ),
    **dict.fromkeys(
        ("createMethod", "updateMethod", "destroyMethod", "listMethod", "readMethod"),
        phrase("The method belongs to the call. The original does not use this of a source either."),
    ),
    "soapVersion": phrase("The version of SOAP is read from the WSDL."),
    "permanentWsdl": phrase("A WSDL that was read is kept in any case."),
    "base_uri": phrase("The location of the source is where calls go."),
    "sink": phrase("Answers are kept in the log, not in files."),
    "http_errors": phrase("An answer with an error status is an outcome in the log in any case."),
    **dict.fromkeys(("mock", "mockResponse"), phrase("Sources always call.")),
}


def connect(sketch: Sketch, config: dict[str, Node], location: str) -> None:
    """Put what is known of the configuration into the connection, and note the rest."""
    readers: dict[str, Callable[[Sketch, Node], None]] = {
        "timeout": lambda sketch, node: _seconds(sketch, "totalTimeoutMs", node),
        "connect_timeout": lambda sketch, node: _seconds(sketch, "connectTimeoutMs", node),
        "read_timeout": lambda sketch, node: _seconds(sketch, "readTimeoutMs", node),
        "verify": _verify,
        "proxy": lambda sketch, node: _proxy(sketch, node, location),
        "allow_redirects": _redirects,
        "logBody": _bodies,
        "cookies": _cookies,
        "version": _version,
        "wsdl": _wsdl,
        "pagination": _pagination,
        "resultsPosition": lambda sketch, node: sketch.put("resultsPosition", node.text(), node),
    }
    for name, node in config.items():
        if name in readers and node.says_something:
            readers[name](sketch, node)
    _certificate(sketch, config.get("cert"), config.get("ssl_key"))
    for name, node in config.items():
        if name in _KNOWN_ELSEWHERE:
            continue
        for left in list(node.leftovers()):
            other = phrase("“{name}” has no counterpart here and was not carried over.", name=left.name[:100])
            sketch.note(left, _NOT_CARRIED_OVER.get(name, other))


def limit(sketch: Sketch, source: Node) -> None:
    """The rate limit."""
    most, window = source["rateLimitLimit"].number(), source["rateLimitWindow"].number()
    if not most or most < 1:
        if window:
            text = phrase("A window without a limit has no meaning, and is left out.")
            sketch.note(source["rateLimitWindow"], text)
        return
    if not window or window < 1:
        text = phrase(
            "The limit has no window, with which the original would stop calling for ever. One minute was taken."
        )
        sketch.note(source["rateLimitLimit"], text)
        window = 60.0
    if window > _DAY:
        text = phrase("The window is longer than a day. The same rate was taken for one day.")
        sketch.note(source["rateLimitWindow"], text)
        most, window = max(1.0, most * _DAY / window), float(_DAY)
    if most > 1_000_000:  # noqa: PLR2004  # what a source may have
        text = phrase("The limit is higher than a million requests, and is left out.")
        sketch.note(source["rateLimitLimit"], text)
        return
    sketch.put("connection/rateLimit", {"limit": int(most), "windowMs": int(window * 1000)}, source["rateLimitLimit"])


def retain(sketch: Sketch, source: Node) -> None:
    """How long calls are kept: days here, seconds there."""
    for name, ours in (("logRetention", "successDays"), ("errorRetention", "errorDays")):
        node = source[name]
        seconds = node.number()
        if seconds is None or seconds < 0:
            continue
        if seconds == _DEFAULT_RETENTION[name]:
            text = phrase("This is what every source of the original has, so the setting for all sources is used.")
            sketch.note(node, text)
            continue
        days = min(math.ceil(seconds / _DAY), MAX_DAYS)
        sketch.put(f"connection/retention/{ours}", days, node)
        if days * _DAY != seconds:
            sketch.note(node, phrase("Calls are kept for whole days: {days}.", days=days))


def retry(sketch: Sketch, policy: Node) -> None:
    """The successor's `retryPolicy`, which counts the first attempt, too."""
    attempts = policy["maxAttempts"].number()
    if attempts is None or attempts <= 1:
        return
    sketch.put("connection/retry/maxRetries", min(int(attempts) - 1, _MAX_RETRIES), policy["maxAttempts"])
    if attempts - 1 > _MAX_RETRIES:
        text = phrase("A call is made again {count} times at most.", count=_MAX_RETRIES)
        sketch.note(policy["maxAttempts"], text)
    for name, ours, most in (("baseDelayMs", "backoffMs", 60_000), ("maxDelayMs", "maxBackoffMs", 600_000)):
        delay = policy[name].number()
        if delay is not None and 1 <= delay <= most:
            sketch.put(f"connection/retry/{ours}", int(delay), policy[name])
        elif delay is not None:
            sketch.note(policy[name], phrase("This delay is not possible here; the default was taken."))
    statuses = policy["retryableStatusCodes"]
    codes = [status.number() for status in statuses.entries()]
    if codes:
        sketch.put("connection/retry/statuses", [int(code) for code in codes if code is not None], statuses)


def _seconds(sketch: Sketch, name: str, node: Node) -> None:
    seconds = node.number()
    if seconds is None or seconds < 0:
        return
    wanted = math.ceil(min(seconds, MAX_TIMEOUT_MS) * 1000) or MAX_TIMEOUT_MS
    sketch.put(f"connection/{name}", min(wanted, MAX_TIMEOUT_MS), node)
    if seconds == 0 or wanted > MAX_TIMEOUT_MS:
        seconds_at_most = MAX_TIMEOUT_MS // 1000
        text = phrase("A call ends after {seconds} seconds at the latest, which was taken.", seconds=seconds_at_most)
        sketch.note(node, text)


def _verify(sketch: Sketch, node: Node) -> None:
    if _PEM in node.peek():
        sketch.put("connection/caCertificates", node.text().replace("\\n", "\n"), node)
        return
    wanted = node.flag()
    if wanted is None:
        text = phrase(
            "This is the path of a file on the other server. Paste the certificates of the authority under TLS."
        )
        sketch.note(node, text)
        return
    sketch.put("connection/verifyTls", wanted, node)


def _certificate(sketch: Sketch, certificate: Node | None, key: Node | None) -> None:
    """`cert` and `ssl_key`: a text, or a text with its passphrase."""
    values = {**_pem(sketch, certificate, "certificates"), **_pem(sketch, key, "privateKey")}
    if "certificates" not in values:
        for _, node in values.values():
            sketch.note(node, phrase("The certificate of this key is missing, and the key was left out."))
        return
    for name, (text, node) in values.items():
        sketch.put(f"connection/clientCertificate/{name}", text, node)
    if "privateKey" not in values and "PRIVATE KEY-----" not in values["certificates"][0]:
        sketch.require("connection/clientCertificate/privateKey")


def _pem(sketch: Sketch, node: Node | None, name: str) -> dict[str, tuple[str, Node]]:
    """A text in PEM, and its passphrase."""
    if node is None or not node.says_something:
        return {}
    pem, passphrase = (node["0"], node["1"]) if node.is_list or node.is_object else (node, node["1"])
    if _PEM not in pem.peek():
        text = phrase("This is the path of a file on the other server. Paste its content under Client certificate.")
        sketch.note(node, text)
        return {}
    values = {name: (pem.text().replace("\\n", "\n"), node)}
    return values | ({"passphrase": (passphrase.text(), node)} if passphrase.peek() else {})


def _proxy(sketch: Sketch, node: Node, location: str) -> None:
    """One proxy for all, or one for each scheme."""
    if node.is_object:
        own, other = ("http", "https") if location.startswith("http://") else ("https", "http")
        chosen = node[own] if node[own].peek() else node[other]
        if not chosen.peek():
            return
        node = chosen
    url = node.text().strip()
    url = url if "://" in url else f"http://{url}"
    url = f"http://{url.removeprefix('tcp://')}" if url.startswith("tcp://") else url
    try:
        parts = urlsplit(url)
        username, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        sketch.note(node, phrase("This is no address of a proxy, and was left out."))
        return
    sketch.put("connection/proxy/url", f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", node)
    if username:
        sketch.put("connection/proxy/username", username, node)
        sketch.put("connection/proxy/password", password, node)


def _redirects(sketch: Sketch, node: Node) -> None:
    follows = node.flag()
    if follows is not None:
        sketch.put("connection/redirects", "all" if follows else "never", node)
        return
    if not node.is_object:
        return
    most = node["max"].number()
    if most is not None and most < 1:
        sketch.put("connection/redirects", "never", node)
        return
    sketch.put("connection/redirects", "all", node)
    if most is not None:
        sketch.put("connection/maxRedirects", min(int(most), _MAX_REDIRECTS), node["max"])
        if most > _MAX_REDIRECTS:
            sketch.note(node["max"], phrase("At most {limit} redirects are followed.", limit=_MAX_REDIRECTS))


def _bodies(sketch: Sketch, node: Node) -> None:
    kept = node.flag()
    if kept is not None:
        sketch.put("connection/bodies/policy", "always" if kept else "errors", node)


def _cookies(sketch: Sketch, node: Node) -> None:
    kept = node.flag()
    if kept is not None:
        sketch.put("connection/keepCookies", kept, node)


def _version(sketch: Sketch, node: Node) -> None:
    """The version of HTTP. Which one is spoken is agreed with the server; only that 2 is offered can be chosen."""
    if node.peek() in ("1.0", "1.1", "2", "2.0"):
        sketch.put("connection/http2", node.text().startswith("2"), node)


def _wsdl(sketch: Sketch, node: Node) -> None:
    if node.peek().lstrip().startswith("<"):
        sketch.note(node, phrase("The text of a WSDL is uploaded under SOAP after the source was made."))
    elif node.is_text:
        sketch.put("connection/soap/wsdlUrl", node.text(), node)


def _pagination(sketch: Sketch, node: Node) -> None:
    parameter = node["paginationQuery"].text()
    if parameter:
        sketch.put("pagination", {"type": "page", "parameter": parameter}, node["paginationQuery"])
