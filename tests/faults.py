"""A server that misbehaves as told, on a raw socket: what a well-kept HTTP server will not do.

It serves the network rows of the fault table; honest answers come from ``tui.demo``.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import trustme

JSON = {"Content-Type": "application/json"}


@dataclass
class Peer:
    """A client that has sent its request, of which the head is here."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: bytes

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self) -> None:
        """Wait until the client has closed its side, or broken the connection."""
        with suppress(ConnectionError):
            while await self.reader.read(65536):
                pass


Script = Callable[[Peer], Awaitable[None]]


def answer(
    body: bytes = b"", status: str = "200 OK", headers: Mapping[str, str] = JSON, length: int | None = None
) -> bytes:
    """The bytes of an HTTP answer; ``length`` is the Content-Length that it claims."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


def unmeasured(body: bytes = b"", *headers: str) -> bytes:
    """An answer that ends where the connection does."""
    head = ("HTTP/1.1 200 OK", "Content-Type: application/json", *headers, "Connection: close", "", "")
    return "\r\n".join(head).encode("latin-1") + body


def says(data: bytes) -> Script:
    """Sends the bytes and closes."""

    async def script(peer: Peer) -> None:
        await peer.say(data)

    return script


def stalls(after: bytes = b"") -> Script:
    """Sends the bytes, then nothing more until the client gives up."""

    async def script(peer: Peer) -> None:
        await peer.say(after)
        await peer.gone()

    return script


def drips(after: bytes = b"", every_s: float = 0.01) -> Script:
    """Sends the bytes, then a space now and then until the client gives up."""

    async def script(peer: Peer) -> None:
        await peer.say(after)
        leaving = asyncio.create_task(peer.gone())
        while not (await asyncio.wait([leaving], timeout=every_s))[0]:
            await peer.say(b" ")

    return script


def floods(after: bytes, chunk: bytes) -> Script:
    """Sends the bytes, then a chunk over and over until the client gives up."""

    async def script(peer: Peer) -> None:
        await peer.say(after)
        while True:
            await peer.say(chunk)

    return script


def resets(after: bytes = b"") -> Script:
    """Sends the bytes, then breaks the connection with a TCP reset."""

    async def script(peer: Peer) -> None:
        await peer.say(after)
        sock = peer.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.writer.transport.abort()

    return script


@dataclass
class FaultServer:
    """Follows one script per request, the last one for all that come after.

    Attributes:
        scripts: What to do.
        tls: A context to serve https with; None for plain http.
        requests: The heads of the requests that came, as bytes.
        left: Is set once a client has gone before its script was done, or the script has ended.
    """

    scripts: tuple[Script, ...]
    tls: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def following(cls, *scripts: Script, tls: ssl.SSLContext | None = None) -> Self:
        return cls(scripts, tls)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def base_url(self) -> str:
        return f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head)
            self.asked.set()
            script = self.scripts[min(len(self.requests), len(self.scripts)) - 1]
            await script(Peer(reader, writer, head))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has left, which is what some scripts wait for
        finally:
            self.left.set()
            writer.close()


def served_as(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """A server's TLS context with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
