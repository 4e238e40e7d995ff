# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From bytes to documents: bounded, and with the place of what is wrong."""

import contextlib
import io
import json
import time
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.transfer.candidates import check_all
from openconnector.transfer.drafts import Draft, Unreadable
from openconnector.transfer.formats.known import FORMATS, read_any
from openconnector.transfer.formats.parsing import MAX_BYTES, document_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


def archive(**files: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in files.items():
            written.writestr(name.replace("__", "/"), text)
    return memory.getvalue()


def refused(content: str | bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        document_of(content)
    return caught.value


class TestJson:
    def test_mistakes_have_a_line(self) -> None:
        error = refused('{"a": 1,\n "b": }')
        assert (error.line, "column 7" in str(error)) == (2, True)

    def test_a_name_that_stands_twice_is_named(self) -> None:
        error = refused('{"a": 1,\n "b": {"a": 2},\n "b": 3}')
        assert (str(error), error.line) == ("The name “b” stands twice in one object.", 3)

    @pytest.mark.parametrize("text", ["[" * 200 + "]" * 200, "[" * 100_000, '{"a":' * 5000 + "1" + "}" * 5000])
    def test_depth_is_bounded(self, text: str) -> None:
        assert "levels deep" in str(refused(text)) or "not valid JSON" in str(refused(text))

    def test_long_numbers_stay_texts(self) -> None:
        assert document_of(f"[{'9' * 5000}]") == ["9" * 5000]

    @pytest.mark.parametrize("text", ["[NaN]", "[-Infinity]", "[1e999]", "- 1e999", '["\\ud800"]', '{"\\udc00": 1}'])
    def test_what_cannot_be_stored_is_refused(self, text: str) -> None:
        refused(text)

    def test_a_byte_order_mark_is_no_mistake(self) -> None:
        assert document_of(b'\xef\xbb\xbf{"a": 1}') == document_of('{"a": 1}'.encode("utf-16")) == {"a": 1}


class TestYaml:
    def test_has_the_types_of_its_core_schema(self) -> None:
        text = "a: yes\nb: 2024-01-01\nc: 0x1f\nd: 1.5\ne: ~\nf: '1'\ng: true\nh: 12:30:00\ni: !!str 5\n"
        assert document_of(text) == {
            "a": "yes", "b": "2024-01-01", "c": 31, "d": 1.5, "e": None, "f": "1", "g": True, "h": "12:30:00", "i": "5",
        }  # fmt: skip

    def test_several_documents_are_a_list(self) -> None:
        assert document_of("a: 1\n---\na: 2\n") == [{"a": 1}, {"a": 2}]

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("a: 1\nb: !!python/object/apply:os.system ['true']\n", 2),
            ("a: !custom 1\n", 1),
            ("a: 1\nb: 2\na: 3\n", 3),
            ("a: &x [*x]\n", 1),
            ("? [a]\n: 1\n", 1),
            ("a: [1\n", 2),
            ("a: \x01\n", None),
        ],
    )
    def test_mistakes_and_tags_are_refused_with_their_line(self, text: str, line: int | None) -> None:
        assert refused(text).line == line

    def test_aliases_are_values_and_do_not_multiply(self) -> None:
        assert document_of("a: &x {b: 1}\nc: *x\n") == {"a": {"b": 1}, "c": {"b": 1}}
        bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
        begun = time.process_time()
        assert "values" in str(refused(bomb))
        assert time.process_time() - begun < 10

    def test_depth_is_bounded(self) -> None:
        assert "levels deep" in str(refused("a:\n" + "".join(" " * n + "- \n" for n in range(1, 300))))
        assert "levels deep" in str(refused("- " * 20_000 + "1"))


class TestFiles:
    def test_the_files_of_an_archive_are_read_together(self) -> None:
        assert document_of(archive(a='{"a": 1}', **{"b.json": '{"b": 1}', "c.yaml": "c: 1"})) == [{"b": 1}, {"c": 1}]

    def test_a_mistake_names_its_file(self) -> None:
        error = refused(archive(**{"x__b.json": '{"b": 1,}'}))
        assert (str(error).startswith("x/b.json: "), error.line) == (True, 1)

    def test_what_is_unpacked_is_bounded(self) -> None:
        assert "MiB" in str(refused(archive(**{"a.json": " " * (MAX_BYTES + 1)})))

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_what_unpacks_without_a_bound_is_not_unpacked(self, method: int) -> None:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", method) as written:
            written.writestr("a.json", '{"a": 1}')
        assert str(refused(memory.getvalue())) == "a.json is compressed in a way that is not read here. Use Deflate."

    @pytest.mark.parametrize("content", [b"PK\x03\x04broken", archive(**{"a.txt": "x"}), b"\xff\x00\x01", "", "   "])
    def test_anything_else_is_refused(self, content: bytes | str) -> None:
        refused(content)


def configured(configuration: Any) -> str:
    return json.dumps({"name": "A", "type": "api", "location": "https://a.example", "configuration": configuration})


def asked(body: str) -> str:
    request = {"method": "POST", "url": "https://a.example/x", "body": {"mode": "raw", "raw": body}}
    return json.dumps({"info": {"name": "A"}, "item": [{"name": "R", "request": request}]})


HARD = {
    "open braces": configured({"headers": {"X": "}}" + "{{" * 1_000_000}}),
    "blanks in a placeholder": configured({"headers": {"X": "{{" + " " * 16_000 + "}}"}}),
    "blanks behind a word": configured({"headers.Authorization": "Basic" + " " * 1_000_000 + "\n"}),
    "many wrong headers": configured({"headers": {f"not a name {number}": "x" for number in range(20_000)}}),
    "many dots": configured({"headers" + "." * 5000: "x"}),
    "many variables": asked("".join(f"{{{{v{number}}}}}" for number in range(50_000))),
    "blanks in variables": asked(("{{" + " " * 300) * 5000),
    "blanks in a file of Bruno": "meta {\n  name" + " " * 1_000_000 + "x\n}\nget {" + " " * 1_000_000 + "x\n}",
    "backslashes in a file of Bruno": 'meta {\n"' + "\\" * 1_000_000 + "\n}\n",
}


class TestAnyDocument:
    @settings(max_examples=200, deadline=None)
    @given(st.text(max_size=200) | st.binary(max_size=200))
    def test_of_any_text_is_read_or_refused(self, content: str | bytes) -> None:
        try:
            _, drafts = read_any(content)
        except Unreadable:
            return
        assert all(isinstance(draft, Draft) for draft in drafts)

    @settings(max_examples=300, deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from(["name", "location", "info", "item", "items", "resources", "collection", "type"]), VALUES
        )
    )
    def test_of_any_members_is_read_or_refused(self, more: dict[str, Any]) -> None:
        for frame in FRAMES:
            try:
                _, drafts = read_any(json.dumps({**frame, **more}))
            except Unreadable:
                continue
            assert all(isinstance(draft, Draft) for draft in drafts)

    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_of_a_spoiled_document_is_read_or_refused(self, data: st.DataObject) -> None:
        document = json.loads(json.dumps(data.draw(st.sampled_from(WHOLE))))
        place: Any = document
        for _ in range(data.draw(st.integers(0, 6))):
            steps = (
                list(place) if isinstance(place, dict) else list(range(len(place))) if isinstance(place, list) else []
            )
            if not steps:
                break
            step = data.draw(st.sampled_from(steps))
            if not isinstance(place[step], dict | list):
                place[step] = data.draw(VALUES)
                break
            place = place[step]
        else:
            if isinstance(place, dict) and place:
                place[data.draw(st.sampled_from(list(place)))] = data.draw(VALUES)
        try:
            name, drafts = read_any(json.dumps(document))
        except Unreadable:
            return
        if name != "openapi":
            assert [candidate.errors for candidate in check_all(drafts, [], lambda: None) if candidate.errors] == []

    @pytest.mark.parametrize("content", HARD.values(), ids=HARD.keys())
    def test_takes_bounded_time(self, content: str) -> None:
        begun = time.process_time()
        with contextlib.suppress(Unreadable):
            read_any(content)
        assert time.process_time() - begun < 10

    def test_of_no_known_format_is_refused(self) -> None:
        with pytest.raises(Unreadable, match="Postman"):
            read_any('{"hello": "world"}')

    def test_the_formats_have_names(self) -> None:
        names = [known.__name__.rpartition(".")[2] for known in FORMATS]
        assert names == ["native", "postman", "insomnia", "bruno", "legacy", "openapi"]


FRAMES: list[dict[str, Any]] = [
    {"info": {"name": "A"}, "item": []},
    {"_type": "export", "resources": []},
    {"type": "collection.insomnia.rest/5.0"},
    {"name": "A", "items": [], "brunoConfig": {}},
    {"name": "A", "location": "https://a.example", "type": "json", "configuration": {}},
    {"components": {"sources": {"a": {}}}},
]
REQUEST = {
    "url": "{{base}}/users/:id?x=1",
    "method": "POST",
    "header": [{"key": "Accept", "value": "a/b"}],
    "headers": [{"name": "Authorization", "value": "Bearer x", "enabled": True}],
    "body": {"mode": "raw", "raw": "{}", "mimeType": "application/json", "text": "{}", "json": "{}"},
    "auth": {
        "type": "oauth2",
        "oauth2": [{"key": "grant_type", "value": "password"}],
        "mode": "basic",
        "basic": {"username": "a"},
    },
    "authentication": {"type": "apikey", "key": "k", "value": "v"},
}
WHOLE: list[dict[str, Any]] = [
    {
        "info": {"name": "A"},
        "item": [{"name": "R", "request": REQUEST}],
        "variable": [{"key": "base", "value": "https://a.example"}],
    },
    {"_type": "export", "resources": [{"_id": "r", "_type": "request", "parentId": "w", "name": "R", **REQUEST}]},
    {
        "type": "collection.insomnia.rest/5.0",
        "collection": [{"name": "R", **REQUEST}],
        "environments": {"data": {"base": "https://a.example"}},
    },
    {
        "name": "A",
        "items": [{"type": "http", "name": "R", "request": REQUEST}],
        "environments": [{"name": "E", "variables": [{"name": "base", "value": "https://a.example"}]}],
    },
    {
        "name": "A",
        "type": "api",
        "location": "https://a.example",
        "configuration": {
            "headers.Authorization": "Bearer {{ jwtToken(source) }}",
            "authentication": {"algorithm": "RS256", "secret": "x", "payload": "{}", "tokenUrl": "https://a.example"},
            "auth": ["a", "b"],
            "cert": ["x", "y"],
            "timeout": "3",
            "proxy": {"http": "http://p.example"},
            "allow_redirects": {"max": 3},
        },
        "rateLimitLimit": 3,
        "logRetention": 4000,
    },
]
