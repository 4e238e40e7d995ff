# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prints how to register a locally running app with a Nextcloud: `python -m ex_app.registration`."""

import json
import secrets
import shlex
import sys

from ex_app.environment import PROJECT
from ex_app.standalone.manifest import Manifest, read_manifest

PORT = 9031
_ACCESS_LEVELS = {"PUBLIC": 0, "USER": 1, "ADMIN": 2}


def registration(manifest: Manifest, secret: str) -> str:
    """The commands, for a Nextcloud and an app on the same machine.

    AppAPI makes up port and secret when it reads `info.xml`; an app that somebody else starts needs them told, so the
    manifest is given as JSON. `scopes` is for AppAPI 3.1, and passed over by later ones. Nextcloud copies the
    translations out of their folder.
    """
    info = {
        "id": manifest.app_id,
        "name": manifest.name,
        "daemon_config_name": "manual_install",
        "version": manifest.version,
        "secret": secret,
        "port": PORT,
        "scopes": ["ALL"],
        "system": 0,
        "translations_folder": str(PROJECT / "l10n"),
        "routes": [
            {
                "url": route.url,
                "verb": ",".join(route.verbs),
                "access_level": _ACCESS_LEVELS[route.access.value],
                "headers_to_exclude": [],
                "bruteforce_protection": [],
            }
            for route in manifest.routes
        ],
    }
    app = f"APP_ID={manifest.app_id} APP_VERSION={manifest.version} APP_SECRET={secret}"
    return f"""# 1. Once: tell Nextcloud that you start the app yourself. Replace the last address by its own.
occ app_api:daemon:register manual_install "Manual Install" manual-install http 127.0.0.1 http://127.0.0.1:8080

# 2. Start the app, with a directory of your choice for its data.
cd {shlex.quote(str(PROJECT))}
{app} APP_HOST=127.0.0.1 APP_PORT={PORT} \\
APP_PERSISTENT_STORAGE="$HOME/open_connector" NEXTCLOUD_URL=http://127.0.0.1:8080 \\
{shlex.quote(sys.executable)} -m ex_app.main

# 3. Register it. Leave out --force-scopes from AppAPI 3.2 on.
occ app_api:app:register {manifest.app_id} manual_install --json-info {shlex.quote(json.dumps(info))} \\
  --force-scopes --wait-finish
"""


if __name__ == "__main__":
    sys.stdout.write(registration(read_manifest(PROJECT / "appinfo" / "info.xml"), secrets.token_urlsafe(32)))
