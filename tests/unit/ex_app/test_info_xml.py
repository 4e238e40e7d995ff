# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from xml.etree import ElementTree as ET

import pytest

from ex_app.appapi.routes import ROUTES, Access, route_for
from ex_app.environment import PROJECT
from ex_app.standalone.manifest import ManifestError, read_manifest
from openconnector.core.settings import Settings

INFO_XML = PROJECT / "appinfo" / "info.xml"
MANIFEST = read_manifest(INFO_XML)
ROOT = ET.fromstring(INFO_XML.read_text("utf-8"))

# https://apps.nextcloud.com/schema/apps/info.xsd is a sequence: the order matters.
SCHEMA_ORDER = [
    *("id", "name", "summary", "description", "version", "licence", "author", "namespace", "types"),
    *("documentation", "category", "website", "discussion", "bugs", "repository", "screenshot", "dependencies"),
    "external-app",
]


def test_nextcloud_and_the_app_enforce_the_same_routes() -> None:
    assert MANIFEST.routes == ROUTES


def test_what_can_be_set_is_a_setting_with_the_same_default() -> None:
    for variable in ROOT.iterfind("external-app/environment-variables/variable"):
        name = (variable.findtext("name") or "").removeprefix("OPENCONNECTOR_").lower()
        default = variable.findtext("default")
        assert str(Settings.model_fields[name].default or None) == (default or "None")


def test_the_elements_stand_in_the_order_of_the_schema() -> None:
    order = [SCHEMA_ORDER.index(child.tag) for child in ROOT]
    assert order == sorted(order)


def test_what_the_app_is_and_needs() -> None:
    assert MANIFEST.app_id == "open_connector"
    nextcloud = ROOT.find("dependencies/nextcloud")
    assert nextcloud is not None
    assert (nextcloud.get("min-version"), nextcloud.get("max-version")) == ("31", "35")
    assert ROOT.findtext("external-app/scopes/value") == "ALL"
    assert len(ROOT.findtext("summary") or "") <= 128
    # AppAPI deploys the text "Array" for an empty default.
    assert all((default.text or "").strip() for default in ROOT.iter("default"))


@pytest.mark.parametrize("path", ["/api/sources", "/js/a.js", "/css/a.css", "/img/a.svg", "/l10n/de.js", "/api/x/js/y"])
def test_each_path_belongs_to_one_route_with_and_without_a_slash(path: str) -> None:
    for spelling in (path, path.lstrip("/")):
        assert [route.matches(spelling) for route in ROUTES].count(True) == 1


def test_a_path_that_climbs_belongs_to_no_route() -> None:
    assert route_for("/img/../api/sources") is None
    assert route_for("/init") is None


def test_the_first_route_with_path_and_verb_decides() -> None:
    assert MANIFEST.access_for("api/sources", "GET") is Access.ADMIN
    assert MANIFEST.access_for("API/sources", "GET") is Access.ADMIN
    assert MANIFEST.access_for("img/app.svg", "GET") is Access.USER
    assert MANIFEST.access_for("img/app.svg", "PUT") is None
    assert MANIFEST.access_for("init", "POST") is None


def test_a_broken_manifest_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("appinfo") / "info.xml"
    for text in ("<info", "<info><id>x</id></info>"):
        file.write_text(text)
        with pytest.raises(ManifestError, match=r"info\.xml cannot be used"):
            read_manifest(file)
