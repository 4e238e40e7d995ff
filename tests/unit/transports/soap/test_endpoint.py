# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""People paste the address of a service, or that of its WSDL."""

import pytest

from openconnector.transports.soap.endpoint import endpoint_of, is_same_address, wsdl_path_of, wsdl_url_of


@pytest.mark.parametrize(
    ("location", "endpoint"),
    [
        ("https://host/svc", "https://host/svc"),
        ("https://host/svc?wsdl", "https://host/svc"),
        ("https://host/svc?WSDL", "https://host/svc"),
        ("https://host/svc.svc?singleWsdl", "https://host/svc.svc"),
        ("https://host/svc?wsdl=wsdl0", "https://host/svc"),
        ("https://host/svc?tenant=7&wsdl", "https://host/svc?tenant=7"),
        ("https://host/svc?tenant=wsdl", "https://host/svc?tenant=wsdl"),
    ],
)
def test_calls_go_to_the_location_without_the_question_for_the_wsdl(location: str, endpoint: str) -> None:
    assert endpoint_of(location) == endpoint


@pytest.mark.parametrize(
    ("location", "configured", "url"),
    [
        ("https://host/svc", "", "https://host/svc?wsdl"),
        ("https://host/svc?tenant=7", "", "https://host/svc?tenant=7&wsdl"),
        ("https://host/svc?WSDL", "", "https://host/svc?WSDL"),
        ("https://host/svc?singleWsdl", "", "https://host/svc?singleWsdl"),
        ("https://host/svc.wsdl", "", "https://host/svc.wsdl"),
        ("https://host/svc", " https://other/a.wsdl ", "https://other/a.wsdl"),
    ],
)
def test_the_wsdl_is_where_it_was_configured_or_behind_the_location(location: str, configured: str, url: str) -> None:
    assert wsdl_url_of(location, configured) == url


def test_an_address_is_the_same_however_it_is_written() -> None:
    assert is_same_address("HTTP://Host:80", "http://host/")
    assert not is_same_address("http://host/a", "http://host/b")
    assert not is_same_address("https://host/a", "http://host/a")
    assert not is_same_address("http://[", "http://host/a")


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("https://a.example/s", "?wsdl"),
        ("https://a.example/s?wsdl", "?wsdl"),
        ("https://a.example/s?key=1&singleWsdl&x=2", "?singleWsdl"),
        ("https://a.example/s?key=1", "?wsdl"),
        ("https://a.example/s.wsdl", ""),
    ],
)
def test_where_a_service_shows_its_wsdl(location: str, path: str) -> None:
    assert wsdl_path_of(location) == path
