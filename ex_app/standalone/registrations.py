# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an app registers with AppAPI: menu entries, scripts, styles, states, occ commands, forms, configuration."""

from collections.abc import Callable, Mapping
from typing import Any

from ex_app.standalone.envelopes import UNKNOWN_CALL, OcsFailure
from ex_app.standalone.registry import InstalledApp, MenuEntry, PageKey

Fields = Mapping[str, Any]


class Registrations:
    """The registration calls of one app. Registering twice changes nothing; removing what is not there is a 404."""

    def __init__(self, app: InstalledApp) -> None:
        self._app = app
        self._calls: dict[str, dict[str, Callable[[Fields], Any]]] = {
            "ui/top-menu": {"POST": self._add_menu, "GET": self._get_menu, "DELETE": self._remove_menu},
            "ui/script": self._resource_calls(app.scripts, "Script"),
            "ui/style": self._resource_calls(app.styles, "Style"),
            "ui/initial-state": {
                "POST": self._set_state,
                "GET": self._get_state,
                "DELETE": self._remove_state,
            },
            "ui/settings": {"POST": self._add_form, "GET": self._get_form, "DELETE": self._remove_form},
            "occ_command": {"POST": self._add_command, "DELETE": self._remove_command},
            "ex-app/config": {"POST": self._set_config, "DELETE": self._remove_config},
            "ex-app/config/get-values": {"POST": self._get_config},
        }

    def answer(self, method: str, call: str, body: Fields, query: Fields) -> Any:
        """The data that answers a call.

        Raises:
            OcsFailure: there is no such call, a field is missing, or the thing named is not there.
        """
        handler = self._calls.get(call, {}).get(method)
        if handler is None:
            raise OcsFailure(UNKNOWN_CALL, "Invalid query, please check the syntax.")
        try:
            return handler({**query, **body})
        except KeyError as missing:
            raise OcsFailure(400, f"{missing.args[0]} is missing") from None

    def _add_menu(self, fields: Fields) -> list[Any]:
        self._app.menu[fields["name"]] = MenuEntry(
            name=fields["name"],
            display_name=fields["displayName"],
            icon=fields.get("icon", ""),
            admin_required=bool(fields.get("adminRequired", 0)),
        )
        return []

    def _get_menu(self, fields: Fields) -> dict[str, Any]:
        entry = self._app.menu.get(fields["name"])
        if entry is None:
            raise OcsFailure(404, "No such Top Menu entry")
        return {
            "appid": self._app.app_id,
            "name": entry.name,
            "display_name": entry.display_name,
            "icon": entry.icon,
            "admin_required": int(entry.admin_required),
        }

    def _remove_menu(self, fields: Fields) -> list[Any]:
        if self._app.menu.pop(fields["name"], None) is None:
            raise OcsFailure(404, "No such Top Menu entry")
        return []

    def _resource_calls(self, store: dict[PageKey, list[str]], noun: str) -> dict[str, Callable[[Fields], Any]]:
        def add(fields: Fields) -> list[Any]:
            paths = store.setdefault(_page(fields), [])
            if fields["path"] not in paths:
                paths.append(fields["path"])
            return []

        def get(fields: Fields) -> dict[str, Any]:
            if fields["path"] not in store.get(_page(fields), []):
                raise OcsFailure(404, f"No such {noun}")
            kind, name = _page(fields)
            return {"appid": self._app.app_id, "type": kind, "name": name, "path": fields["path"]}

        def remove(fields: Fields) -> list[Any]:
            get(fields)
            store[_page(fields)].remove(fields["path"])
            return []

        return {"POST": add, "GET": get, "DELETE": remove}

    def _set_state(self, fields: Fields) -> list[Any]:
        if not isinstance(fields["value"], dict | list):
            raise OcsFailure(400, "InitialState could not be set")
        self._app.states.setdefault(_page(fields), {})[fields["key"]] = fields["value"]
        return []

    def _get_state(self, fields: Fields) -> dict[str, Any]:
        states = self._app.states.get(_page(fields), {})
        if fields["key"] not in states:
            raise OcsFailure(404, "No such InitialState")
        kind, name = _page(fields)
        return {
            "appid": self._app.app_id,
            "type": kind,
            "name": name,
            "key": fields["key"],
            "value": states[fields["key"]],
        }

    def _remove_state(self, fields: Fields) -> list[Any]:
        self._get_state(fields)
        del self._app.states[_page(fields)][fields["key"]]
        return []

    def _add_form(self, fields: Fields) -> list[Any]:
        form = fields["formScheme"]
        self._app.forms[form["id"]] = {**form, "storage_type": "external"}
        return []

    def _get_form(self, fields: Fields) -> dict[str, Any]:
        form = self._app.forms.get(fields["formId"])
        if form is None:
            raise OcsFailure(404, "No such Settings Form")
        return form

    def _remove_form(self, fields: Fields) -> list[Any]:
        self._get_form(fields)
        del self._app.forms[fields["formId"]]
        return []

    def _add_command(self, fields: Fields) -> list[Any]:
        self._app.occ_commands[fields["name"]] = dict(fields)
        return []

    def _remove_command(self, fields: Fields) -> list[Any]:
        if self._app.occ_commands.pop(fields["name"], None) is None:
            raise OcsFailure(404, "No such occ command")
        return []

    def _set_config(self, fields: Fields) -> dict[str, Any]:
        key, value = fields["configKey"], fields["configValue"]
        self._app.config[key] = value
        return {
            "id": list(self._app.config).index(key) + 1,
            "appid": self._app.app_id,
            "configkey": key,
            "configvalue": value,
            "sensitive": int(bool(fields.get("sensitive", 0))),
        }

    def _get_config(self, fields: Fields) -> list[dict[str, str]]:
        config = self._app.config
        return [{"configkey": key, "configvalue": config[key]} for key in fields["configKeys"] if key in config]

    def _remove_config(self, fields: Fields) -> int:
        removed = [self._app.config.pop(key, None) for key in fields["configKeys"]]
        if not any(value is not None for value in removed):
            raise OcsFailure(404, "No config values deleted")
        return len(removed)


def _page(fields: Fields) -> PageKey:
    return str(fields["type"]), str(fields["name"])
