# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
import json
import re
from xml.etree import ElementTree as ET

import pytest

from ex_app.appapi.routes import ROUTES, Access, route_for
from ex_app.environment import PROJECT
from ex_app.registration import registration
from ex_app.standalone.manifest import ManifestError, read_manifest

INFO_XML = PROJECT / "appinfo" / "info.xml"
MANIFEST = read_manifest(INFO_XML)
ROOT = ET.fromstring(INFO_XML.read_text("utf-8"))

# https://apps.nextcloud.com/schema/apps/info.xsd is a sequence: the order matters.
SCHEMA_ORDER = [
    *("id", "name", "summary", "description", "version", "licence", "author", "namespace", "types"),
    *("documentation", "category", "website", "discussion", "bugs", "repository", "screenshot", "dependencies"),
    "external-app",
]
NEEDED = {"id", "name", "summary", "description", "version", "licence", "author", "category", "bugs", "dependencies"}
SCHEMA_OF_EXTERNAL_APP = ["docker-install", "scopes", "system", "routes", "environment-variables", "k8s-service-roles"]
"""The store drops `routes` and `k8s-service-roles` before it looks; AppAPI reads them in any order."""

CATEGORIES = {
    *("security", "customization", "files", "integration", "monitoring", "multimedia", "office", "organization"),
    *("social", "tools", "games", "search", "workflow", "dashboard", "ai"),
}
SEMVER = r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-([0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?"
OPENAPI = json.loads((PROJECT / "openapi.json").read_text("utf-8"))
OPERATIONS = sorted(
    (re.sub(r"\{[^}]*\}", "0190-a", path), method.upper())
    for path, methods in OPENAPI["paths"].items()
    for method in methods
)


def test_nextcloud_and_the_app_enforce_the_same_routes() -> None:
    assert MANIFEST.routes == ROUTES


def test_the_elements_stand_in_the_order_of_the_schema() -> None:
    order = [SCHEMA_ORDER.index(child.tag) for child in ROOT]
    assert order == sorted(order)
    assert {child.tag for child in ROOT} >= NEEDED
    for name in SCHEMA_ORDER:
        assert len(ROOT.findall(name)) <= 1 or name in {"author", "category", "screenshot"}
    inner = [SCHEMA_OF_EXTERNAL_APP.index(child.tag) for child in ROOT.iterfind("external-app/*")]
    assert inner == sorted(set(inner))


def test_the_values_are_as_the_schema_wants_them() -> None:
    assert re.fullmatch(r"[a-z]+[a-z0-9_]*[a-z0-9]+", MANIFEST.app_id)
    assert re.fullmatch(SEMVER, MANIFEST.version)
    for name in ("name", "summary"):
        assert 0 < len(ROOT.findtext(name) or "") <= 128
    assert ROOT.findtext("licence") in {"agpl", "mpl", "apache"}
    categories = [element.text for element in ROOT.iterfind("category")]
    assert len(set(categories)) == len(categories)
    assert set(categories) <= CATEGORIES
    for name in ("website", "bugs", "repository", "documentation/admin"):
        assert re.fullmatch(r"https://.{1,248}", ROOT.findtext(name) or ""), name
    assert [element.tag for element in ROOT.iterfind("external-app/docker-install/*")] == [
        *("registry", "image", "image-tag")
    ]


def test_what_the_app_is_and_needs() -> None:
    assert MANIFEST.app_id == "open_connector"
    nextcloud = ROOT.find("dependencies/nextcloud")
    assert nextcloud is not None
    assert (nextcloud.get("min-version"), nextcloud.get("max-version")) == ("31", "35")
    assert ROOT.findtext("external-app/scopes/value") == "ALL"


def test_there_is_one_version() -> None:
    version = MANIFEST.version
    assert ROOT.findtext("external-app/docker-install/image-tag") == version
    assert f'\nversion = "{version}"\n' in (PROJECT / "pyproject.toml").read_text("utf-8")
    assert f"\n## [{version}]" in (PROJECT / "CHANGELOG.md").read_text("utf-8")
    assert OPENAPI["info"]["version"] == version


def test_on_kubernetes_one_deployment_is_reached() -> None:
    (role,) = ROOT.iterfind("external-app/k8s-service-roles/role")
    assert role.findtext("expose") == "true"
    name, _, value = (role.findtext("env") or "").partition("=")
    assert (name, value) == ("OPENCONNECTOR_BACKGROUND_WORK", "true")


def of_3_1(path: str, verb: str) -> Access | None:
    """AppAPI 3.1: not anchored, `/` around the pattern, the path without its slash; the first route decides."""
    for route in ROUTES:
        assert not re.search(r"(?<!\\)/", route.url), "a slash would end the pattern of PHP"
        if verb in route.verbs and re.search(route.url, path.removeprefix("/"), re.IGNORECASE):
            return route.access
    return None


def of_3_2(path: str, verb: str) -> set[Access]:
    """AppAPI 3.2 to 32.0.8: the same, and any route that allows counts: all levels that open the path."""
    bare = path.removeprefix("/")
    return {route.access for route in ROUTES if verb in route.verbs and re.search(route.url, bare, re.IGNORECASE)}


def of_32_0_9(path: str, verb: str) -> Access | None:
    """AppAPI 32.0.9 and later: anchored, with the slash and then without; the first route decides."""
    return MANIFEST.access_for(path.removeprefix("/"), verb)


def of_harp(path: str, _verb: str) -> Access | None:
    """HaRP: with the slash and with case, whatever the verb; the first route decides."""
    return next((route.access for route in ROUTES if re.match(route.url, path)), None)


@pytest.mark.parametrize(("path", "verb"), OPERATIONS)
def test_each_operation_is_for_administrators_however_routes_are_matched(path: str, verb: str) -> None:
    assert of_3_1(path, verb) is Access.ADMIN
    assert of_3_2(path, verb) == {Access.ADMIN}
    assert of_32_0_9(path, verb) is Access.ADMIN
    assert of_harp(path, verb) is Access.ADMIN
    # And the app itself says the same again.
    route = route_for(path)
    assert route is not None
    assert route.access is Access.ADMIN
    assert verb in route.verbs


@pytest.mark.parametrize(
    ("path", "access"),
    [
        *(("/js/a.js", Access.ADMIN), ("/css/a.css", Access.ADMIN), ("/img/app.svg", Access.USER)),
        *(("/l10n/de.js", Access.USER), ("/api/x/img/y", Access.ADMIN), ("/api/x/js/y", Access.ADMIN)),
        *((path, None) for path in ("/metrics", "/heartbeat", "/init", "/enabled", "/occ/status", "/x/api/y", "/")),
    ],
)
def test_other_paths_are_for_those_who_need_them(path: str, access: Access | None) -> None:
    assert of_3_1(path, "GET") is access
    assert of_3_2(path, "GET") == ({access} if access else set())
    assert of_32_0_9(path, "GET") is access
    assert of_harp(path, "GET") is access


def test_the_images_cannot_be_written() -> None:
    for matches in (of_3_1, of_32_0_9):
        assert matches("/img/app.svg", "PUT") is None
    assert of_32_0_9("/API/sources", "GET") is Access.ADMIN


def test_a_path_that_climbs_belongs_to_no_route() -> None:
    assert route_for("/img/../api/sources") is None
    assert route_for("/init") is None


def test_a_developer_registers_what_the_manifest_says() -> None:
    text = registration(MANIFEST, "dev-secret")
    (given,) = re.findall(r"--json-info '(.*)'", text)
    info = json.loads(given)
    assert (info["id"], info["version"], info["name"]) == (MANIFEST.app_id, MANIFEST.version, MANIFEST.name)
    assert (info["secret"], info["scopes"], info["system"]) == ("dev-secret", ["ALL"], 0)
    assert [(route["url"], route["verb"]) for route in info["routes"]] == [
        (route.url, ",".join(route.verbs)) for route in ROUTES
    ]
    assert {route["access_level"] for route in info["routes"]} == {1, 2}
    assert f"APP_PORT={info['port']}" in text
    assert "APP_SECRET=dev-secret" in text


def test_a_broken_manifest_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("appinfo") / "info.xml"
    for text in ("<info", "<info><id>x</id></info>"):
        file.write_text(text)
        with pytest.raises(ManifestError, match=r"info\.xml cannot be used"):
            read_manifest(file)
