"""Reads a response body in chunks: decompresses and counts it, up to a size limit. Knows no JSON."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO

import httpx

from tui.core.errors import BadAnswerError
from tui.core.limits import RAISE_LIMIT
from tui.core.progress import OnProgress, Receiving
from tui.core.yielding import Slice

ACCEPT_ENCODING = "gzip, deflate"

_PIECE = 1024 * 1024  # bytes to decompress at a time, so that a decompression bomb is noticed early
_GZIP, _ZLIB, _RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
_INCOMPLETE = "the answer is incomplete"


async def read_body(response: httpx.Response, limit: int, on_progress: OnProgress) -> bytes:
    """The decompressed body of a streamed response.

    Args:
        response: A response whose body has not been read.
        limit: The size limit in bytes, on the wire as well as decompressed.
        on_progress: Called for every chunk, with the bytes received on the wire.

    Raises:
        BadAnswerError: It is too long, ends early, is damaged, or has an encoding that was not requested.
        httpx.TimeoutException: The next bytes did not come in time.
    """
    unpack = _unpacker(response.headers.get("content-encoding", ""))
    total = _length(response.headers)
    _check_size(total or 0, limit)
    received, body, slice_ = 0, BytesIO(), Slice()
    on_progress(Receiving(0, total))
    try:
        async for chunk in response.aiter_raw():  # thousands of small chunks may arrive without a pause
            received += len(chunk)
            _check_size(received, limit)
            for piece in unpack.pieces(chunk):
                body.write(piece)
                _check_size(body.tell(), limit)
                await slice_.pause_when_over()
            on_progress(Receiving(received, total))
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        broken = type(error).__name__
    else:
        unpack.finish()
        return body.getvalue()
    raise BadAnswerError(f"{_INCOMPLETE}: the connection broke ({broken})", "try again")


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise BadAnswerError(f"the answer is longer than {limit:,} bytes", RAISE_LIMIT)


def _length(headers: httpx.Headers) -> int | None:
    """The announced length in bytes; None if chunked, whatever the headers say (RFC 9112, 6.3)."""
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and "transfer-encoding" not in headers else None


class _Plain:
    """An uncompressed body."""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk

    def finish(self) -> None:
        """Do nothing: httpx checks that an uncompressed body is complete."""


class _Inflater:
    """Decompresses a body in bounded chunks; accepts several gzip members (RFC 1952, 2.2)."""

    def __init__(self, wbits: int | None) -> None:
        self._wbits = wbits
        self._stream: zlib._Decompress | None = None

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Decompress a chunk.

        Raises:
            BadAnswerError: It is damaged, or other data follows its end.
        """
        piece = b""
        while chunk or len(piece) == _PIECE:  # a full piece: zlib may hold more output although all input is consumed
            stream = self._open(chunk)
            try:
                piece = stream.decompress(chunk, _PIECE)
            except zlib.error as error:
                raise BadAnswerError("the packed answer is damaged", "try again") from error
            yield piece
            chunk = stream.unconsumed_tail or stream.unused_data

    def finish(self) -> None:
        """Check that the compressed data is complete.

        Raises:
            BadAnswerError: It is not.
        """
        if self._stream is not None and not self._stream.eof:
            raise BadAnswerError(f"{_INCOMPLETE}: its packed data ends early", "try again")

    def _open(self, chunk: bytes) -> zlib._Decompress:
        if self._stream is None or (self._stream.eof and chunk):
            self._stream = zlib.decompressobj(self._wbits or _deflate_wbits(chunk))
        return self._stream


def _deflate_wbits(start: bytes) -> int:
    """“deflate” means the zlib format, whose first byte ends in 8 (RFC 1950, 2.2); some servers send raw deflate."""
    return _ZLIB if start[0] & 0x0F == 8 else _RAW


def _unpacker(encoding: str) -> _Plain | _Inflater:
    """The decoder for a ``Content-Encoding``.

    Raises:
        BadAnswerError: There are several encodings, or one that was not requested.
    """
    names = [name for part in encoding.lower().split(",") if (name := part.strip()) not in {"", "identity"}]
    if not names:
        return _Plain()
    if names in (["gzip"], ["x-gzip"]):
        return _Inflater(_GZIP)
    if names == ["deflate"]:
        return _Inflater(None)
    raise BadAnswerError("the answer is packed in a way that was not asked for", "check for a proxy in between")
