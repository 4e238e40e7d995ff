# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Phrases are their English text, and can be said in another language: at once, or after they were stored."""

import copy
import json
import pickle
from collections.abc import Callable, Iterator

import pytest
from pydantic import BaseModel, ValidationError, field_validator

from openconnector.core.errors import Conflict, NotFound
from openconnector.core.phrases import (
    Catalog,
    Phrase,
    Spoken,
    all_of,
    any_of,
    from_stored,
    listed,
    localised,
    phrase,
    spoken,
    to_stored,
    told,
)
from openconnector.core.problems import field_errors

DUTCH: Catalog = {
    "Hello {name}.": "Dag {name}.",
    "the header {name}": "de header {name}",
    "{scheme} in {place}": "in {place}: {scheme}",
    "{items} and {last}": "{items} en {last}",
    "{items} or {last}": "{items} of {last}",
    "Empty": "",
}


@pytest.fixture
def dutch() -> Iterator[None]:
    token = spoken.set(DUTCH)
    yield
    spoken.reset(token)


def greeting(name: object = "Ann") -> Phrase:
    return phrase("Hello {name}.", name=name)


class TestPhrase:
    def test_is_its_english_text(self) -> None:
        assert greeting() == "Hello Ann."
        assert json.dumps([greeting()]) == '["Hello Ann."]'
        assert {greeting(): 1}["Hello Ann."] == 1

    def test_is_said_in_a_language(self) -> None:
        assert greeting().said_in(DUTCH) == "Dag Ann."
        assert greeting().said_in(None) == "Hello Ann."

    @pytest.mark.parametrize("text", ["Unknown {name}.", "Empty"])
    def test_stays_english_where_there_is_no_translation(self, text: str) -> None:
        assert Phrase(text, {"name": "x"}).said_in(DUTCH) == text.replace("{name}", "x")

    @pytest.mark.parametrize("value", ["{name}", "{other}", "{", "}", "{}", "{{name}}", "{0}", "%s", "\\1", "\\g<0>"])
    def test_takes_what_stands_in_a_value_as_it_is(self, value: str) -> None:
        assert greeting(value) == f"Hello {value}."
        assert greeting(value).said_in(DUTCH) == f"Dag {value}."

    def test_a_value_is_no_place_for_another_one(self) -> None:
        both = phrase("{first} {second}", first="{second}", second="{first}")
        assert both == "{second} {first}"

    def test_braces_without_a_value_are_text(self) -> None:
        assert phrase("Write {{ name }} or {name} or {}.") == "Write {{ name }} or {name} or {}."
        assert phrase("{known} {unknown}", known=1) == "1 {unknown}"

    def test_a_name_that_the_text_does_not_have_is_nothing(self) -> None:
        unused = phrase("Hello.", name="secret")
        assert (unused, to_stored(unused)) == ("Hello.", {"phrase": "Hello."})

    def test_values_that_are_no_text_become_text(self) -> None:
        assert phrase("{number} {nothing}", number=7, nothing=None) == "7 None"

    def test_is_filled_later(self) -> None:
        words = phrase("{scheme} in {place}", scheme="Basic")
        assert words == "Basic in {place}"
        whole = words.filled(place="x")
        assert (whole, whole.said_in(DUTCH)) == ("Basic in x", "in x: Basic")
        assert words == "Basic in {place}"

    def test_says_the_phrases_within_it(self) -> None:
        inner = phrase("the header {name}", name="{scheme}")
        outer = phrase("{scheme} in {place}", scheme="Basic", place=inner)
        assert outer == "Basic in the header {scheme}"
        assert outer.said_in(DUTCH) == "in de header {scheme}: Basic"

    @pytest.mark.parametrize("made_again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
    def test_can_be_copied(self, made_again: Callable[[Phrase], Phrase]) -> None:
        again = made_again(greeting("{name}"))
        assert (again, again.said_in(DUTCH)) == ("Hello {name}.", "Dag {name}.")


class TestLists:
    @pytest.mark.parametrize(
        ("items", "plain", "conjoined", "disjoined"),
        [
            ([], "", "", ""),
            (["a"], "a", "a", "a"),
            (["a", "b"], "a, b", "a en b", "a of b"),
            (["a", "b", "{last}"], "a, b, {last}", "a, b en {last}", "a, b of {last}"),
        ],
    )
    def test_are_said_in_a_language(self, items: list[str], plain: str, conjoined: str, disjoined: str) -> None:
        lists = [Phrase("{of}", {"of": made(items)}) for made in (listed, all_of, any_of)]
        assert [one.said_in(DUTCH) for one in lists] == [plain, conjoined, disjoined]

    def test_are_english_texts(self) -> None:
        assert (listed("abc"), all_of("abc"), any_of("abc")) == ("a, b, c", "a, b and c", "a, b or c")

    def test_hold_phrases(self) -> None:
        sent = [phrase("the header {name}", name="X"), "y"]
        assert Phrase("{of}", {"of": all_of(sent)}).said_in(DUTCH) == "de header X en y"
        assert Phrase("{of}", {"of": listed(sent)}).said_in(DUTCH) == "de header X, y"

    @pytest.mark.parametrize("item", ["a", phrase("the header {name}", name="X")])
    def test_may_be_as_long_as_others_make_them(self, item: str) -> None:
        whole = Phrase("{of}", {"of": all_of([item] * 20_000)})
        again = from_stored(json.loads(json.dumps(to_stored(whole))))
        assert again == whole
        assert again.said_in(DUTCH).endswith(", de header X en de header X" if item != "a" else ", a en a")


class TestStorage:
    def test_brings_back_what_phrases_are_made_of(self) -> None:
        inner = phrase("the header {name}", name="{name}")
        document = {
            "title": phrase("{scheme} in {place}", scheme="B", place=inner),
            "rows": [phrase("Empty"), "plain", 7],
        }
        stored = json.loads(json.dumps(to_stored(document)))
        found = from_stored(stored)
        assert found == document
        assert found["title"].said_in(DUTCH) == "in de header {name}: B"
        assert [type(one) for one in found["rows"]] == [Phrase, str, int]

    def test_the_english_of_a_phrase_is_not_stored_twice(self) -> None:
        assert to_stored(phrase("Empty")) == {"phrase": "Empty"}
        assert to_stored(greeting()) == {"phrase": "Hello {name}.", "values": {"name": "Ann"}}

    def test_what_an_earlier_version_stored_stays_as_it_is(self) -> None:
        document = {"title": "Plain {name}", "evidence": [{"name": "a", "value": None}], "values": {"x": 1}}
        assert from_stored(document) == document
        assert from_stored(None) is None


@pytest.mark.usefixtures("dutch")
class TestAnswers:
    class Answer(BaseModel):
        text: Spoken
        other: Spoken | None = None
        rows: list[Spoken] = []

    def test_are_said_in_the_language_of_the_request(self) -> None:
        answer = self.Answer(text=greeting(), other=greeting("Bob"), rows=[greeting("C"), "plain"])
        said = {"text": "Dag Ann.", "other": "Dag Bob.", "rows": ["Dag C.", "plain"]}
        assert answer.model_dump(mode="json") == said
        assert json.loads(answer.model_dump_json()) == said

    def test_keep_their_phrases_until_then(self) -> None:
        kept = self.Answer.model_validate(self.Answer(text=greeting()).model_dump()).text
        assert (kept, type(kept)) == ("Hello Ann.", Phrase)
        spoken.set(None)
        assert self.Answer(text=greeting()).model_dump(mode="json")["text"] == "Hello Ann."

    def test_are_texts_for_others(self) -> None:
        assert self.Answer.model_json_schema()["properties"]["text"] == {"type": "string", "title": "Text"}
        with pytest.raises(ValidationError):
            self.Answer.model_validate({"text": 7})

    def test_a_document_is_said_as_a_whole(self) -> None:
        document = {"a": greeting(), "b": [(greeting("x"), 1)], "c": None}
        assert localised(document) == {"a": "Dag Ann.", "b": [["Dag x.", 1]], "c": None}


class TestErrors:
    def test_tell_their_phrase(self) -> None:
        assert isinstance(told(ValueError(greeting())), Phrase)
        assert told(NotFound(greeting())).__class__ is Phrase
        assert told(OSError(2, "No such file")) == "[Errno 2] No such file"
        assert told(ValueError()) == ""
        assert "surrogates not allowed" in told(UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"))

    def test_have_their_phrase_in_the_problem_document(self) -> None:
        assert isinstance(Conflict(greeting()).problem()["detail"], Phrase)

    def test_of_a_field_have_the_phrase_of_the_validator(self) -> None:
        class Body(BaseModel):
            name: str

            @field_validator("name")
            @classmethod
            def _refuse(cls, name: str) -> str:
                raise ValueError(greeting(name))

        with pytest.raises(ValidationError) as caught:
            Body(name="{x}")
        (error,) = field_errors(caught.value)
        assert (error.detail, error.pointer) == ("Hello {x}.", "/name")
        assert Phrase("{it}", {"it": error.detail}).said_in(DUTCH) == "Dag {x}."
