# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents of the original OpenConnector, and what places their sources."""

import json
from typing import Any

import pytest

from openconnector.transfer.drafts import Unreadable
from openconnector.transfer.formats import legacy
from openconnector.transfer.formats.known import read_any
from tests.unit.transfer.formats.legacy_documents import only, source, texts_at


class TestShapes:
    def test_a_bare_entity_needs_no_identity(self) -> None:
        draft = only(source())
        assert draft.key == "Zaken"
        assert draft.definition == {"type": "json", "name": "Zaken", "location": "https://zaken.example.org/api"}
        assert draft.notes == []

    def test_a_json_ld_export_says_in_one_note_what_of_its_history_is_not_kept(self) -> None:
        document = source(
            **{
                "@context": {"schema": "http://schema.org"},
                "@type": "source",
                "@id": "https://cloud.example/sources/7",
            },
            id=7,
            uuid="5b1f7c1e-6a0f-4c1b-8d0a-2f8f4f1c9a11",
            version="0.0.3",
            reference=None,
            isEnabled="true",
            oas="Array",
            paths=[],
            headers=[],
            auth="none",
            objectCount=0,
        )
        draft = only(document)
        assert draft.key == "5b1f7c1e-6a0f-4c1b-8d0a-2f8f4f1c9a11"
        assert draft.definition["isEnabled"] is True
        assert [note.text for note in draft.notes] == [
            "Identity and history of the original are not kept: @context, @type, @id, id, uuid, version."
        ]

    def test_a_bundle_names_its_sources_by_their_slugs(self) -> None:
        document = {"openapi": "3.0.0", "components": {"sources": {"zaken": source(), "brp": source(name="BRP")}}}
        drafts = legacy.read(document)
        assert [(draft.key, draft.definition["slug"]) for draft in drafts] == [("zaken", "zaken"), ("brp", "brp")]

    def test_the_successor_has_objects_of_several_schemas(self) -> None:
        own = {"register": "integriq", "schema": "source", "slug": "echo"}
        document = {
            "components": {"objects": [{"@self": own, **source()}, {"@self": {"schema": "mapping"}, "name": "M"}]}
        }
        (draft,) = legacy.read(document)
        assert (draft.key, draft.definition["slug"]) == ("echo", "echo")
        assert texts_at(draft, "/components/objects/1")

    def test_several_may_stand_in_one_list(self) -> None:
        assert [draft.key for draft in legacy.read([source(), {"components": {"sources": {"b": source()}}}])] == [
            "Zaken",
            "b",
        ]

    def test_the_answer_of_its_api_is_a_list(self) -> None:
        name, drafts = read_any(json.dumps({"results": [source(isEnabled=True), source(name="BRP", uuid="1")]}))
        assert (name, [draft.key for draft in drafts]) == ("legacy", ["Zaken", "1"])

    def test_a_document_without_sources_is_not_readable(self) -> None:
        with pytest.raises(Unreadable, match="no source"):
            legacy.read({"components": {"sources": [], "mappings": {"m": {"name": "M"}}}})

    def test_entities_of_other_kinds_are_noted(self) -> None:
        document = {"components": {"sources": {"a": source()}, "mappings": {"m": {"name": "M"}}}}
        assert texts_at(only(document), "/components/mappings") == [
            "OpenConnector has sources and their log here. Entities of other kinds are not carried over."
        ]

    @pytest.mark.parametrize(
        "text", [json.dumps(source()), "name: Zaken\ntype: json\nlocation: https://zaken.example.org/api\n"]
    )
    def test_json_and_yaml_say_the_same(self, text: str) -> None:
        name, drafts = read_any(text)
        assert (name, drafts[0].definition["location"]) == ("legacy", "https://zaken.example.org/api")


class TestTypeAndLocation:
    @pytest.mark.parametrize(
        ("written", "location", "kind", "expected"),
        [
            ("api", "https://a.example", "json", "https://a.example"),
            ("database", "https://a.example", "json", "https://a.example"),
            ("soap", "https://a.example/ws", "soap", "https://a.example/ws"),
            ("sftp", "files.example/in", "ftp", "sftp://files.example/in"),
            ("file", "ftp://files.example", "ftp", "ftp://files.example"),
            ("json", "a.example/v1", "json", "https://a.example/v1"),
        ],
    )
    def test_become_ours(self, written: str, location: str, kind: str, expected: str) -> None:
        draft = only(source(type=written, location=location))
        assert (draft.definition["type"], draft.definition["location"]) == (kind, expected)
        assert bool(texts_at(draft, "/type")) == (written != kind)

    @pytest.mark.parametrize("location", ["", None, "https://", "https://a b.example", "mysql://db.example/x"])
    def test_a_source_without_a_usable_location_is_made_and_switched_off(self, location: Any) -> None:
        draft = only(source(location=location, isEnabled=True))
        assert draft.definition["location"] == "https://location.invalid"
        assert draft.definition["isEnabled"] is False
        assert texts_at(draft, "/location")

    def test_credentials_move_out_of_the_location(self) -> None:
        draft = only(source(location="https://jan:geh%40im@a.example/v1"))
        assert draft.definition["location"] == "https://a.example/v1"
        assert draft.definition["authentication"] == {"type": "basic", "username": "jan", "password": "geh@im"}

    def test_an_impossible_slug_is_left_to_be_made(self) -> None:
        draft = only(source(slug="Zaken & Co"))
        assert "slug" not in draft.definition
        assert texts_at(draft, "/slug")


class TestSynchronizations:
    def document(self, **config: Any) -> dict[str, Any]:
        synchronization = {
            "name": "Alle zaken",
            "sourceId": "zaken",
            "sourceType": "api",
            "sourceConfig": config,
            "targetId": "1/2",
        }
        return {"components": {"sources": {"zaken": source()}, "synchronizations": {"s": synchronization}}}

    def test_say_where_the_records_are_and_what_to_ask_for(self) -> None:
        draft = only(
            self.document(
                **{
                    "endpoint": "/zaken",
                    "resultsPosition": "results",
                    "paginationQuery": "pagina",
                    "query.status": "open",
                    "maxPages": "9",
                }
            )
        )
        assert draft.definition["resultsPosition"] == "results"
        assert draft.definition["pagination"] == {"type": "page", "parameter": "pagina", "maxPages": 9}
        (request,) = draft.requests
        assert (request.name, request.path, request.query) == (
            "Alle zaken",
            "/zaken",
            [{"name": "status", "value": "open"}],
        )
        assert texts_at(draft, "/components/synchronizations/s")

    def test_of_another_source_are_named(self) -> None:
        document = self.document(resultsPosition="results")
        document["components"]["synchronizations"]["s"]["sourceId"] = "17"
        draft = only(document)
        assert "resultsPosition" not in draft.definition
        assert "not here" in texts_at(draft, "/components/synchronizations/s")[0]
