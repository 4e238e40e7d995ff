# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The options of curl: which of them take a value, and which of them matter for what is sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SHORT = {
    "A": "user-agent", "b": "cookie", "c": "cookie-jar", "C": "continue-at", "d": "data", "D": "dump-header",
    "e": "referer", "E": "cert", "F": "form", "H": "header", "K": "config", "m": "max-time", "o": "output",
    "P": "ftp-port", "Q": "quote", "r": "range", "t": "telnet-option", "T": "upload-file", "u": "user",
    "U": "proxy-user", "w": "write-out", "x": "proxy", "X": "request", "y": "speed-time", "Y": "speed-limit",
    "z": "time-cond", "0": "http1.0", "1": "tlsv1", "2": "sslv2", "3": "sslv3", "4": "ipv4", "6": "ipv6", "a": "append",
    "B": "use-ascii", "f": "fail", "G": "get", "g": "globoff", "h": "help", "i": "include", "I": "head",
    "j": "junk-session-cookies", "J": "remote-header-name", "k": "insecure", "l": "list-only", "L": "location",
    "M": "manual", "n": "netrc", "N": "no-buffer", "O": "remote-name", "p": "proxytunnel", "q": "disable",
    "R": "remote-time", "s": "silent", "S": "show-error", "v": "verbose", "V": "version", "Z": "parallel",
    "#": "progress-bar", ":": "next",
}  # fmt: skip

_WITH_VALUE = frozenset(
    """abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
    continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
    delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine
    etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port
    ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface
    ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options
    mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir
    parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert
    proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
    proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0
    pubkey quote random-file range rate referer request request-target resolve retry retry-delay retry-max-time
    sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit
    speed-time stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace
    trace-ascii trace-config unix-socket upload-file upload-flags url url-query user user-agent variable vlan-priority
    write-out""".split()  # noqa: SIM905
)

_SWITCHES = frozenset(
    """anyauth append basic ca-native cert-status compressed compressed-ssh create-dirs crlf digest disable
    disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure fail fail-early fail-with-body
    false-start form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl ftp-ssl-ccc ftp-ssl-control
    get globoff haproxy-protocol head help http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only
    ignore-content-length include insecure ipv4 ipv6 junk-session-cookies list-only location location-trusted
    mail-rcpt-allowfails manual metalink negotiate netrc netrc-optional next no-alpn no-buffer no-keepalive no-npn
    no-progress-meter no-sessionid ntlm ntlm-wb parallel parallel-immediate path-as-is post301 post302 post303
    progress-bar progress-meter proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2 proxy-insecure
    proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel raw
    remote-header-name remote-name remote-name-all remote-time remove-on-error retry-all-errors retry-connrefused
    sasl-ir show-error show-headers silent skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl
    ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output
    suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1 tlsv1.2
    tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose version xattr""".split()  # noqa: SIM905
)

_LONG = _WITH_VALUE | _SWITCHES


@dataclass(frozen=True, slots=True)
class Option:
    """One option, by its long name, with its value; a word that is none has the name `url`.

    Attributes:
        is_known: whether curl has it, as far as is known here.
    """

    name: str
    value: str = ""
    is_known: bool = True


def options_of(words: Sequence[str]) -> Iterator[Option]:
    """The options of a command line, without its first word. What comes behind a value that is missing is left out."""
    rest = iter(words)
    is_over = False
    for word in rest:
        if is_over or not word.startswith("-") or word == "-":
            yield Option("url", word)
        elif word == "--":
            is_over = True
        elif word.startswith("--"):
            yield from _long(word[2:], rest)
        else:
            yield from _short(word[1:], rest)


def _long(written: str, rest: Iterator[str]) -> Iterator[Option]:
    name, _, attached = written.partition("=")
    found = _full(name)
    if found is None:
        yield Option(name, attached, is_known=False)
    elif found in _WITH_VALUE:
        value = attached or next(rest, None)
        if value is not None:
            yield Option(found, value)
    else:
        yield Option(found)


def _full(name: str) -> str | None:
    """The whole name of an option: curl takes the beginning of one, where no other begins in that way."""
    if name in _LONG:
        return name
    if name.startswith("no-") and name[3:] in _SWITCHES:
        return name
    beginnings = [known for known in _LONG if known.startswith(name)]
    return beginnings[0] if len(beginnings) == 1 and name else None


def _short(letters: str, rest: Iterator[str]) -> Iterator[Option]:
    for position, letter in enumerate(letters):
        name = _SHORT.get(letter)
        if name is None:
            yield Option(f"-{letter}", is_known=False)
        elif name in _WITH_VALUE:
            value = letters[position + 1 :] or next(rest, None)
            if value is not None:
                yield Option(name, value)
            return
        else:
            yield Option(name)
