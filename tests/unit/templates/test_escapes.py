# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What has got people out of template sandboxes before, and what nobody has thought of yet."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openconnector.templates.context import MAX_VALUE
from openconnector.templates.functions import FUNCTIONS
from openconnector.templates.language import TemplateContext, TemplateProblem, check, functions_of, preview, render

CONTEXT = TemplateContext(
    source={
        "id": "0193",
        "slug": "zaken",
        "name": "{{ uuid() }} {0.__class__} %s",
        "location": "https://api.zaken.example/v1",
        "type": "json",
        "host": "api.zaken.example",
        "authentication": {"type": "jwt", "text": "__class__", "__class__": "not reached by attribute"},
    },
    at=datetime(2026, 11, 26, 21, 31, 30, tzinfo=UTC),
    oauth_token=lambda: "token",
    jwt_token=lambda: "token",
)

CLASSICS = [
    # attributes of Python objects
    "''.__class__",
    "''.__class__.__mro__[1].__subclasses__()",
    "''['__class__']",
    "()|attr('__class__')",
    "[].__class__.__base__",
    "{}.__class__",
    "(1).__class__",
    "source.__class__",
    "source['__class__']",
    "source['__cla' ~ 'ss__']",
    "source[source.authentication.text]",
    "source|attr('__class__')",
    "source|attr(source.authentication.text)",
    "source.get('name')",
    "source.items()",
    "source.name.__class__",
    "source.name.upper()",
    "source.name.format(source)",
    "source.name['format']",
    "source.authentication.__init__.__globals__",
    "source.authentication['__class__']['__mro__']",
    "uuid.__globals__",
    "uuid().__class__",
    "oauthToken.__globals__['os']",
    "now.__self__",
    "now().__class__",
    "(source.name|upper).__class__",
    # format strings
    "'{0.__class__}'.format(source)",
    "'{0.__class__}'.format_map(source)",
    "'%s'|format(source)",
    "'%(a)s' % source",
    "'%999999999d' % 1",
    "now('%999999999Y')",
    # what Jinja puts into every template
    "self",
    "self._TemplateReference__context",
    "lipsum",
    "lipsum()",
    "lipsum(n=100000)",
    "lipsum.__globals__['os'].popen('id').read()",
    "cycler",
    "cycler('a').__init__.__globals__",
    "joiner.__init__.__globals__",
    "namespace.__init__.__globals__",
    "dict(a=1)",
    "range(10)",
    "range(10**9)",
    "range(10**9)|list",
    "loop.index",
    "super()",
    "caller()",
    "varargs",
    "config",
    "config.items()",
    "request.application.__globals__",
    "g.pop.__globals__",
    "get_flashed_messages.__globals__",
    "url_for.__globals__",
    "environ",
    "_self.env",
    # Twig
    "['id']|map('system')",
    "['id']|filter('system')",
    "_self.env.registerUndefinedFilterCallback('exec')",
    "'/etc/passwd'|file_excerpt(1,30)",
    "['cat']|reduce('system')",
    # filters of Jinja that call, loop or grow
    "'a'|map(attribute='__class__')",
    "'a'|list",
    "'a'|join(',')",
    "'a'|center(999999999)",
    "'a'|indent(999999999)",
    "'a'|replace('', 'b')",
    "'a'|pprint",
    "'a'|xmlattr",
    "'a'|safe",
    "'a'|groupby('__class__')",
    "source|tojson",
    "source|dictsort",
    "source|items",
    "source|json",
    "source|default('x')",
    "source.authentication|json",
    # too much
    "'a' * 10**9",
    "'a'*999999999",
    "10**10**10",
    "9**9**9",
    "2 ** 64",
    "1 // 0",
    "1 / 0",
    "0x" + "f" * 1900,
    "1" * 1900,
    "(" * 900 + "1" + ")" * 900,
    "(" * 1900,
    "[" * 950 + "]" * 950,
    "-" * 1900 + "1",
    "not " * 450 + "1",
    "hash(" * 300 + "'a'" + ")" * 300,
    "'a'" + "|upper" * 300,
    "source" + ".a" * 900,
    "'a' if " * 200 + "1",
    # other grammar
    "[1 for x in source]",
    "lambda: 1",
    "x := 1",
    "import os",
    "__import__('os')",
    "exec('1')",
    "eval('1')",
    "open('/etc/passwd').read()",
    "source.name[0]",
    "source.name[::-1]",
    "source[:]",
    "'a' in source",
    "source is mapping",
    "hash(*source)",
    "hash(**source)",
    "hash(source)",
    "hmac(source, source)",
    "oauthToken(source.authentication)",
    "oauthToken(uuid)",
    "uuid()()",
    "uuid()('a')",
    "'a'()",
    "true()",
    "none",
    "a.b|c.d",
    "'a'|upper.lower",
    "\uff55\uff55\uff49\uff44.a",
    "\x00",
    "'a'\x00",
    "`id`",
    "$x",
    "a;b",
    "#",
]


class TestEscapes:
    @pytest.mark.parametrize("expression", CLASSICS)
    def test_are_refused_when_the_template_is_read(self, expression: str) -> None:
        with pytest.raises(TemplateProblem) as caught:
            check(f"{{{{ {expression} }}}}")
        assert caught.value.place is not None

    @pytest.mark.parametrize(
        "statement",
        [
            "{% for x in range(10**9) %}{{ x }}{% endfor %}",
            "{% set x = source %}{{ x }}",
            "{% include '/etc/passwd' %}{{ uuid() }}",
            "{% import 'os' as os %}{{ os }}",
            "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
            "{% raw %}{{ uuid() }}{% endraw %}",
            "{%- if source.__class__ -%}{{ uuid() }}",
            "{{ uuid() }}{% print(source) %}",
        ],
    )
    def test_by_statements_are_refused(self, statement: str) -> None:
        with pytest.raises(TemplateProblem, match="Statements are not known here"):
            check(statement)

    def test_through_a_value_are_not_possible_since_values_are_not_templates(self) -> None:
        assert render("{{ source.name }}", CONTEXT) == "{{ uuid() }} {0.__class__} %s"
        assert render("{{ '{{ uuid() }}' }}", CONTEXT) == "{{ uuid() }}"

    def test_through_the_names_of_fields_reach_entries_of_the_mapping_only(self) -> None:
        assert render("{{ source.authentication.__class__ }}", CONTEXT) == "not reached by attribute"

    def test_end_where_a_field_is_an_object(self) -> None:
        class Key:
            def __str__(self) -> str:
                raise AssertionError("an object of the caller was asked for its text")

        context = TemplateContext(source={"name": Key(), "authentication": Key()}, at=CONTEXT.at)
        for text in ("{{ source.name }}", "{{ source.name|json }}", "{{ source.authentication.x }}"):
            with pytest.raises(TemplateProblem):
                render(text, context)


PIECES = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{",
            "}",
            "{%",
            "%}",
            "{#",
            "#}",
            "(",
            ")",
            "[",
            "]",
            "'",
            '"',
            ",",
            ".",
            "|",
            "~",
            ":",
            "=",
            "==",
        ),
        *("!", "<", ">", "+", "-", "*", "**", "/", "//", "%", "$", "#", "\\", "\\u0041", "\\x", "\\N{DASH}", " "),
        *("\r\n", "\n", "\t", "\x00", "\u2028", "\ud83d", "\U0001f600", "\u0661", "\u0661.\u0662", "é"),
        *("source", "source.name", "source.authentication", ".text", "['name']", "['text']", "authentication"),
        *("now()", "now(", "uuid()", "uuid", "hash(", "hmac(", "base64(", "oauthToken(source)", "jwtToken()"),
        *(
            "offset=",
            "algorithm=",
            "'unix'",
            "'%Y'",
            "'%s'",
            "'sha256'",
            "'md5'",
            "'hex'",
            "'base64'",
            "'a'",
            '"b"',
            "''",
        ),
        *("|base64", "|b64dec", "|urlencode", "|json", "|default('x')", "|default(", "|hash", "|hmac('k')", "|upper"),
        *("1", "-1", "0", "1.5", "1e9", "1e999", "0x1", "1_0", "true", "false", "none"),
        *("not", "and", "or", "in", "is", "if", "else", "for", "self", "__class__"),
    ]
)
EXPRESSIONS = st.lists(PIECES, max_size=12).map(" ".join) | st.lists(PIECES, max_size=12).map("".join)
TEXTS = (
    st.text()
    | st.lists(PIECES, max_size=30).map("".join)
    | EXPRESSIONS.map(lambda expression: f"{{{{ {expression} }}}}")
    | st.text(alphabet="{}%#'\"\\ a1.|~()-", max_size=80).map(lambda text: f"{{{{{text}}}}}")
    | st.text(max_size=40).map(lambda text: f"{{{{ {text} }}}}")
)


def outcome(text: str, context: TemplateContext) -> str | TemplateProblem:
    """What becomes of a text. Every other exception is a failure."""
    try:
        return render(text, context)
    except TemplateProblem as problem:
        return problem


@settings(max_examples=1500, deadline=20_000)
@given(TEXTS)
def test_any_text_is_filled_in_within_bounds_or_is_a_template_problem(text: str) -> None:
    shown, after = preview(text, CONTEXT), outcome(text, CONTEXT)
    if isinstance(after, TemplateProblem):
        assert after.place is not None
        assert shown.problem == str(after)
    else:
        assert len(after) <= len(text) + MAX_VALUE
        assert functions_of(text) <= FUNCTIONS.keys()


VALUES = st.one_of(
    st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.text(st.characters(categories=["Cs"]))
)
CHAINS = st.lists(
    st.sampled_from(
        [
            "base64",
            "base64url",
            "b64dec",
            "urlencode",
            "json",
            "upper",
            "lower",
            "trim",
            "hash",
            "hmac('k')",
            "default('')",
        ]
    ),
    max_size=20,
)


@settings(max_examples=500, deadline=20_000)
@given(VALUES, CHAINS)
def test_any_value_goes_through_any_filters_or_is_a_template_problem(value: object, chain: list[str]) -> None:
    context = TemplateContext(source={"name": value}, at=CONTEXT.at)
    after = outcome("{{ " + "|".join(["source.name", *chain]) + " }}", context)
    assert isinstance(after, TemplateProblem) or len(after) <= MAX_VALUE
