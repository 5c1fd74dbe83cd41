"""What a packed body unpacks to comes in pieces that are bounded, however small the packed chunk was."""

from __future__ import annotations

import gzip
import zlib

import pytest

from tui.api.body import _unpacker

PIECE = 2**20
ZEROS = bytes(20 * 2**20)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", gzip.compress(ZEROS)), ("x-gzip", gzip.compress(ZEROS) * 2), ("deflate", zlib.compress(ZEROS))],
)
def test_a_bomb_is_decompressed_a_mebibyte_at_a_time(encoding: str, packed: bytes) -> None:
    unpack = _unpacker(encoding)
    sizes = [len(piece) for piece in unpack.pieces(packed)]
    unpack.finish()
    assert sum(sizes) == len(ZEROS) * (2 if encoding == "x-gzip" else 1)
    assert max(sizes) <= PIECE
