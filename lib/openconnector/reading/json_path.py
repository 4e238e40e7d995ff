# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""JSONPath (RFC 9535) over trees of any size and depth: the language is python-jsonpath's, the walk is ours.

The library's own walk keeps every match it has seen, writes the path of each, and goes no deeper than a hundred levels.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError, JSONPathMatch, JSONPathSyntaxError, NodeList
from jsonpath.filter import BaseExpression, IntegerLiteral, RelativeFilterQuery, RootFilterQuery
from jsonpath.parse import Parser
from jsonpath.segments import JSONPathChildSegment, JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath.selectors import FilterContext, JSONPathSelector, NameSelector, SliceSelector
from jsonpath.stream import TokenStream
from jsonpath.token import TOKEN_ROOT, TOKEN_SELF, TOKEN_SINGLE_QUOTE_STRING, Token

from openconnector.core.phrases import phrase
from openconnector.reading.document import ExpressionInvalid

Step = str | int
Trail = tuple[Any, Step] | None
"""How a node was reached: the trail of its parent, and a name or an index; None at the top."""


class Match(JSONPathMatch):
    """A node on the way. Its path is written when somebody asks."""

    __slots__ = ("trail",)

    def __init__(self, obj: Any, trail: Trail = None, root: Any = None) -> None:
        self.obj = obj
        self.trail = trail
        self.root = root

    def new_child(self, obj: object, key: Step) -> "Match":
        return Match(obj, (self.trail, key), self.root)

    def add_child(self, *children: JSONPathMatch) -> None:
        """Nothing: whoever wants a match keeps it."""

    def filter_context(self) -> dict[str, Any]:
        return {}

    def steps(self) -> list[Step]:
        """The names and indexes that lead here."""
        steps, trail = [], self.trail
        while trail is not None:
            trail, key = trail
            steps.append(key)
        return steps[::-1]


class _Descent(JSONPathRecursiveDescentSegment):
    """`..` without recursion. Depth first, in the order of the text."""

    __slots__ = ()

    def resolve(self, nodes: Iterable[JSONPathMatch]) -> Iterator[JSONPathMatch]:
        only = self.selectors[0] if len(self.selectors) == 1 else None
        for node in nodes:
            if isinstance(node, Match):
                yield from _members_below(node, only.name) if isinstance(only, NameSelector) else self._below(node)

    def _below(self, node: Match) -> Iterator[JSONPathMatch]:
        for value, trail in _containers(node):
            for selector in self.selectors:
                yield from selector.resolve(Match(value, trail, node.root))


def _members_below(node: Match, name: str) -> Iterator[Match]:
    """Members of one name, for which most descents look."""
    for value, trail in _containers(node):
        if isinstance(value, dict) and name in value:
            yield Match(value[name], (trail, name), node.root)


def _containers(node: Match) -> Iterator[tuple[Any, Trail]]:
    """The node and every object and array below, with their trails."""
    stack: list[tuple[Any, Trail]] = [(node.obj, node.trail)]
    while stack:
        value, trail = stack.pop()
        yield value, trail
        if isinstance(value, dict):
            below = [(inner, (trail, name)) for name, inner in value.items() if isinstance(inner, _CONTAINER)]
        elif isinstance(value, list):
            below = [(inner, (trail, index)) for index, inner in enumerate(value) if isinstance(inner, _CONTAINER)]
        else:
            continue
        below.reverse()
        stack += below


_CONTAINER = (dict, list)


class _Name(NameSelector):
    """A member. The library's way takes most of the time of a walk over a large body."""

    __slots__ = ()

    def resolve(self, node: JSONPathMatch) -> Iterable[JSONPathMatch]:
        value = node.obj
        return (node.new_child(value[self.name], self.name),) if isinstance(value, dict) and self.name in value else ()


class _Slice(SliceSelector):
    """A slice of arrays only; the library takes texts apart, too."""

    __slots__ = ()

    def resolve(self, node: JSONPathMatch) -> Iterable[JSONPathMatch]:
        return super().resolve(node) if isinstance(node.obj, list) else ()


class _Relative(RelativeFilterQuery):
    """`@` in a filter. It is there for every value, `false` and `0` too, which the library forgets."""

    __slots__ = ("_names",)

    def __init__(self, path: JSONPath) -> None:
        super().__init__(path)
        selectors = [segment.selectors[0] for segment in path.segments] if path.singular_query() else [None]
        names = [selector.name for selector in selectors if isinstance(selector, NameSelector)]
        self._names = names if len(names) == len(selectors) else None

    def evaluate(self, context: FilterContext) -> NodeList:
        if self._names is None:
            return NodeList(_resolved(self.path, Match(context.current, root=context.root)))
        value = context.current
        for name in self._names:
            if not isinstance(value, dict) or name not in value:
                return NodeList()
            value = value[name]
        return NodeList((Match(value),))


class _Absolute(RootFilterQuery):
    """`$` in a filter."""

    __slots__ = ()

    def evaluate(self, context: FilterContext) -> NodeList:
        return NodeList(_resolved(self.path, Match(context.root, root=context.root)))


_ESCAPE_OR_QUOTE = re.compile(r"\\.|\"", re.DOTALL)
_REQUOTED = {"\\'": "'", '\\"': r"\'", '"': r"\""}
"""What of a text in single quotes is written otherwise in double ones. The other quote has no escape in either."""


class _Parser(Parser):
    """Makes the parts of an expression that walk as ours do."""

    def parse_query(self, stream: TokenStream) -> Iterable[JSONPathSegment]:
        return (_walking(segment) for segment in super().parse_query(stream))

    def parse_relative_query(self, stream: TokenStream) -> BaseExpression:
        stream.eat(TOKEN_SELF)
        return _Relative(JSONPath(env=self.env, segments=self.parse_query(stream)))

    def parse_absolute_query(self, stream: TokenStream) -> BaseExpression:
        stream.eat(TOKEN_ROOT)
        return _Absolute(JSONPath(env=self.env, segments=self.parse_query(stream)))

    def parse_integer_literal(self, stream: TokenStream) -> BaseExpression:
        """An integer of any size; the library's is exact up to 2**53 only."""
        text = stream.current().value
        if not re.fullmatch("-?(?:0|[1-9][0-9]{0,999})", text):
            return super().parse_integer_literal(stream)
        stream.next()
        return IntegerLiteral(value=int(text))

    def _decode_string_literal(self, token: Token) -> str:
        """The text between quotes; the library refuses escaped control characters, which normalized paths have."""
        text = token.value
        if token.kind == TOKEN_SINGLE_QUOTE_STRING:
            text = _ESCAPE_OR_QUOTE.sub(lambda match: _REQUOTED.get(match[0], match[0]), text)
        try:
            decoded = str(json.loads(f'"{text}"'))
            decoded.encode()
        except ValueError:  # half of a surrogate pair, too
            raise JSONPathSyntaxError("there is an invalid character or escape in a text", token=token) from None
        return decoded


def _walking(segment: JSONPathSegment) -> JSONPathSegment:
    kind = _Descent if isinstance(segment, JSONPathRecursiveDescentSegment) else JSONPathChildSegment
    selectors = tuple(map(_selecting, segment.selectors))
    return kind(env=segment.env, token=segment.token, selectors=selectors)


def _selecting(selector: JSONPathSelector) -> JSONPathSelector:
    if isinstance(selector, NameSelector):
        return _Name(env=selector.env, token=selector.token, name=selector.name)
    if isinstance(selector, SliceSelector):
        part = selector.slice
        return _Slice(env=selector.env, token=selector.token, start=part.start, stop=part.stop, step=part.step)
    return selector


def _resolved(path: JSONPath, start: Match) -> Iterable[JSONPathMatch]:
    matches: Iterable[JSONPathMatch] = (start,)
    for segment in path.segments:
        matches = segment.resolve(matches)
    return matches


class _Environment(JSONPathEnvironment):
    parser_class = _Parser
    max_recursion_depth = 1_000_000

    def _lt(self, left: object, right: object) -> bool:
        """Truth values have no order (RFC 9535, section 2.3.5.2.2); for Python they are numbers."""
        return not isinstance(left, bool) and not isinstance(right, bool) and super()._lt(left, right)


def find(expression: str, value: Any) -> Iterator[Match]:
    """What an expression finds in a value, one after the other.

    Raises:
        ExpressionInvalid: at once, where it is none.
    """
    if not expression.lstrip().startswith("$"):
        raise ExpressionInvalid(
            phrase("A JSONPath begins with `$`, which is the whole body: for example `$.items[*].name`.")
        )
    try:
        compiled = _Environment(strict=True).compile(expression.strip())
    except JSONPathError as error:
        raise ExpressionInvalid(_sentence(error)) from None
    except (RecursionError, ValueError) as error:
        raise ExpressionInvalid(phrase("The expression cannot be read: {problem}.", problem=error)) from None
    if not isinstance(compiled, JSONPath):
        raise ExpressionInvalid(phrase("An expression is one JSONPath, which begins with `$`."))
    return _walk(compiled, value)


def _walk(compiled: JSONPath, value: Any) -> Iterator[Match]:
    try:
        for match in _resolved(compiled, Match(value, root=value)):
            if isinstance(match, Match):
                yield match
    except JSONPathError as error:
        raise ExpressionInvalid(_sentence(error)) from None
    except RecursionError:
        raise ExpressionInvalid(phrase("The expression compares values that are too deep.")) from None


def _sentence(error: JSONPathError) -> str:
    problem = str(error.message).rstrip(".") if error.message else phrase("it cannot be read")
    if error.token is None or error.token.index < 0:
        return phrase("This is no JSONPath (RFC 9535): {problem}.", problem=problem)
    position = error.token.index + 1
    return phrase(
        "This is no JSONPath (RFC 9535): {problem}, at character {position}.", problem=problem, position=position
    )
