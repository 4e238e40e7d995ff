# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""XPath 1.0 over an XML tree, with its prefixes and without any function that is not in the standard.

So nothing is opened (`document()` is of XSLT), and no regular expression runs (EXSLT).
"""

import re
from typing import Any

from lxml import etree

from openconnector.core.phrases import phrase
from openconnector.reading.document import ExpressionInvalid
from openconnector.reading.schemas import BodyMatches, Node
from openconnector.reading.xml_nodes import leaf, nodes_at
from openconnector.reading.xml_places import Spot
from openconnector.reading.xml_tree import Tree

FUNCTIONS = frozenset(
    {"boolean", "ceiling", "concat", "contains", "count", "false", "floor", "id", "lang", "last", "local-name", "name"}
    | {"namespace-uri", "normalize-space", "not", "number", "position", "round", "starts-with", "string", "sum", "true"}
    | {"string-length", "substring", "substring-after", "substring-before", "translate"}
)
"""XPath 1.0, section 4."""

_NODE_TYPES = frozenset({"comment", "text", "processing-instruction", "node"})
_OPERATORS = frozenset({"and", "or", "div", "mod"})
_NAME = r"[^\W\d][\w.-]*"
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")
_PREFIX = re.compile(rf"(?<![\w.:-])({_NAME}):(?!:)(?={_NAME}|\*)")
_CALL = re.compile(rf"(?<![\w.-])((?:{_NAME}:)?{_NAME})\s*\(")
_MAX_NAMED = 20

_NOT_NODES = "Invalid type"
"""What libxml2 says when something is counted that is no set of nodes."""


def matches_of(tree: Tree, expression: str, limit: int) -> BodyMatches:
    """What an expression finds: nodes, or one text, number or truth value.

    Raises:
        ExpressionInvalid: it is no XPath 1.0, or has a prefix or a function that is not known.
    """
    _check_names(tree, expression)
    try:
        found = _compiled(tree, expression)
        total = _count(tree, expression)
        if total is None:
            return BodyMatches(
                language="xpath", total=1, is_complete=True, matches=[_value(expression, found(tree.root))]
            )
        # The root of the document is above the root element. lxml has no object for it.
        shown = "/*" if expression.strip() == "/" else f"({expression})[position() <= {limit}]"
        spots = _compiled(tree, shown)(tree.root)
    except etree.XPathSyntaxError as error:
        raise ExpressionInvalid(_place_of(error, expression)) from None
    except etree.XPathError as error:
        raise ExpressionInvalid(phrase("The expression cannot be evaluated: {problem}.", problem=error)) from None
    except ValueError:
        raise ExpressionInvalid(phrase("The expression has characters that cannot stand in XML.")) from None
    return BodyMatches(language="xpath", total=total, is_complete=True, matches=_nodes(tree, spots))


def _compiled(tree: Tree, expression: str) -> Any:
    return etree.XPath(expression, namespaces=tree.namespaces, regexp=False)


def _count(tree: Tree, expression: str) -> int | None:
    """How many nodes there are, counted without making any; None where there is something else."""
    try:
        return int(_compiled(tree, f"count({expression})")(tree.root))
    except etree.XPathEvalError as error:
        if _NOT_NODES in str(error):
            return None
        raise


def _nodes(tree: Tree, found: list[Any]) -> list[Node]:
    spots = [_spot(one) for one in found]
    nodes = iter(nodes_at(tree, [spot for spot in spots if spot is not None]))
    return [next(nodes) if spot else _namespace(one) for spot, one in zip(spots, found, strict=True)]


def _spot(found: Any) -> Spot | None:
    """Where a result of lxml is: attributes and texts are strings that know it. Namespaces are nowhere."""
    if isinstance(found, tuple):
        return None
    if not isinstance(found, str):
        return Spot(found)
    element = found.getparent()  # type: ignore[attr-defined]  # a string of lxml
    if found.is_attribute:  # type: ignore[attr-defined]
        return Spot(element, attribute=element.attrib.keys().index(found.attrname))  # type: ignore[attr-defined]
    if found.is_text:  # type: ignore[attr-defined]
        return Spot(element, slot=0)
    parent = element.getparent()
    return Spot(parent, slot=parent.index(element) + 1)


def _namespace(found: tuple[str | None, str]) -> Node:
    prefix, uri = found
    return leaf("string", f"xmlns:{prefix}" if prefix else "xmlns", uri, "", "")


def _value(expression: str, value: object) -> Node:
    name = expression.strip()[:100]
    match value:
        case bool():
            return leaf("boolean", name, "true" if value else "false", "", expression)
        case float():
            return leaf("number", name, _number(value), "", expression)
        case _:
            return leaf("string", name, str(value), "", expression)


def _number(value: float) -> str:
    """XPath 1.0, section 4.2: no exponents, no decimal point that is not needed."""
    if value != value:  # noqa: PLR0124  # so is only NaN
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() else f"{value:.15g}"


def _check_names(tree: Tree, expression: str) -> None:
    """Prefixes and functions that are not known, with their place, which libxml2 does not tell."""
    text = _LITERAL.sub(lambda literal: " " * len(literal.group()), expression)
    for match in _PREFIX.finditer(text):
        if match[1] not in tree.namespaces and match[1] != "xml":
            known = [f"{prefix} ({uri})" for prefix, uri in list(tree.namespaces.items())[:_MAX_NAMED]]
            raise ExpressionInvalid(_unknown_prefix(match[1], match.start() + 1, known))
    for match in _CALL.finditer(text):
        if match[1] not in FUNCTIONS | _NODE_TYPES | _OPERATORS:
            raise ExpressionInvalid(
                phrase(
                    "XPath 1.0 has no function “{name}” (character {position}). It has: {functions}.",
                    name=match[1],
                    position=match.start() + 1,
                    functions=", ".join(sorted(FUNCTIONS)),
                )
            )


def _unknown_prefix(prefix: str, position: int, known: list[str]) -> str:
    if not known:
        return phrase(
            "The prefix “{prefix}” at character {position} is not known. The body has no prefixes.",
            prefix=prefix,
            position=position,
        )
    return phrase(
        "The prefix “{prefix}” at character {position} is not known. Known are: {known}.",
        prefix=prefix,
        position=position,
        known=", ".join(known),
    )


def _place_of(error: etree.XPathSyntaxError, expression: str) -> str:
    column = error.error_log[-1].column if len(error.error_log) else 0
    position = len(expression.encode()[:column].decode(errors="ignore"))
    if position >= len(expression):
        return phrase("The expression is not complete.")
    return phrase(
        "The expression is no XPath 1.0 from character {position} on: {rest}",
        position=position + 1,
        rest=expression[position : position + 40],
    )
