# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts and files to documents: JSON, YAML, the files of Bruno, and ZIP archives of these."""

import io
import json
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from openconnector.core.phrases import phrase
from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.formats.bru import BruFiles, looks_like_bru
from openconnector.transfer.formats.node import below
from openconnector.transfer.formats.yaml_text import MAX_DEPTH, MAX_VALUES, TOO_DEEP, TOO_MANY, TWICE, documents_of_yaml

MAX_BYTES = 20 * 1024 * 1024
"""Of a document, and of all files of an archive together."""

MAX_FILES = 2000

_TOO_LARGE = phrase("This is larger than {limit} MiB. Export fewer sources at once.", limit=MAX_BYTES // 1024 // 1024)
_READ_NAMES = (".json", ".yaml", ".yml", ".bru")
_BOUNDED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Methods of which no more is unpacked than is asked for. Of the others a few bytes become gigabytes at once."""

_PASSED_OVER = ("__MACOSX/", "node_modules/")
_MAX_DIGITS = 40


def document_of(content: str | bytes) -> Any:
    """What a text or a file holds: JSON values; for Bruno's own format `BruFiles`. Several documents are a list.

    Raises:
        Unreadable: with the line or the pointer where that is known.
    """
    content = text_of(content)
    return _of_archive(content) if isinstance(content, bytes) else _of_text(content)


def text_of(content: str | bytes) -> str | bytes:
    """The text of a file; an archive stays bytes.

    Raises:
        Unreadable: it is too large, or no text.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(_TOO_LARGE)
    if isinstance(content, str) or content.startswith(b"PK\x03\x04"):
        return content
    return _decoded(content)


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(phrase("This is no text in UTF-8."), line=line) from None


def _of_text(text: str) -> Any:
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if not start:
        raise Unreadable(phrase("There is nothing in it."))
    if start in "{[":
        document = _of_json(text.lstrip("\ufeff"))
    elif looks_like_bru(text):
        return BruFiles({"request.bru": text})
    else:
        documents = documents_of_yaml(text)
        document = documents[0] if len(documents) == 1 else documents
    _check(document)
    return document


def _of_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer)
    except json.JSONDecodeError as error:
        sentence = phrase("This is not valid JSON: {reason}, column {column}.", reason=error.msg, column=error.colno)
        raise Unreadable(sentence, line=error.lineno) from None
    except RecursionError:
        raise Unreadable(TOO_DEEP) from None
    except _Twice as twice:
        line = _second_line(text, twice.name)
        raise Unreadable(TWICE.filled(name=twice.name[:100]), line=line) from None


class _Twice(Exception):
    def __init__(self, name: str) -> None:
        self.name = name


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise _Twice(name)
        values[name] = value
    return values


def _second_line(text: str, name: str) -> int | None:
    """The line of the second object member of that name in the text, which is near enough to look there."""
    found = [match.start() for match in re.finditer(re.escape(json.dumps(name, ensure_ascii=False)) + r"\s*:", text)]
    return text.count("\n", 0, found[1]) + 1 if len(found) > 1 else None


def _no_constant(word: str) -> Any:
    raise Unreadable(phrase("{word} is no value of JSON.", word=word))


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _of_archive(content: bytes) -> Any:
    texts = _files_of(content)
    if not texts:
        raise Unreadable(phrase("There is no JSON, YAML or Bruno file in this archive."))
    if any(name.endswith(".bru") for name in texts):
        return BruFiles(texts)
    documents: list[Any] = []
    for name, text in texts.items():
        try:
            document = _of_text(text)
        except Unreadable as error:
            problem = phrase("{file}: {problem}", file=name[:200], problem=error.detail)
            raise Unreadable(problem, pointer=error.pointer, line=error.line) from None
        documents += document if isinstance(document, list) else [document]
    return documents[0] if len(documents) == 1 else documents


def _files_of(content: bytes) -> dict[str, str]:
    """The texts in an archive by their paths. Nothing is written, and no more is unpacked than the bound allows."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return dict(_read_files(archive))
    except Unreadable:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise Unreadable(phrase("The archive is damaged, or encrypted.")) from None


def _read_files(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    infos, left = archive.infolist(), MAX_BYTES
    if len(infos) > MAX_FILES:
        raise Unreadable(phrase("The archive has more than {limit} files.", limit=MAX_FILES))
    for info in sorted(infos, key=lambda info: info.filename):
        name = info.filename.replace("\\", "/")
        if not name.lower().endswith(_READ_NAMES) or any(part in name for part in _PASSED_OVER):
            continue
        if info.compress_type not in _BOUNDED:
            raise Unreadable(
                phrase("{file} is compressed in a way that is not read here. Use Deflate.", file=name[:200])
            )
        with archive.open(info) as file:
            data = file.read(left + 1)
        left -= len(data)
        if left < 0:
            raise Unreadable(_TOO_LARGE)
        yield name, _decoded(data)


def _check(document: Any) -> None:
    """Bound a document, and refuse what no database takes: halves of characters, and numbers without an end."""
    count = 0
    left = [(document, "", 0)]
    while left:
        value, pointer, depth = left.pop()
        count += 1
        if count + len(left) + (len(value) if isinstance(value, dict | list) else 0) > MAX_VALUES:
            raise Unreadable(TOO_MANY)
        if depth > MAX_DEPTH:
            raise Unreadable(TOO_DEEP, pointer=pointer[:500])
        if isinstance(value, dict):
            for name, inner in value.items():
                _check_text(name, pointer)
                left.append((inner, below(pointer, name), depth + 1))
        elif isinstance(value, list):
            left += [(inner, below(pointer, position), depth + 1) for position, inner in enumerate(value)]
        else:
            _check_plain(value, pointer)


def _check_plain(value: Any, pointer: str) -> None:
    if isinstance(value, str):
        _check_text(value, pointer)
    elif isinstance(value, float) and not math.isfinite(value):  # 1e999
        raise Unreadable(phrase("A number is too large."), pointer=pointer[:500])


def _check_text(text: str, pointer: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        detail = phrase("A text holds half of a surrogate pair, which is not a character.")
        raise Unreadable(detail, pointer=pointer) from None
