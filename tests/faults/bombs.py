# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small bodies that stand for 10 GiB of zeros. They are put together from repeated blocks: nobody compresses 10 GiB."""

import struct
import zlib

import brotli

SIZE = 10 * 1024**3
MIB = 1024**2


def gzip_bomb() -> bytes:
    """About 10 MiB: deflate cannot do better than 1 to 1,032."""
    return bytes.fromhex("1f8b0800000000000003") + _deflate_blocks()


def deflate_bomb() -> bytes:
    """The same with the wrapper of zlib (RFC 1950)."""
    return b"\x78\x9c" + _deflate_blocks()


def _deflate_blocks() -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    stream.compress(bytes(MIB))
    stream.flush(zlib.Z_FULL_FLUSH)
    block = stream.compress(bytes(MIB)) + stream.flush(zlib.Z_FULL_FLUSH)
    return block * (SIZE // MIB)


def zstd_bomb() -> bytes:
    """320 KiB: a frame (RFC 8878) of blocks that each say “128 KiB of this byte”."""
    size = 128 * 1024
    header = struct.pack("<I", 0xFD2FB528) + bytes([0x00, 7 << 3])
    block = (size << 3 | 1 << 1).to_bytes(3, "little") + b"\x00"
    last = (size << 3 | 1 << 1 | 1).to_bytes(3, "little") + b"\x00"
    return header + block * (SIZE // size - 1) + last


def brotli_bomb() -> bytes:
    """1 GiB: brotli has to be made, and is well above what is decoded of any answer."""
    stream = brotli.Compressor(quality=1)
    return b"".join(stream.process(bytes(16 * MIB)) for _ in range(64)) + stream.finish()
