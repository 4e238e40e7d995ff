# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cookies of sources: who may set them, where they go, and when they are gone."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.calls import cookies
from openconnector.calls.cookies import CookieStore

SOURCE = UUID("018f0000-0000-7000-8000-000000000001")
KEY = (SOURCE, 1)
URL = "https://api.example.org/v1/login"


def kept(*values: str, url: str = URL) -> CookieStore:
    store = CookieStore()
    store.keep(KEY, url, values)
    return store


def sent(value: str, to: str, url: str = URL) -> str | None:
    """What a request to `to` carries after an answer from `url` has set one cookie."""
    return kept(value, url=url).header(KEY, to)


def test_a_session_is_sent_again() -> None:
    store = kept("JSESSIONID=0A1B2C; Path=/; Secure; HttpOnly; SameSite=Lax", "lang=nl-NL; Max-Age=3600; Path=/")

    assert store.header(KEY, "https://api.example.org/v1/zaken?page=2") == "JSESSIONID=0A1B2C; lang=nl-NL"
    assert sorted(store.values(KEY)) == ["0A1B2C", "nl-NL"]


@pytest.mark.parametrize(
    ("cookie", "to", "is_sent"),
    [
        # No domain: this host alone.
        ("a=1; Path=/", "https://api.example.org/", True),
        ("a=1; Path=/", "https://API.EXAMPLE.ORG/", True),
        ("a=1; Path=/", "https://x.api.example.org/", False),
        ("a=1; Path=/", "https://example.org/", False),
        # A domain that the host belongs to: all of it.
        ("a=1; Path=/; Domain=example.org", "https://api.example.org/", True),
        ("a=1; Path=/; Domain=.example.org", "https://www.example.org/", True),
        ("a=1; Path=/; Domain=example.org", "https://badexample.org/", False),
        ("a=1; Path=/; Domain=example.org", "https://example.org.evil.example/", False),
        # A path, as far as it goes.
        ("a=1; Path=/v1", "https://api.example.org/v1/zaken", True),
        ("a=1; Path=/v1", "https://api.example.org/v10", False),
        ("a=1; Path=/v1", "https://api.example.org/", False),
        ("a=1", "https://api.example.org/v1/zaken", True),
        ("a=1", "https://api.example.org/v2", False),
        # Secure: not in clear.
        ("a=1; Path=/; Secure", "http://api.example.org/", False),
        # Nor what came over TLS, whether or not it says so.
        ("a=1; Path=/", "http://api.example.org/", False),
        ("a=1; Path=/; Domain=example.org", "http://www.example.org/", False),
    ],
)
def test_a_cookie_goes_where_it_belongs(cookie: str, to: str, is_sent: bool) -> None:
    assert (sent(cookie, to) == "a=1") == is_sent


@pytest.mark.parametrize("domain", ["other.example.org", "evil.example", "org", ".org", "example.orgx", "x.y.z"])
def test_nobody_sets_cookies_for_others(domain: str) -> None:
    assert kept(f"a=1; Path=/; Domain={domain}").values(KEY) == []


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("shop.co.uk", "co.uk"),
        ("erp.local", "local"),
        ("erp", "local"),
        ("127.0.0.1", "0.0.1"),
        ("10.0.0.1", "0.1"),
        ("a.b.com", "com"),
    ],
)
def test_nobody_sets_cookies_for_a_country_or_a_company(host: str, domain: str) -> None:
    assert kept(f"a=1; Path=/; Domain={domain}", url=f"http://{host}/").values(KEY) == []


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "http://erp"])
def test_hosts_without_a_domain_have_cookies_too(base: str) -> None:
    assert sent("a=1; Path=/", f"{base}/x", url=f"{base}/") == "a=1"
    assert sent("a=1; Path=/", "http://127.0.0.2:8080/x", url=f"{base}/") is None


@pytest.mark.parametrize(
    "cookie",
    [
        "a=2; Path=/; Max-Age=0",
        "a=2; Path=/; Max-Age=-1",
        "a=2; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "a=; Path=/; Expires=Thu, 01-Jan-1970 00:00:01 GMT",
    ],
)
def test_a_cookie_that_is_over_is_gone(cookie: str) -> None:
    store = kept("a=1; Path=/")
    store.keep(KEY, URL, [cookie])

    assert store.header(KEY, URL) is None
    assert store.values(KEY) == []


def test_a_newer_value_takes_the_place_of_the_older() -> None:
    store = kept("a=1; Path=/")
    store.keep(KEY, URL, ["a=2; Path=/"])

    assert store.header(KEY, URL) == "a=2"


def test_a_value_is_sent_as_it_came() -> None:
    assert sent('a="x y"; Path=/', URL) == 'a="x y"'
    assert sent("a=b=c==; Path=/", URL) == "a=b=c=="


def test_sources_do_not_share_cookies() -> None:
    assert kept("a=1; Path=/").header((uuid4(), 1), URL) is None


def test_a_new_configuration_begins_without_cookies() -> None:
    store = kept("a=1; Path=/")

    assert store.header((SOURCE, 2), URL) is None
    store.keep((SOURCE, 2), URL, ["b=2; Path=/"])
    store.keep((SOURCE, 1), URL, ["late=1; Path=/"])  # a call of the former configuration comes to its end

    assert store.header((SOURCE, 1), URL) is None
    assert store.header((SOURCE, 2), URL) == "b=2"
    assert store.values((SOURCE, 2)) == ["2"]


def test_a_source_keeps_so_many_cookies_and_the_latest_ones() -> None:
    store = CookieStore()
    for number in range(250):
        store.keep(KEY, URL, [f"n{number}={number}; Path=/"])

    assert store.values(KEY) == [str(number) for number in range(150, 250)]


def test_a_source_keeps_so_many_bytes() -> None:
    store = CookieStore()
    store.keep(KEY, URL, [f"n{number}={'x' * 4000}; Path=/" for number in range(50)])

    assert sum(len(value) for value in store.values(KEY)) <= cookies.MAX_BYTES
    assert len(store.values(KEY)) == 16
    store.keep(KEY, URL, [f"huge={'x' * 5000}; Path=/"])
    assert len(store.values(KEY)) == 16


def test_one_answer_sets_so_many_cookies() -> None:
    store = CookieStore()
    store.keep(KEY, URL, [f"n{number}=1; Path=/" for number in range(100_000)])

    assert len(store.values(KEY)) == cookies.MAX_COOKIES


def test_so_many_sources_have_cookies_and_the_latest_ones_do() -> None:
    store = CookieStore()
    keys = [(uuid4(), 1) for _ in range(cookies.MAX_SOURCES + 10)]
    for key in keys:
        store.keep(key, URL, ["a=1; Path=/"])
        store.header(keys[0], URL)  # this one stays in use

    kept_keys = [key for key in keys if store.values(key)]
    assert kept_keys == [keys[0], *keys[11:]]


def test_asking_for_cookies_keeps_nothing() -> None:
    store = CookieStore()
    store.header(KEY, URL)
    store.keep(KEY, URL, [])

    assert store._jars == {}


@given(st.lists(st.text(st.characters(max_codepoint=255), max_size=200), max_size=5))
def test_no_answer_breaks_the_store(values: list[str]) -> None:
    store = kept(*values)

    assert isinstance(store.header(KEY, URL), str | None)
