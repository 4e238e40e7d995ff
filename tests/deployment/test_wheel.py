# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The wheel runs where there is nothing but Python and the packages of the lock file."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

from ex_app.environment import PROJECT
from openconnector.core.http import AsyncClient, HTTPError
from tests.contract.serving import free_port

pytestmark = pytest.mark.skipif(
    not (PROJECT / "ex_app" / "js" / "manifest.json").is_file(), reason="the interface has not been built"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `python -m build` does, with what is installed here: nothing is downloaded."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(target), str(PROJECT)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = target.glob("*.whl")
    return file


def packages_of_the_lock() -> set[str]:
    """The names, in the directory of packages, of what the lock file installs on a machine such as this one."""
    names: set[str] = set()
    for name in re.findall(r"(?m)^([\w.-]+)==", (PROJECT / "requirements.lock").read_text("utf-8")):
        with suppress(PackageNotFoundError):  # for another system, or another Python
            names |= {file.parts[0] for file in distribution(name).files or ()}
    return names - {"..", "__pycache__"}


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`openconnector` in an environment that has the wheel, and beside it only the packages that it needs."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--disable-pip-version-check", str(wheel)], check=True)
    library = next((environment / "lib").glob("python*/site-packages"))
    for name in packages_of_the_lock():
        (library / name).symlink_to(Path(sysconfig.get_path("purelib")) / name)
    found = subprocess.run(
        [python, "-I", "-c", "import openconnector, ex_app; print(openconnector.__file__, ex_app.__file__)"],
        check=True,
        capture_output=True,
        text=True,
        cwd=environment,
    )
    assert all(Path(file).is_relative_to(library) for file in found.stdout.split())
    assert not {"httpbin", "waitress", "pytest"} & {path.name for path in library.iterdir()}
    return environment / "bin" / "openconnector"


def test_what_runs_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    for name in ("ex_app/js/manifest.json", "ex_app/appinfo/info.xml", "ex_app/img/app.svg"):
        assert name in names, name
    for pattern in ("ex_app/js/open_connector-main-", "ex_app/css/open_connector-main-"):
        assert any(name.startswith(pattern) for name in names), pattern
    migrations = {path.name for path in (PROJECT / "lib/openconnector/migrations/versions").glob("*.py")}
    assert {f"openconnector/migrations/versions/{name}" for name in migrations} <= names
    assert {"ex_app/standalone/shell/page.html", "openconnector/migrations/env.py"} <= names
    if (PROJECT / "l10n").is_dir():
        assert any(name.startswith("ex_app/l10n/") for name in names)
    roots = {name.partition("/")[0] for name in names}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"openconnector", "ex_app"}
    assert not [name for name in names if "/ui/" in name or "node_modules" in name or name.endswith(".pyc")]


@contextmanager
def serving(program: Path, storage: Path, environ: dict[str, str], *arguments: str) -> Iterator[None]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("APP_", "PYTHON"))}
    with (storage / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "serve", *arguments],
            env=kept | environ,
            cwd=storage,
            stderr=log,
            stdout=log,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


async def answer_of(client: AsyncClient, path: str) -> str:
    """What is answered when it has started."""
    for _ in range(600):
        with suppress(HTTPError):
            response = await client.get(path)
            if response.status_code == 200:
                return response.text
        await asyncio.sleep(0.05)
    pytest.fail("it does not serve")


async def test_it_serves_as_an_app_of_nextcloud(program: Path, tmp_path: Path) -> None:
    port = free_port()
    environ = {
        "APP_ID": "open_connector",
        "APP_VERSION": "0.1.0",
        "APP_SECRET": "12345secret",
        "APP_PORT": str(port),
        "APP_PERSISTENT_STORAGE": str(tmp_path / "storage"),
        "NEXTCLOUD_URL": "http://127.0.0.1:9",
        "OPENCONNECTOR_NEXTCLOUD_LOG": "off",
    }
    with serving(program, tmp_path, environ):
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            assert await answer_of(client, "/heartbeat") == '{"status":"ok"}'


async def test_without_nextcloud_it_serves_this_machine(program: Path, tmp_path: Path) -> None:
    port = free_port()
    with serving(program, tmp_path, {}, "--port", str(port), "--data", str(tmp_path / "data"), "--quiet"):
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
            page = "/index.php/apps/app_api/embedded/open_connector/main"
            assert "open_connector-main-" in await answer_of(client, page)
            sources = "/index.php/apps/app_api/proxy/open_connector/api/sources"
            assert '"results"' in await answer_of(client, sources)
    assert (tmp_path / "data").is_dir()
    # What the sample API stands on is for development, and not in the lock file.
    said = (tmp_path / "log").read_text()
    assert "OpenConnector is ready at " in said
    assert "Sample API" not in said
