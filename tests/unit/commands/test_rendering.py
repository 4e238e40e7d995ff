# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is said arrives as it was said: in a terminal, and through the formatter of Symfony's console."""

import json
import re

import pytest

from ex_app.occ_output import NOTHING, PORTION, OccOutput, filling, portions
from ex_app.standalone.formatter import FormatError, Formatter
from openconnector.commands.rendering import as_document, coloured, json_in_tags, plain, rendered, tagged
from openconnector.commands.styled import Block, Quoted, Table, bad, faint, good

NASTY = [
    "<info>green</info>",
    "</info>",
    "</>",
    "a \\<b> \\> \\\\<c",
    "<fg=nothing>x</>",
    "ends with \\",
    "1 < 2 > 0",
    "<<error>>",
    "é <b>世界</b>",
]


@pytest.mark.parametrize("text", NASTY)
def test_occ_prints_a_text_as_it_is(text: str) -> None:
    formatter = Formatter(is_decorated=False)
    assert formatter.format(rendered([[good("before "), text, bad(" after")]], tagged)) == f"before {text} after\n"


@pytest.mark.parametrize("text", NASTY)
def test_occ_prints_json_of_the_same_meaning_however_it_is_cut(text: str) -> None:
    document = json_in_tags(as_document({"text": text}))
    for cut in range(len(document)):
        formatter = Formatter(is_decorated=True)
        assert json.loads(formatter.format(document[:cut]) + formatter.format(document[cut:])) == {"text": text}


def test_symfony_would_have_broken_off() -> None:
    with pytest.raises(FormatError):
        Formatter(is_decorated=False).format("<error>x</info>")
    with pytest.raises(FormatError):
        Formatter(is_decorated=False).format("<fg=nothing>x</>")


def through_appapi(written: bytes, *, is_decorated: bool = False) -> str:
    """What occ prints of it when it is there at once: AppAPI reads 1 KiB after 1 KiB, and formats each by itself."""
    formatter = Formatter(is_decorated=is_decorated)
    pieces = [written[start : start + PORTION] for start in range(0, len(written), PORTION)]
    return "".join(formatter.format(piece.decode("latin-1")) for piece in pieces).encode("latin-1").decode()


@pytest.mark.parametrize("is_decorated", [False, True])
def test_a_long_list_arrives_whole_however_appapi_cuts_it(is_decorated: bool) -> None:
    rows = [(f"source-{number}", good("enabled"), bad("500 </info>"), NASTY[number % 9]) for number in range(400)]
    blocks: list[Block] = [Table(("SLUG", "STATE", "LAST CALL", "NAME"), rows), bad("é" * 3000), "\\" * 1500]
    occ = OccOutput(as_json=False)
    for block in blocks:
        occ.result([block])
    printed = through_appapi(occ.said, is_decorated=is_decorated)
    assert re.sub(r"\x1b\[\d*m", "", printed) == rendered(blocks, plain)


async def test_a_document_arrives_whole_however_appapi_cuts_it() -> None:
    document = "".join(
        f"{number},https://x.example/?a=<b>{number}</>,\\{'x' * (number % 9)}\\\n" for number in range(999)
    )
    occ = OccOutput(as_json=False, is_document=True)
    for start in range(0, len(document), 5000):
        await occ.piece(document[start : start + 5000].encode())
    assert through_appapi(occ.said) == document


def test_what_keeps_a_silent_command_alive_is_not_seen() -> None:
    assert Formatter(is_decorated=True).format(NOTHING.decode()) == ""
    assert len(NOTHING) == PORTION
    assert [len(filling(size)) for size in range(14, 60)] == list(range(14, 60))


def test_a_style_that_goes_on_is_ended_with_its_portion() -> None:
    parts = list(portions(b"<info>" + b"x" * 3000 + b"</>\n"))
    assert all(part.startswith(b"<info>") and len(part) == PORTION for part in parts)


def test_what_others_have_sent_is_shown_and_stays_out_of_the_log() -> None:
    occ = OccOutput(as_json=False)
    occ.result([bad("It failed."), Quoted("name: Jansen")])
    assert occ.in_words() == "It failed.\n"
    assert through_appapi(occ.said) == "It failed.\nname: Jansen\n"


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    table = Table(("NAME", "COUNT", "NOTE"), [("世界", "1", faint("a")), ("x", "100", "b")], frozenset({1}))
    assert rendered([table], plain) == "NAME  COUNT  NOTE\n世界      1  a\nx       100  b\n"


def test_nothing_in_a_text_commands_a_terminal() -> None:
    text = "red \x1b[31m bell \x07 c1 \x9b31m del \x7f reversed \u202e end\r\nnext"
    assert not set("\x1b\x07\x9b\x7f\u202e\r") & set(rendered(text, plain))
    assert not set("\x1b\x07\x9b\x7f\u202e\r") & set(as_document({"text": text}))
    assert json.loads(as_document({"text": text})) == {"text": text}
    assert rendered(Table((), [("a\nb", "c\td")]).rows[0], plain) == "a\nb\nc\td\n"
    assert rendered([Table((), [("a\nb", "c\td")])], plain) == "a b  c d\n"


def test_colours_stand_around_the_text_alone() -> None:
    assert rendered([[good("fine"), " ", "plain"]], coloured) == "\x1b[32mfine\x1b[0m plain\n"
