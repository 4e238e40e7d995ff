# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""File servers, as an administrator meets them: added, browsed, a file read, and found in the logs with its code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Site
from tests.e2e.test_mission import open_dialog
from tests.exchanges import Authority
from tests.factories import marked
from tests.ftp_server import PASSWORD, USER, ExplicitHandler, Server, serve, with_tls
from tests.sftp_server import FileServer, openssh


@dataclass(frozen=True)
class FtpsServer:
    """An FTP server with explicit TLS, and the authority behind its certificate."""

    server: Server
    authority: str

    @property
    def location(self) -> str:
        return f"ftpes://127.0.0.1:{self.server.port}/"


def fill(root: Path) -> Path:
    """What stands in the directory of a server."""
    (root / "out" / "2026").mkdir(parents=True)
    (root / "out" / "report.csv").write_text("name;city\nParcel 7;Zürich\n")
    (root / "out" / "2026" / "a?b #1.txt").write_text("Grüße")
    return root


@pytest.fixture
def ftps(tmp_path: Path) -> Iterator[FtpsServer]:
    authority = Authority(tmp_path)
    with serve(fill(tmp_path / "files"), ExplicitHandler, **with_tls(authority, tmp_path)) as server:
        yield FtpsServer(server, authority.pem)


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[FileServer]:
    with openssh(tmp_path / "ssh") as server:
        yield server


def add(page: Page, site: Site, name: str, location: str) -> None:
    """Add a source by the dialog, which knows from the location of what type it is."""
    dialog = open_dialog(page, site)
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Location").fill(location)
    expect(dialog.get_by_label("Type")).to_have_value("ftp")
    dialog.get_by_label("Location").press("Enter")
    expect(dialog).to_be_hidden()


def create(page: Page, site: Site, **values: Any) -> str:
    """The slug of a new source of files."""
    body = {"type": "ftp", "authentication": {"type": "basic", "username": USER, "password": PASSWORD}, **values}
    response = page.request.post(site.api("sources"), data=body, headers={"X-Requested-With": "test"})
    assert response.status == 201, response.text()
    return str(response.json()["slug"])


def entry(page: Page, name: str) -> Locator:
    return page.get_by_test_id("files").get_by_role("row").filter(has_text=name)


def test_an_ftps_source_is_added_browsed_read_and_found_in_the_logs(page: Page, site: Site, ftps: FtpsServer) -> None:
    add(page, site, "Nightly files", ftps.location)
    page.goto(site.page("sources/nightly-files/configuration"))
    expect(page.get_by_role("heading", name="Headers")).to_have_count(0)
    page.get_by_label("Scheme").select_option("basic")
    page.get_by_label("User name").fill(USER)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_label("Own authorities (PEM)").fill(ftps.authority)
    page.get_by_role("button", name="Save and test").click()

    entry(page, "out").click()
    expect(page).to_have_url(re.compile(r"path="))
    entry(page, "report.csv").click()
    expect(page.get_by_text("Zürich")).to_be_visible()
    expect(page.get_by_test_id("response-status")).to_contain_text("Success · 226")
    page.get_by_role("tab", name="Commands").click()
    commands = page.get_by_role("list", name="Commands and replies").get_by_role("listitem")
    expect(commands.filter(has_text=re.compile(r"sent:\s*AUTH TLS"))).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text(PASSWORD)

    page.get_by_role("link", name="Log entry").click()
    log = page.get_by_role("complementary", name="Log entry")
    expect(log).to_contain_text("Success · 226")
    expect(log).to_contain_text("/out/report.csv")
    page.goto(site.page("sources"))
    expect(page.get_by_role("row").filter(has_text="Nightly files")).to_contain_text("Success · 226")


def test_a_wrong_password_says_so(page: Page, site: Site, ftps: FtpsServer) -> None:
    wrong = {"type": "basic", "username": USER, "password": marked("wrong")}
    connection = {"caCertificates": ftps.authority}
    slug = create(page, site, name="Wrong", location=ftps.location, connection=connection, authentication=wrong)
    page.goto(site.page(f"sources/{slug}/test"))

    expect(page.get_by_test_id("response-status")).to_contain_text("Login refused · 530")
    expect(page.get_by_test_id("diagnosis")).to_have_count(1)
    expect(page.get_by_test_id("diagnosis")).to_contain_text(re.compile("password", re.IGNORECASE))


def test_a_wrong_password_of_an_sftp_server_says_so(page: Page, site: Site, sftp: FileServer) -> None:
    wrong = {"type": "basic", "username": sftp.username, "password": marked("wrong")}
    slug = create(page, site, name="Wrong", location=f"sftp://127.0.0.1:{sftp.port}/", authentication=wrong)
    page.goto(site.page(f"sources/{slug}/test"))

    expect(page.get_by_test_id("response-status")).to_contain_text("Login refused")
    expect(page.get_by_test_id("diagnosis")).to_contain_text(re.compile("password", re.IGNORECASE))


def test_an_sftp_source_logs_in_with_a_key_and_keeps_the_key_of_the_server(
    page: Page, site: Site, sftp: FileServer, tmp_path: Path
) -> None:
    root = fill(tmp_path / "files")
    add(page, site, "Archive", f"sftp://127.0.0.1:{sftp.port}{root}")
    page.goto(site.page("sources/archive/configuration"))
    expect(page.get_by_test_id("host-key")).to_contain_text("None is known yet")
    page.get_by_label("Scheme").select_option("ssh_key")
    page.get_by_label("User name").fill(sftp.username)
    page.get_by_label("Private key").fill(sftp.key.export_private_key().decode())
    page.get_by_role("button", name="Save and test").click()

    # With the keyboard alone: down into two directories, and back by the browser.
    files = page.get_by_test_id("files")
    expect(files).to_contain_text("out")
    files.press("Enter")
    expect(files).to_contain_text("report.csv")
    expect(files).to_be_focused()
    files.press("Enter")
    entry(page, "a?b #1.txt").click()
    expect(page.get_by_text("Grüße")).to_be_visible()
    expect(page.get_by_test_id("response-status")).to_contain_text("Success · 0")
    page.go_back()
    expect(entry(page, "report.csv")).to_be_visible()

    page.goto(site.page("sources/archive/configuration"))
    expect(page.get_by_test_id("host-key")).to_contain_text(sftp.fingerprint)
    expect(page.get_by_test_id("public-key")).to_contain_text("ssh-ed25519 ")


def test_files_are_uploaded_renamed_and_deleted_where_the_source_allows_it(
    page: Page, site: Site, ftps: FtpsServer
) -> None:
    connection = {"caCertificates": ftps.authority, "files": {"allowChanges": True}}
    slug = create(page, site, name="Inbox", location=ftps.location, connection=connection)
    page.goto(site.page(f"sources/{slug}/test?path=/out"))
    expect(entry(page, "report.csv")).to_be_visible()

    report = {"name": "report.csv", "mimeType": "text/csv", "buffer": b"replaced"}
    order = {"name": "order.bin", "mimeType": "application/octet-stream", "buffer": bytes(range(256))}
    page.get_by_test_id("upload").set_input_files([report, order])
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("report.csv")
    dialog.get_by_role("button", name="Upload only the others").click()
    expect(entry(page, "order.bin")).to_be_visible()
    assert (ftps.server.root / "out" / "order.bin").read_bytes() == bytes(range(256))
    assert (ftps.server.root / "out" / "report.csv").read_text().startswith("name;city")

    page.get_by_role("button", name="Details of order.bin").click()
    page.get_by_role("button", name="Actions for order.bin").click()
    page.get_by_role("menuitem", name="Rename").click()
    name = page.get_by_role("dialog").get_by_label("Name")
    expect(name).to_be_focused()
    name.fill("order-7.bin")
    name.press("Enter")
    expect(entry(page, "order-7.bin")).to_be_visible()

    with page.expect_download() as download:
        entry(page, "order-7.bin").click()
        page.get_by_role("button", name="Download", exact=True).click()
    assert download.value.suggested_filename == "order-7.bin"
    assert Path(download.value.path()).read_bytes() == bytes(range(256))

    page.get_by_test_id("files").press("Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(entry(page, "order-7.bin")).to_have_count(0)
    assert not (ftps.server.root / "out" / "order-7.bin").exists()
