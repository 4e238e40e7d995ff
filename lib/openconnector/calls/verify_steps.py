# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is to be said of each step of a call that went well so far. Each reads the last exchange: it gave the answer."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address

from openconnector.calls.certificates import day
from openconnector.calls.credentials import credentials_among
from openconnector.calls.observed import split
from openconnector.calls.progress import TO_AUTHORIZE
from openconnector.calls.remedies import CONNECTION
from openconnector.calls.schemas import StepName, VerifyStep
from openconnector.core.phrases import Phrase, all_of, phrase
from openconnector.logs.schemas import CallRead, CertificateRead, Evidence, ExchangeRead, Remedy, TlsRead

EXPIRES_SOON_DAYS = 30
NOT_REACHED = phrase("Not reached.")
_WITH_TLS = frozenset({"https", "ftps", "ftpes"})
_WITHOUT_TLS = {
    "ftp": phrase("The location is ftp: nothing is encrypted, not even the password."),
    "sftp": phrase("SSH encrypts the connection, without TLS."),
}
_ENDING = {
    0: phrase("The certificate is valid, but expires in less than a day, on {day}: have it renewed."),
    1: phrase("The certificate is valid, but expires in 1 day, on {day}: have it renewed."),
}
"""By the days that are left."""

_NOT_ENCRYPTED = phrase("The location is http: nothing is encrypted.")
_ALREADY_OPEN = phrase("The connection was open already.")


def duration_of(name: StepName, call: CallRead) -> float | None:
    """Milliseconds that a step took; None where it takes none of its own. As in HAR, `connectMs` contains `tlsMs`."""
    if not call.exchanges:
        return None
    timings = call.exchanges[-1].timings
    times = {
        "dns": timings.dns_ms,
        "tcp": _sum(timings.connect_ms, -(timings.tls_ms or 0.0)),
        "tls": timings.tls_ms,
        "http": _sum(timings.wait_ms, timings.send_ms or 0.0),
        "content": timings.receive_ms,
    }
    return times.get(name)


def _configuration(call: CallRead) -> VerifyStep:
    request = _own(call)[0].request
    summary = phrase("Location, path and headers make a request that can be sent.")
    return _passed("configuration", call, summary, [(phrase("Request"), f"{request.method} {request.url}")])


def _egress(call: CallRead) -> VerifyStep:
    resolved = _resolved(call)
    if not resolved:
        summary = phrase("No rule forbids this host. Its addresses could not be looked at.")
        return _passed("egress", call, summary)
    one, several = phrase("No rule forbids this address."), phrase("No rule forbids any of the addresses.")
    summary = one if len(resolved) == 1 else several
    return _passed("egress", call, summary, [(phrase("Address"), ", ".join(resolved))])


def _dns(call: CallRead) -> VerifyStep:
    last, resolved = call.exchanges[-1], _resolved(call)
    proxy = last.connection.proxy if last.connection else None
    host = _host(f"//{proxy}" if proxy else last.request.url)
    if _is_address(host) and proxy:
        return _skipped("dns", phrase("The host of the proxy is an address already."))
    if _is_address(host):
        return _skipped("dns", phrase("The host of the location is an address already."))
    if last.connection is None or last.connection.is_reused:
        return _skipped("dns", _ALREADY_OPEN if last.connection else NOT_REACHED)
    who = phrase("{host}, the proxy,", host=host) if proxy else host
    one, several = phrase("{host} has one address."), phrase("{host} has {number} addresses.")
    summary = (one if len(resolved) == 1 else several).filled(host=who, number=len(resolved))
    return _passed("dns", call, summary, [(phrase("Address"), address) for address in resolved])


def _tcp(call: CallRead) -> VerifyStep:
    connection = call.exchanges[-1].connection
    if connection is None or connection.is_reused:
        return _skipped("tcp", _ALREADY_OPEN if connection else NOT_REACHED)
    summary = phrase("Connected to {address} port {port}.")
    if connection.proxy:
        summary = phrase("The proxy {proxy} answers at {address} port {port}.", proxy=connection.proxy)
    evidence = [
        (phrase("Address used"), connection.address),
        (phrase("Port"), str(connection.port)),
        (phrase("Proxy"), connection.proxy),
    ]
    words = summary.filled(address=connection.address, port=connection.port)
    return _passed("tcp", call, words, evidence)


def _tls(call: CallRead) -> VerifyStep:
    last = call.exchanges[-1]
    scheme = last.request.url.partition(":")[0]
    if scheme not in _WITH_TLS:
        return _skipped("tls", _WITHOUT_TLS.get(scheme, _NOT_ENCRYPTED))
    tls = last.connection.tls if last.connection else None
    if tls is None:
        return _skipped("tls", NOT_REACHED)
    certificate = next(iter(tls.chain), None)
    evidence: list[tuple[str, str | None]] = [
        (phrase("TLS version"), tls.version),
        (phrase("Cipher"), tls.cipher),
        ("ALPN", tls.alpn),
    ]
    if certificate is not None:
        until = phrase("{day} ({number} days left)", day=day(certificate.not_after), number=certificate.days_left)
        evidence += [
            (phrase("Certificate"), certificate.subject),
            (phrase("Names in it"), ", ".join(certificate.names)),
            (phrase("Issuer"), certificate.issuer),
            (phrase("Valid until"), until),
        ]
    step = _passed("tls", call, _sentences(f"{tls.version or 'TLS'}.", _trust(tls, certificate)), evidence)
    if not tls.is_verified:
        text = phrase("Switch on “Verify TLS”, unless this is a test system.")
        step.remedies = [Remedy(text=text, link=CONNECTION)]
    return step


def _trust(tls: TlsRead, certificate: CertificateRead | None) -> str:
    if not tls.is_verified:
        return phrase("The certificate was not checked: “Verify TLS” is off for this source.")
    if certificate is None:
        return phrase("The certificate is valid.")
    days, until = certificate.days_left, day(certificate.not_after)
    if days < EXPIRES_SOON_DAYS:
        words = _ENDING.get(
            days, phrase("The certificate is valid, but expires in {days} days, on {day}: have it renewed.")
        )
    else:
        words = phrase("The certificate is valid for {days} days more, until {day}.")
    return words.filled(days=days, day=until)


def _credentials(call: CallRead) -> VerifyStep:
    last = call.exchanges[-1]
    if last.trace is not None:
        return _passed("credentials", call, phrase("The server has accepted the login."))
    sent = _sent(last)
    if sent and last.response is None:
        words = phrase("Sent was {what}. No answer came that says whether it is right.", what=all_of(sent))
        return _skipped("credentials", words)
    if sent:
        summary = phrase("Sent was {what}, and the other system did not object.", what=all_of(sent))
        return _passed("credentials", call, summary, [(phrase("Sent"), text) for text in sent])
    if any(_sent(exchange) for exchange in call.exchanges):
        return _skipped("credentials", phrase("A redirect led to another system, where the credentials do not go."))
    return _skipped("credentials", phrase("The source sends no credentials."))


def _http(call: CallRead) -> VerifyStep:
    response = call.exchanges[-1].response
    assert response is not None  # noqa: S101  # without one, this step is the one that failed
    status = f"{response.status_code} {response.reason}".strip()
    own = _own(call)
    words = {
        0: phrase("The answer is {status}."),
        1: phrase("The answer is {status} after 1 more exchange."),
    }.get(len(own) - 1, phrase("The answer is {status} after {number} more exchanges."))
    evidence = [(phrase("Status"), status), (phrase("Version"), response.http_version)]
    evidence += [(phrase("Exchange"), f"{one.kind}: {one.request.method} {one.request.url}") for one in own[1:]]
    return _passed("http", call, words.filled(status=status.rstrip("."), number=len(own) - 1), evidence)


def _content(call: CallRead) -> VerifyStep:
    response = call.exchanges[-1].response
    body = response.body if response else None
    if response is None or body is None:
        return _skipped("content", phrase("The answer has no body, and need not have one."))
    kind = next((field.value for field in response.headers if field.name.lower() == "content-type"), None)
    size = phrase("1 byte") if body.size == 1 else phrase("{number} bytes", number=body.size)
    summary = phrase("{size} of {type}.", size=size, type=kind or phrase("no declared type"))
    step = _passed("content", call, summary, [("Content-Type", kind), (phrase("Size"), size)])
    hint = call.diagnosis
    if hint is not None:
        step.summary = _sentences(summary, hint.detail)
        step.evidence += hint.evidence
        step.remedies = hint.remedies
    return step


FINDINGS: dict[StepName, Callable[[CallRead], VerifyStep]] = {
    "configuration": _configuration,
    "egress": _egress,
    "dns": _dns,
    "tcp": _tcp,
    "tls": _tls,
    "credentials": _credentials,
    "http": _http,
    "content": _content,
}


def _passed(
    name: StepName, call: CallRead, summary: str, evidence: Iterable[tuple[str, str | None]] = ()
) -> VerifyStep:
    return VerifyStep(
        name=name,
        status="passed",
        duration_ms=duration_of(name, call),
        summary=summary,
        evidence=[Evidence(name=label, value=value) for label, value in evidence if value],
    )


def _skipped(name: StepName, summary: str) -> VerifyStep:
    return VerifyStep(name=name, status="skipped", duration_ms=None, summary=summary)


def _own(call: CallRead) -> list[ExchangeRead]:
    """The exchanges with the other system; all of them where it was not reached, because there was no token."""
    return [one for one in call.exchanges if one.kind not in TO_AUTHORIZE] or call.exchanges


def _sum(known: float | None, more: float) -> float | None:
    return None if known is None else max(0.0, round(known + more, 3))


def _resolved(call: CallRead) -> list[str]:
    connection = call.exchanges[-1].connection
    return connection.resolved if connection else []


def _sent(exchange: ExchangeRead) -> list[str]:
    headers = [(field.name, field.value, field.origin) for field in exchange.request.headers]
    parameters = [(field.name, field.value, field.origin) for field in exchange.request.parameters]
    return list(credentials_among(headers, parameters))


def _host(url: str) -> str:
    return split(url).hostname or ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _sentences(first: str, second: str) -> str:
    return Phrase("{first} {second}", {"first": first, "second": second})
