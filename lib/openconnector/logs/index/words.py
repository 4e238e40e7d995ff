# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What counts as a word of a text, and where words stand in it.

Words are compared in Unicode's compatibility form without case (UAX #15 NFKC, case folding), so that `Timeout`,
`timeout` and the same in full-width letters are one.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from unicodedata import category, combining, is_normalized, normalize

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_FOLDED = bytes(
    code if not chr(code).isascii() or chr(code).isalnum() else 0x20  # what is not ASCII stays as it is
    for code in bytes(range(256)).lower()
)
_LAST_MARK = 0x1FFFF
"""Behind it stand only ideographs and selectors of variants (which NFKC keeps, and which belong to no word)."""


@cache
def _word() -> re.Pattern[str]:
    # Marks (vowel signs of Indic scripts, accents that have no composed form) belong to the letter before them, but
    # `\w` leaves them out. Made when the first text comes that is not ASCII: it takes some milliseconds.
    marks = [code for code in range(0x300, _LAST_MARK) if category(chr(code))[0] == "M"]
    starts = [code for before, code in pairwise([0, *marks]) if code != before + 1]
    ends = [code for code, after in pairwise([*marks, sys.maxunicode]) if after != code + 1]
    ranges = "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))
    return re.compile(f"[^\\W_][^\\W_{ranges}]*(?:[{ranges}]+[^\\W_{ranges}]*)*")


def folded(text: str) -> str:
    """The text as it is compared: compatibility form, without case."""
    if text.isascii():
        return text.lower()
    text = normalize("NFKC", text).casefold()
    # Folding may leave what composes (`ǰ` in three letters), and what is folded must stay when it is folded again.
    return text if is_normalized("NFKC", text) else normalize("NFKC", text)


def words_of(text: str) -> list[str]:
    """The words of a text in their order, as often as they stand there: folded runs of letters and digits."""
    if text.isascii():
        return text.encode().translate(_FOLDED).decode().split()
    found: list[str] = []
    for piece in _pieces_between_ascii(text):
        if piece.isascii():
            found.append(piece.decode())
        else:
            found += _word().findall(folded(piece.decode("utf-8", "surrogatepass")))
    return found


def words_of_ascii(text: bytes) -> list[bytes]:
    """The words of an ASCII text in their order."""
    return text.translate(_FOLDED).split()


def distinct_words(text: str) -> set[bytes]:
    """The words of a text, each once, as UTF-8: what `words_of` finds, made for hashing."""
    pieces = set(_pieces_between_ascii(text))
    if not text.isascii():
        for piece in [piece for piece in pieces if not piece.isascii()]:
            pieces.discard(piece)
            words = _word().findall(folded(piece.decode("utf-8", "surrogatepass")))
            pieces.update(word.encode("utf-8", "surrogatepass") for word in words)
    return pieces


def _pieces_between_ascii(text: str) -> list[bytes]:
    # Nothing composes with an ASCII character before it, and no sign of ASCII becomes a letter with what follows: so
    # what stands between them folds for itself, and the regular expression sees only what is not ASCII.
    return text.encode("utf-8", "surrogatepass").translate(_FOLDED).split()


def spans_of(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text as `words_of` finds them, each with its start and end in the text as it was given.

    Where one character stands for several words (`½` is 1 and 2), each has the span of that character.
    """
    if text.isascii():
        for match in _ASCII_WORD.finditer(text.lower()):
            yield match.group(), match.start(), match.end()
        return
    pieces = _aligned(text)
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for source, piece in pieces:
        starts += [at] * len(piece)
        at += source
        ends += [at] * len(piece)
    for match in _word().finditer("".join(piece for _, piece in pieces)):
        yield match.group(), starts[match.start()], ends[match.end() - 1]


def _aligned(text: str) -> list[tuple[int, str]]:
    """Pieces of a text that fold each for itself: how long each was, and what it is folded."""
    pieces = _pieces(text, [at for at, char in enumerate(text) if at and not _may_join(char)])
    if "".join(piece for _, piece in pieces) == folded(text):
        return pieces
    # Some pair composes that is not known here. Nothing composes with an ASCII character before it.
    return _pieces(text, [at for at, char in enumerate(text) if at and char.isascii()])


def _pieces(text: str, cuts: list[int]) -> list[tuple[int, str]]:
    return [(end - start, folded(text[start:end])) for start, end in pairwise([0, *cuts, len(text)])]


def _may_join(char: str) -> bool:
    # Marks, and the vowels and last consonants of Hangul, which compose to syllables.
    return not char.isascii() and (combining(char) > 0 or category(char)[0] == "M" or "\u1160" <= char <= "\u11ff")


def contains(text: str, words: Sequence[str], *, is_phrase: bool) -> bool:
    """Whether all words stand in the text; of a phrase, one behind the other. No words are in every text."""
    found = words_of(text)
    if not is_phrase:
        return set(words) <= set(found)
    return f" {' '.join(words)} " in f" {' '.join(found)} " if words else True


def find(text: str, words: Sequence[str], is_phrase: bool) -> list[tuple[int, int]]:
    """Where the words stand in the text, as starts and ends in order; of a phrase, each place where the whole stands.

    Without a phrase every place of any of the words counts. `words` are such as `words_of` gives.
    """
    if not words:
        return []
    if not is_phrase:
        wanted = set(words)
        return list(dict.fromkeys((start, end) for word, start, end in spans_of(text) if word in wanted))
    spans = list(spans_of(text))
    found: list[tuple[int, int]] = []
    at = 0
    phrase = list(words)
    names = [word for word, _, _ in spans]
    while (at := _index(names, phrase[0], at)) >= 0:
        if names[at : at + len(phrase)] == phrase:
            found.append((spans[at][1], spans[at + len(phrase) - 1][2]))
            at += len(phrase)
        else:
            at += 1
    return found


def _index(names: list[str], name: str, start: int) -> int:
    try:
        return names.index(name, start)
    except ValueError:
        return -1
