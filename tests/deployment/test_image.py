# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The recipe of the container, as far as it can be judged without building it."""

import re
import shlex
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from ex_app.environment import PROJECT
from ex_app.standalone.manifest import read_manifest

RECIPE = (PROJECT / "Dockerfile").read_text("utf-8")


@dataclass
class Stage:
    """What stands between two FROM."""

    base: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [text for one, text in self.instructions if one == word]


def stages() -> list[Stage]:
    lines = [line for line in RECIPE.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: list[Stage] = []
    for instruction in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        word, _, text = instruction.partition(" ")
        if word == "FROM":
            base, _, name = re.sub(r"--\S+ ", "", text).partition(" AS ")
            found.append(Stage(base, name))
        else:
            found[-1].instructions.append((word, text))
    return found


STAGES = stages()
FINAL = STAGES[-1]


def copies(stage: Stage) -> list[tuple[str | None, list[str]]]:
    """The stage that is copied from (None: the checkout), and what."""
    found = []
    for text in stage.all("COPY"):
        words = shlex.split(text)
        origin = next((word.removeprefix("--from=") for word in words if word.startswith("--from=")), None)
        found.append((origin, [word for word in words if not word.startswith("--")][:-1]))
    return found


def is_sent(path: str) -> bool:
    """Whether `.dockerignore` lets a path through: the last line that fits decides."""
    lets = True
    for line in (PROJECT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.removeprefix("!")
        if not line or line.startswith("#"):
            continue
        parents = [path, *(str(parent) for parent in Path(path).parents if str(parent) != ".")]
        if pattern == "**" or any(
            fnmatch(one, pattern.removeprefix("**/")) or fnmatch(one, pattern) for one in parents
        ):
            lets = line.startswith("!")
    return lets


def test_every_base_has_a_version() -> None:
    names = {stage.name for stage in STAGES}
    for stage in STAGES:
        assert stage.base in names or re.search(r":[\w.-]*(\d|bookworm)", stage.base), stage.base
        assert "latest" not in stage.base


def test_what_is_copied_is_there_and_is_sent() -> None:
    names = {stage.name for stage in STAGES}
    for stage in STAGES:
        for origin, paths in copies(stage):
            if origin is not None:
                assert origin in names
                continue
            for path in paths:
                assert (PROJECT / path).exists(), path
                assert is_sent(path), path


def test_nothing_that_is_built_or_private_is_sent() -> None:
    for path in (".git/config", ".venv/bin/python", ".standalone/data/secret.key", "tests/conftest.py", "dist/x.whl"):
        assert not is_sent(path), path
    for path in ("ex_app/js/main.js", "ex_app/ui/node_modules/vue/index.js", "lib/openconnector/__pycache__/x.pyc"):
        assert not is_sent(path), path


def test_all_that_the_app_serves_is_in_the_image() -> None:
    copied = {path for stage in STAGES for origin, paths in copies(stage) if origin is None for path in paths}
    for served in ("appinfo", "img", "l10n", "lib", "ex_app"):
        assert served in copied or not (PROJECT / served).is_dir(), f"COPY {served} is missing"


def test_packages_come_with_their_hashes_and_the_tunnel_with_its_own() -> None:
    install = next(text for stage in STAGES for text in stage.all("RUN") if "requirements.lock" in text)
    assert {"--require-hashes", "--no-deps"} <= set(install.split())
    tunnel = next(stage for stage in STAGES if stage.name == "tunnel")
    for architecture in ("AMD64", "ARM64"):
        assert re.fullmatch(
            r"[0-9a-f]{64}",
            dict(arg.split("=") for arg in tunnel.all("ARG") if "=" in arg)[f"FRP_SHA256_{architecture}"],
        )
    fetch = next(text for text in tunnel.all("RUN") if "frp.tar.gz" in text)
    assert fetch.index("--output") < fetch.index("sha256sum --check") < fetch.index("tar --extract")


def test_the_app_runs_as_a_user_that_exists_and_owns_the_storage() -> None:
    scripts = [(PROJECT / name).read_text("utf-8") for name in ("start.sh", "command.sh")]
    (user,) = {found for text in scripts for found in re.findall(r"^user=(\w+)$", text, re.MULTILINE)}
    made = " ".join(FINAL.all("RUN"))
    assert re.search(rf"useradd --system .* {user}\b", made)
    app_id = read_manifest(PROJECT / "appinfo" / "info.xml").app_id
    assert re.search(rf"--owner {user} .*/nc_app_{app_id}_data", made)
    assert FINAL.all("ENTRYPOINT") == ['["/start.sh"]']
    assert FINAL.all("CMD") == ['["python", "-m", "ex_app.main"]']


def test_appapi_can_wait_for_its_health() -> None:
    (check,) = FINAL.all("HEALTHCHECK")
    assert "--start-interval=1s" in check, "the first look delays every installation"
    assert check.endswith('CMD ["/healthcheck.sh"]')
    assert {"curl", "procps"} <= set(" ".join(FINAL.all("RUN")).split())
