# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The files of a directory of Bruno, put together as its JSON export has them."""

import json
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.formats.bru import METHODS, BruFiles, blocks_of

_BODIES = {
    "form-urlencoded": "formUrlEncoded",
    "multipart-form": "multipartForm",
    "file": "file",
}


def collection_of(files: BruFiles) -> dict[str, Any]:
    """The collection that the files of a directory make up.

    Raises:
        Unreadable: with the file and the line.
    """
    base = _base(files)
    root: dict[str, Any] = {"name": "", "items": [], "environments": []}
    folders: dict[str, dict[str, Any]] = {"": root}
    for path, text in sorted(files.items()):
        *above, name = path[len(base) :].split("/") if path.startswith(base) else [path]
        if name == "bruno.json":
            root["name"] = _name_of(text)
        if not name.endswith(".bru"):
            continue
        blocks = blocks_of(text, path)
        if above[-1:] == ["environments"]:
            root["environments"].append({"name": name.removesuffix(".bru"), "variables": _variables(blocks)})
        elif name in ("collection.bru", "folder.bru"):
            _folder(folders, above)["root"] = {"request": _request(blocks)}
        else:
            _folder(folders, above)["items"].append(_item(blocks, name))
    return root


def _base(files: BruFiles) -> str:
    """The directory in which the collection is: where its own files are, else what all paths begin with."""
    for own in ("bruno.json", "collection.bru"):
        found = sorted((path for path in files if path.rpartition("/")[2] == own), key=len)
        if found:
            return found[0].removesuffix(own)
    return ""


def _name_of(text: str) -> str:
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(phrase("{file} is not valid JSON.", file="bruno.json")) from None
    name = config.get("name") if isinstance(config, dict) else None
    return name if isinstance(name, str) else ""


def _folder(folders: dict[str, dict[str, Any]], above: list[str]) -> dict[str, Any]:
    path = ""
    for step in above:
        parent, path = folders[path], f"{path}/{step}"
        if path not in folders:
            folders[path] = {"name": step, "type": "folder", "items": []}
            parent["items"].append(folders[path])
    return folders[path]


def _variables(blocks: dict[str, Any]) -> list[dict[str, Any]]:
    return [*blocks.get("vars", []), *blocks.get("vars:secret", [])]


def _item(blocks: dict[str, Any], name: str) -> dict[str, Any]:
    meta = _plain(blocks.pop("meta", []))
    item = {"name": meta.get("name") or name.removesuffix(".bru"), "type": meta.get("type", "http")}
    return item | {"seq": meta.get("seq"), "request": _request(blocks)}


def _request(blocks: dict[str, Any]) -> dict[str, Any]:
    method = next((name for name in blocks if name in METHODS), None)
    line = _plain(blocks.get(method, [])) if method else {}
    auth_mode = line.pop("auth", None) or _plain(blocks.get("auth", [])).get("mode", "")
    body_mode = line.pop("body", "")
    request: dict[str, Any] = {
        "url": line.pop("url", ""),
        "method": (method or "get").upper(),
        "headers": blocks.get("headers", []),
        "params": [
            *(row | {"type": "query"} for row in [*blocks.get("params:query", []), *blocks.get("query", [])]),
            *(row | {"type": "path"} for row in blocks.get("params:path", [])),
        ],
        "auth": {"mode": auth_mode, auth_mode: _auth(blocks.get(f"auth:{auth_mode}", []))},
        "body": _body(blocks, body_mode),
        "vars": {"req": blocks.get("vars:pre-request", [])},
    }
    taken = {*METHODS, "headers", "auth", f"auth:{auth_mode}", "query", "vars:pre-request", "meta"}
    for name, block in blocks.items():
        if name not in taken and not name.startswith(("params:", "body")):
            request[name.partition(":")[0]] = {**_held(request, name), name.partition(":")[2] or "text": block}
    return request | line


def _held(request: dict[str, Any], name: str) -> dict[str, Any]:
    held = request.get(name.partition(":")[0])
    return held if isinstance(held, dict) else {}


def _body(blocks: dict[str, Any], mode: str) -> dict[str, Any]:
    ours = _BODIES.get(mode, mode)
    content = blocks.get(f"body:{mode}", blocks.get("body") if mode == "json" else None)
    if mode == "graphql":
        content = {"query": content, "variables": blocks.get("body:graphql:vars", "")}
    return {"mode": ours, ours: content}


def _plain(rows: Any) -> dict[str, str]:
    """A dictionary block as an object."""
    return {row["name"]: row["value"] for row in rows if row["enabled"]} if isinstance(rows, list) else {}


def _auth(rows: Any) -> dict[str, str]:
    """The names of the files as the export has them: `access_token_url` becomes `accessTokenUrl`."""
    return {_camel(name): value for name, value in _plain(rows).items()}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)
