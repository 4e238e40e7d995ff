# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Guesses the charset of bytes that do not say it and are not UTF-8."""

import re

from charset_normalizer import from_bytes

_CANDIDATES = [
    "cp1252", "cp1250", "cp1251", "koi8_r", "iso8859_2", "cp1253", "cp1254", "cp1255", "cp1256",
    "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
]  # fmt: skip
"""What is in use. More candidates would make more wrong guesses."""

_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_UNUSUAL = 0.3
_LEAST_WIDE = 0.4
_ENOUGH = 64

_ODD_IN_WESTERN = re.compile(
    r"[^\W\d_][£¤¥¦§¨©¬®¯±²³¶\xb8¹¼½¾¿\xd7÷†‡‰\u2039•™]|[£¤¥¦§¨©¬®¯±²³¶\xb8¹¼½¾÷†‡‰•™][^\W\d_]"
    r"|[a-zß-ÿ][À-ÖØ-ÞŠŒŽŸ]|[À-ÖØ-öø-ÿŠŒŽšœžŸ]{4}"
)
"""Signs within words, capitals behind small letters, runs of accents: what other charsets look like in this one."""


def guess(sample: bytes, *, is_said_to_be_text: bool) -> str | None:
    """Python's name of the charset that a sample is likely to be in; None where it does not look like text."""
    wide = _wide(sample)
    if wide is not None:
        return wide
    if _CONTROLS.search(sample):
        return None
    unusual = len(sample.translate(None, bytes(range(0x80)))) / len(sample)
    if not is_said_to_be_text and len(sample) < _ENOUGH and unusual > _MOST_UNUSUAL:
        return None
    return _narrow(sample)


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of what is mostly ASCII is zero."""
    sample = sample[: len(sample) & ~1]
    even, odd = sample[::2].count(0) / (len(sample) // 2), sample[1::2].count(0) / (len(sample) // 2)
    if max(even, odd) < _LEAST_WIDE or min(even, odd) > 0:
        return None
    codec = "utf-16-le" if odd else "utf-16-be"
    try:
        text = sample[:-2].decode(codec)
    except UnicodeDecodeError:
        return None
    return None if re.search("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]", text) else codec


def _narrow(sample: bytes) -> str | None:
    results = list(from_bytes(sample, cp_isolation=_CANDIDATES))
    best = [result for result in results if result.chaos <= results[0].chaos]
    equal = {name for result in best for name in result.could_be_from_charset}
    # Most that is not UTF-8 is Western, and short texts leave everything open.
    if (not results or "cp1252" in equal) and _is_western(sample):
        return "cp1252"
    return best[0].encoding if best else None


def _is_western(sample: bytes) -> bool:
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return not _ODD_IN_WESTERN.search(text)
