# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Compressed bodies are decoded in slices, whatever they claim."""

import gzip
import itertools
import zlib

import brotli
import pytest
from backports import zstd

from openconnector.transports.decoding import SLICE, Decoder, UndecodableError

TEXT = b"a body " * 100_000


def decoded(coding: str, body: bytes, piece: int = 1000) -> bytes:
    decoder, found = Decoder(coding), []
    for start in range(0, len(body), piece):
        for part in decoder.slices(body[start : start + piece]):
            assert len(part) <= max(SLICE, piece)
            found.append(part)
    decoder.finish()
    return b"".join(found)


def raw_deflate(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("compress", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:])),
        ("deflate", raw_deflate(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstd.compress(TEXT)),
        ("zstd", zstd.compress(TEXT[:1000]) + zstd.compress(TEXT[1000:])),
    ],
    ids=itertools.count(),
)
def test_a_coding_is_taken_off(coding: str, body: bytes) -> None:
    assert decoded(coding, body) == TEXT


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(TEXT)[:50]),
        ("deflate", b"\xff\xff\xff"),
        ("br", b"\xff no brotli"),
        ("br", brotli.compress(TEXT)[:-10]),
        ("zstd", b"no zstd"),
        ("zstd", zstd.compress(TEXT)[:-10]),
        ("gzip, gzip", b""),
    ],
    ids=itertools.count(),
)
def test_what_is_not_of_its_coding_is_told(coding: str, body: bytes) -> None:
    with pytest.raises(UndecodableError):
        decoded(coding, body)
