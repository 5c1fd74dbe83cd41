"""The body of an answer: read by pieces, decompressed and counted, never above a bound. Knows no JSON."""

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

_PIECE = 1024 * 1024  # bytes to decompress at a time: a bomb is noticed before it has gone off
_GZIP, _ZLIB, _RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
_INCOMPLETE = "the answer is incomplete"


async def read_body(response: httpx.Response, limit: int, on_progress: OnProgress) -> bytes:
    """The decompressed body of a streamed response.

    Args:
        response: A response whose body was not read yet.
        limit: The most bytes that are taken, on the wire as well as decompressed.
        on_progress: Is told of every piece, in bytes on the wire.

    Raises:
        BadAnswerError: It is too long, ends early, is damaged, or is packed in a way that was not asked for.
        httpx.TimeoutException: The next bytes did not come in time.
    """
    unpack = _unpacker(response.headers.get("content-encoding", ""))
    total = _length(response.headers)
    _check_size(total or 0, limit)
    received, body, slice_ = 0, BytesIO(), Slice()
    on_progress(Receiving(0, total))
    try:
        async for chunk in response.aiter_raw():  # thousands of small ones may come without a pause
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
        raise BadAnswerError(
            f"the answer is longer than {limit:,} bytes",
            RAISE_LIMIT,
        )


def _length(headers: httpx.Headers) -> int | None:
    """How many bytes will come over the wire; none if chunked, whatever its headers (RFC 9112, 6.3)."""
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and "transfer-encoding" not in headers else None


class _Plain:
    """A body that is not packed."""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk

    def finish(self) -> None:
        """Nothing tells a plain body's end but the connection, which is watched elsewhere."""


class _Inflater:
    """A packed body, a bounded piece at a time; gzip members may follow each other (RFC 1952, 2.2)."""

    def __init__(self, wbits: int | None) -> None:
        self._wbits = wbits
        self._stream: zlib._Decompress | None = None

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk unpacks to.

        Raises:
            BadAnswerError: It is damaged, or something else follows the end.
        """
        piece = b""
        while chunk or len(piece) == _PIECE:  # a full piece: more may be waiting inside, though all input is used up
            stream = self._open(chunk)
            try:
                piece = stream.decompress(chunk, _PIECE)
            except zlib.error as error:
                raise BadAnswerError("the packed answer is damaged", "try again") from error
            yield piece
            chunk = stream.unconsumed_tail or stream.unused_data

    def finish(self) -> None:
        """Check that the packed data has come to its own end.

        Raises:
            BadAnswerError: It has not.
        """
        if self._stream is not None and not self._stream.eof:
            raise BadAnswerError(f"{_INCOMPLETE}: its packed data ends early", "try again")

    def _open(self, chunk: bytes) -> zlib._Decompress:
        if self._stream is None or (self._stream.eof and chunk):
            self._stream = zlib.decompressobj(self._wbits or _deflate_wbits(chunk))
        return self._stream


def _deflate_wbits(start: bytes) -> int:
    """“deflate” means zlib's frame, whose first byte ends in 8 (RFC 1950, 2.2); some servers send it bare."""
    return _ZLIB if start[0] & 0x0F == 8 else _RAW


def _unpacker(encoding: str) -> _Plain | _Inflater:
    """What undoes a ``Content-Encoding``.

    Raises:
        BadAnswerError: There are several, one in the other, or it is none of those that were asked for.
    """
    names = [name for part in encoding.lower().split(",") if (name := part.strip()) not in {"", "identity"}]
    if not names:
        return _Plain()
    if names in (["gzip"], ["x-gzip"]):
        return _Inflater(_GZIP)
    if names == ["deflate"]:
        return _Inflater(None)
    raise BadAnswerError("the answer is packed in a way that was not asked for", "check for a proxy in between")
