# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts with placeholders: what stays as it is, what is refused, and where an error says it is."""

import re
import subprocess
import sys
import timeit
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.templates.context import MAX_VALUE
from openconnector.templates.expression import MAX_EXPRESSION, MAX_KEPT, MAX_NODES, compiled
from openconnector.templates.language import (
    MAX_CODE,
    MAX_PLACEHOLDERS,
    MAX_TEXT,
    Place,
    TemplateContext,
    TemplateProblem,
    check,
    functions_of,
    is_template,
    preview,
    render,
)
from tests.factories import marked

PASSWORD = marked("template-password")

CONTEXT = TemplateContext(
    source={
        "id": "0193",
        "slug": "zaken",
        "name": "Zaaksysteem",
        "location": "https://api.zaken.example/v1",
        "type": "json",
        "host": "api.zaken.example",
        "authentication": {"username": "Jörg", "password": PASSWORD, "realm": None, "port": 443, "strict": True},
    },
    at=datetime(2026, 11, 26, 21, 31, 30, 123_456, tzinfo=UTC),
    oauth_token=lambda: "the-token",
    uuid=lambda: "6f1c2a52-58a5-4fd4-9b7e-3f1f4c0c2f11",
)


def problem_of(text: str) -> TemplateProblem:
    with pytest.raises(TemplateProblem) as caught:
        render(text, CONTEXT)
    return caught.value


class TestPlaceholders:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("Bearer {{ oauthToken(source) }}", "Bearer the-token"),
            ("{{source.slug}}/{{ source.type }}", "zaken/json"),
            ("{{ source['host'] }}", "api.zaken.example"),
            ('{{ source["authentication"]["username"] }}', "Jörg"),
            ("{{ source.authentication.port }} {{ source.authentication.strict }}", "443 true"),
            ("[{{ source.authentication.realm }}]", "[]"),
            ("{{ 'a' ~ 1 ~ 'b' ~ -2.5 ~ true }}", "a1b-2.5true"),
            ("{{\n  source.slug\n}}", "zaken"),
            ("{{ ('a' ~ 'b')|upper }}", "AB"),
            ("{{ 'a' ~ 'b'|upper }}", "aB"),
            (r"{{ 'it\'s' }} {{ '\u00e9\n' }} {{ '\\d' }}", "it's é\n \\d"),
            ("{{ 'Jörg 😀' }}", "Jörg 😀"),
        ],
    )
    def test_are_filled_in(self, before: str, after: str) -> None:
        assert render(before, CONTEXT) == after

    def test_read_a_field_and_not_a_method_of_the_mapping_that_holds_it(self) -> None:
        context = TemplateContext(source={"authentication": {"items": "a", "get": "b"}}, at=CONTEXT.at)
        assert render("{{ source.authentication.items }}{{ source.authentication.get }}", context) == "ab"
        with pytest.raises(TemplateProblem, match="no field “keys”"):
            render("{{ source.authentication.keys }}", context)

    def test_ask_for_a_token_once(self) -> None:
        tokens = iter(["first", "second"])
        context = TemplateContext(source={}, at=CONTEXT.at, oauth_token=lambda: next(tokens))
        assert render("{{ oauthToken(source) }}{{ oauthToken() }}", context) == "firstfirst"
        assert render("{{ oauthToken(source) }}", context) == "second", "another text asks again"

    def test_tell_what_was_computed_from_a_credential_and_nothing_else(self) -> None:
        learned: list[str] = []
        context = TemplateContext(
            source=CONTEXT.source, at=CONTEXT.at, oauth_token=lambda: "token", learned=learned.append
        )
        render(
            "{{ source.name|upper }} {{ source.authentication.username }} {{ oauthToken(source) }}"
            " {{ source.authentication.realm|default('x') }} {{ hash('a') }}"
            " {{ source.authentication.username|upper }} {{ oauthToken(source)|upper }}",
            context,
        )
        assert learned == ["JÖRG", "TOKEN"]

    def test_that_are_cached_do_not_remember_values(self) -> None:
        text = "{{ source.name }} {{ now('unix') }}"
        first = TemplateContext(source={"name": "a"}, at=datetime(2026, 1, 1, tzinfo=UTC))
        second = TemplateContext(source={"name": "b"}, at=datetime(2026, 1, 2, tzinfo=UTC))
        assert render(text, first) == "a 1767225600"
        assert render(text, second) == "b 1767312000"


class TestLiteralText:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "plain",
            '{"a":{"b":{"c":1}}}',
            "{{ not closed",
            "closed }} before {",
            "{% if x %}a{% endif %}",
            "{# a comment #}",
            "$}",
        ],
    )
    def test_without_a_placeholder_is_sent_as_it_is(self, text: str) -> None:
        assert not is_template(text)
        assert render(text, CONTEXT) == text

    @given(st.text(), st.text())
    def test_around_a_placeholder_keeps_every_character(self, before: str, behind: str) -> None:
        before, behind = (re.sub(r"\{(?=[{%#])|\{$", "", text) for text in (before, behind))
        assert render(before + "{{ source.slug }}" + behind, CONTEXT) == f"{before}zaken{behind}"

    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028"])
    def test_keeps_its_line_ends(self, line_end: str) -> None:
        text = line_end.join(["--b", "", "{{ source.slug }}", "--b--", ""])
        assert render(text, CONTEXT) == line_end.join(["--b", "", "zaken", "--b--", ""])

    def test_may_close_json_right_behind_a_placeholder(self) -> None:
        assert render('{"a":{"b":{{ source.authentication.port|json }}}}', CONTEXT) == '{"a":{"b":443}}'

    @given(st.text(alphabet="{}%#' \"a\\\n", max_size=60))
    def test_can_always_be_written(self, text: str) -> None:
        written = re.sub(r"\{[{%#]", lambda mark: f"{{{{ '{mark[0]}' }}}}", text)
        assert render(written, CONTEXT) == text

    def test_of_ten_mebibytes_is_no_burden(self) -> None:
        body = '{"a": {"b": "Jörg"}},\r\n' * (MAX_TEXT // 24)
        text = f'[{body}"{{{{ uuid() }}}}"]'
        start = timeit.default_timer()
        assert render(text, CONTEXT) == f'[{body}"{CONTEXT.uuid()}"]'
        assert timeit.default_timer() - start < 20


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("{{ fooBar() }}", "There is no function “fooBar”. Known are: base64, "),
            ("{{ oauthtoken(source) }}", "Did you mean “oauthToken”?"),
            ("{{ 'a'|uper }}", "There is no filter “uper”. Did you mean “upper”?"),
            ("{{ name }}", "There is nothing named “name”. Did you mean source.name?"),
            ("{{ user.name }}", "There is nothing named “user”. Known are: "),
            ("{{ source.locatoin }}", "“source” has no field “locatoin”. Did you mean “location”?"),
            ("{{ source.authentication.pasword }}", "has no field “pasword”. Did you mean “password”? Known are: pass"),
            ("{{ source }}", "“source” has fields. Name one of them"),
            ("{{ source.authentication }}", "“source.authentication” has fields."),
            ("{{ source.authentication.a.b }}", "Only source.<field> and source.authentication.<field> can be read."),
            ("{{ source[1] }}", "Only source.<field>"),
            ("{{ uuid }}", "“uuid” is a function. It is written uuid()."),
            ("{{ 'a'|uuid }}", "“uuid” is a function."),
            ("{{ upper('a') }}", "“upper” is a filter. It stands behind a value: text|upper."),
            ("{{ }}", "The placeholder is empty."),
            ("{{ 'a }}", "A quotation mark in this placeholder is not closed."),
            ("}} {{ uuid()", "This placeholder is not closed with }}."),
            ("{{ uuid( }}", "This cannot be read: "),
            ("{{ uuid() uuid() }}", "Something stands behind the end of the expression."),
            ("{{{ x }}}", "This cannot be read: "),
            (r'{"a": "{{ hash(\"a\") }}"}', "Inside of JSON, write ' in place of \\\"."),
            (r'{{ hash(\"a") }}', "a backslash stands outside of quotation marks. Inside of JSON, write '"),
            (r"{{ hash(\'a\') }}", "A quotation mark in this placeholder is not closed."),
            (r"{{ '\d' }}", "A backslash stands before a character that it does not go with."),
            (r"{{ '\ud83d' }}", "Half of a surrogate pair is not a character."),
            ("{{ 1 + 1 }}", "Arithmetic cannot stand in a placeholder. To join texts, write ~"),
            ("{{ -source.name }}", "Arithmetic cannot stand in a placeholder."),
            ("{{ 'a' if 1 else 'b' }}", "A condition cannot stand in a placeholder. For a field that may be empty"),
            ("{{ source.name is defined }}", "A condition cannot"),
            ("{{ ['a'] }}", "A list cannot"),
            ("{{ none }}", "“none” is not known. Write '' for an empty text."),
            ("{{ 99999999999999999999 }}", "This number is too large."),
            ("{{ 1e999 }}", "This number is too large."),
            ("{{ \u0661.\u0662 }}", "A number cannot be read."),
            ("{{- uuid() }}", "White space around a placeholder stays."),
            ("{{ uuid() -}}", "White space around a placeholder stays."),
            (
                "{% if a %}{{ uuid() }}",
                "Statements are not known here. If the characters belong to the text, write {{ '{%",
            ),
            (
                "{{ uuid() }}{# a #}",
                "Comments are not known here. If the characters belong to the text, write {{ '{#' }}",
            ),
        ],
    )
    def test_say_what_is_wrong(self, text: str, sentence: str) -> None:
        assert sentence in str(problem_of(text))

    @pytest.mark.parametrize(
        "text", ["{{ name }}", "{{ user.name }}", "{{#if x}}", "{{ t('a') }}", "{{ a b }}", "{{}}"]
    )
    def test_about_placeholders_of_other_systems_say_how_to_write_them(self, text: str) -> None:
        assert "write {{ '{{' }}" in str(problem_of(text))

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("{{ x }}", Place(1, 1)),
            ("Bearer {{ x }}", Place(1, 8)),
            ("{{ uuid() }} {{ x }}", Place(1, 14)),
            ("a\r\nbé\n  {{ x }}", Place(3, 3)),
            ("a\n{{ source.authentication.missing }}", Place(2, 1)),
            ("{{ uuid() }}\n {% x %}", Place(2, 2)),
            ("}}\n{{ 'a", Place(2, 1)),
        ],
    )
    def test_name_the_place(self, text: str, place: Place) -> None:
        problem = problem_of(text)
        assert problem.place == place
        assert f"(Line {place.line}, column {place.column}.)" in str(problem)

    @pytest.mark.parametrize(
        "text",
        [
            "{{ hash('sha256', source.authentication.password) }}",
            f"{{{{ hmac('a', 'sha256', '{PASSWORD}') }}}}",
            f"{{{{ hash('a', encoding='{PASSWORD}') }}}}",
            f"{{{{ now('{PASSWORD}') }}}}",
            f"{{{{ now(offset='{PASSWORD}') }}}}",
            f"{{{{ source['{PASSWORD}' ~ 'a'] }}}}",
            f"{{{{ '{PASSWORD}'.a }}}}",
            f"{{{{ '{PASSWORD}' '{PASSWORD}' uuid }}}}",
            f"{{{{ uuid('{PASSWORD}') }}}}",
            f"{{{{ oauthToken('{PASSWORD}') }}}}",
            f"{{{{ '{PASSWORD}}}}}",
            f"{{{{ '{PASSWORD}'|b64dec }}}}",
            "{{ source.authentication.password|b64dec }}",
            f"{{{{ ('{PASSWORD}' }}}}",
        ],
    )
    def test_never_repeat_a_secret(self, text: str) -> None:
        problem = problem_of(text)
        assert PASSWORD not in str(problem)
        assert PASSWORD not in repr(problem)

    def test_of_a_field_that_is_no_text_do_not_show_it(self) -> None:
        context = TemplateContext(source={"authentication": {"key": {"d": PASSWORD}}}, at=CONTEXT.at)
        with pytest.raises(TemplateProblem, match=r"“key” of source\.authentication is not a text") as caught:
            render("{{ source.authentication.key }}", context)
        assert PASSWORD not in str(caught.value)

    def test_do_not_repeat_endless_names(self) -> None:
        assert len(str(problem_of(f"{{{{ {'x' * 1900} }}}}"))) < 500

    def test_in_what_a_token_is_made_from_keep_their_own_place(self) -> None:
        def issue() -> str:
            return render("\n\n  {{ nothing }}", CONTEXT)

        context = TemplateContext(source={}, at=CONTEXT.at, jwt_token=issue)
        with pytest.raises(TemplateProblem) as caught:
            render("Bearer {{ jwtToken(source) }}", context)
        assert caught.value.place == Place(3, 3)

    def test_the_context_shows_no_secret(self) -> None:
        assert PASSWORD not in repr(CONTEXT)


class TestBounds:
    def test_many_placeholders_are_filled_in_and_more_are_refused(self) -> None:
        assert render("{{ 1 }}" * MAX_PLACEHOLDERS, CONTEXT) == "1" * MAX_PLACEHOLDERS
        assert "at most 1000 placeholders" in str(problem_of("{{ 1 }}" * (MAX_PLACEHOLDERS + 1)))

    def test_the_code_of_all_placeholders_has_a_bound(self) -> None:
        long = "{{ '" + "a" * 1900 + "' }}"
        assert str(MAX_CODE) in str(problem_of(long * 18))

    def test_a_placeholder_has_a_longest_length(self) -> None:
        longest = "{{'" + "a" * (MAX_EXPRESSION - 2) + "'}}"
        assert render(longest, CONTEXT) == "a" * (MAX_EXPRESSION - 2)
        assert "not closed within 2000 characters" in str(problem_of(longest.replace("'}", "a'}")))
        for size in range(MAX_EXPRESSION - 5, MAX_EXPRESSION - 1):
            assert len(render("{{'" + "a" * size + "'}}}", CONTEXT)) == size + 1
        for size in range(MAX_EXPRESSION - 1, MAX_EXPRESSION + 5):
            assert "not closed within" in str(problem_of("{{'" + "a" * size + "'}}}"))
        assert "not closed within 2000 characters" in str(problem_of("{{ " + "a" * 5000 + " }}"))

    def test_an_expression_has_a_greatest_size(self) -> None:
        largest = "~".join(["1"] * (MAX_NODES - 1))
        assert render(f"{{{{ {largest} }}}}", CONTEXT) == "1" * (MAX_NODES - 1)
        assert "at most 30 values" in str(problem_of(f"{{{{ {largest}~1 }}}}"))

    @pytest.mark.parametrize("nested", ["(" * 900 + "1" + ")" * 900, "-" * 1900 + "1", "not " * 450 + "1", "[" * 1900])
    def test_what_is_nested_deeply_is_refused(self, nested: str) -> None:
        problem_of(f"{{{{ {nested} }}}}")

    def test_a_text_has_a_longest_length_if_it_has_placeholders(self) -> None:
        assert render("a" * (MAX_TEXT + 1), CONTEXT) == "a" * (MAX_TEXT + 1)
        assert str(MAX_TEXT) in str(problem_of("{{ 1 }}" + "a" * MAX_TEXT))

    def test_what_placeholders_add_has_a_bound(self) -> None:
        context = TemplateContext(source={"name": "a" * (MAX_VALUE // 2)}, at=CONTEXT.at)
        assert len(render("{{ source.name }}{{ source.name }}", context)) == MAX_VALUE
        with pytest.raises(TemplateProblem, match="add more than 65536 characters"):
            render("{{ source.name }}{{ source.name }}{{ 1 }}", context)

    @pytest.mark.parametrize("growing", ["base64", "urlencode", "json", "base64|urlencode|json"])
    def test_a_value_that_grows_is_stopped_before_it_takes_memory_or_time(self, growing: str) -> None:
        start = timeit.default_timer()
        context = TemplateContext(source={"name": 'é"' * 4000}, at=CONTEXT.at)
        expression = "source.name" + f"|{growing}" * (28 // (growing.count("|") + 1))
        with pytest.raises(TemplateProblem, match="too long"):
            render(f"{{{{ {expression} }}}}", context)
        assert timeit.default_timer() - start < 20

    def test_the_work_of_one_text_has_a_bound(self) -> None:
        context = TemplateContext(source={"name": "a" * MAX_VALUE}, at=CONTEXT.at)
        with pytest.raises(TemplateProblem, match="too long"):
            render("{{ source.name|hash }}" * 20, context)

    @pytest.mark.parametrize(
        "text", ["{{" * 500_000 + "}}", "{{ '" * 500_000 + "}}", "}}" * 500_000 + "{{", "{" * 1_000_000 + "}}"]
    )
    def test_a_hostile_text_is_refused_quickly(self, text: str) -> None:
        start = timeit.default_timer()
        problem_of(text)
        assert timeit.default_timer() - start < 20

    def test_the_cache_has_a_bound(self) -> None:
        for number in range(MAX_KEPT + 10):
            compiled(f"'{number}'")
        assert compiled.cache_info().currsize == MAX_KEPT

    @pytest.mark.parametrize(
        "header",
        [
            "Bearer {{ oauthToken(source) }}",
            "{{ uuid() }}",
            "{{ now() }}",
            "Basic {{ (source.authentication.username ~ ':' ~ source.authentication.password)|base64 }}",
        ],
    )
    def test_a_header_takes_less_than_30_microseconds(self, header: str) -> None:
        render(header, CONTEXT)
        assert min(timeit.repeat(lambda: render(header, CONTEXT), number=200, repeat=20)) / 200 < 30e-6


class TestReading:
    def test_names_the_functions_that_are_called_however_deep(self) -> None:
        text = "{{ uuid() }} {{ hmac(now('unix') ~ oauthToken(source), 'k')|base64 }}"
        assert functions_of(text) == {"uuid", "hmac", "now", "oauthToken"}

    @pytest.mark.parametrize("text", ["", "oauthToken(source)", "{{ 'oauthToken(source)' }}", "{{ oauthToken(source)"])
    def test_names_no_function_that_is_not_called(self, text: str) -> None:
        assert functions_of(text) == frozenset()

    @pytest.mark.parametrize("text", ["plain", "{{ source.authentication.whatever }}", "{{ jwtToken(source) }}"])
    def test_accepts_what_depends_on_the_source(self, text: str) -> None:
        check(text)

    @pytest.mark.parametrize(
        "text", ["{{ x }}", "{{ 1 }} {{ hash('a', 'sha3') }}", "{{ source.nmae }}", "{{ now('%s') }}"]
    )
    def test_refuses_what_no_source_could_fill_in(self, text: str) -> None:
        with pytest.raises(TemplateProblem):
            check(text)

    def test_needs_no_jinja_where_there_is_no_placeholder(self) -> None:
        program = (
            "import sys; from openconnector.templates.language import *;"
            "check('a'); functions_of('{{'); assert 'jinja2' not in sys.modules;"
            "check('{{ 1 }}'); assert 'jinja2' in sys.modules"
        )
        subprocess.run([sys.executable, "-c", program], check=True)


class TestPreview:
    def test_shows_before_and_after(self) -> None:
        shown = preview("a {{ source.slug }}", CONTEXT)
        assert (shown.before, shown.after, shown.problem, shown.place) == ("a {{ source.slug }}", "a zaken", None, None)

    def test_shows_what_is_wrong_and_where(self) -> None:
        shown = preview("a\n {{ x }}", CONTEXT)
        assert shown.after is None
        assert shown.problem is not None
        assert shown.problem.startswith("There is nothing named “x”.")
        assert shown.place == Place(2, 2)
