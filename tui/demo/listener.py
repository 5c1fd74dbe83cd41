"""The demo's HTTP/1.1 server on loopback, with keep-alive and compression. ``contract`` answers.

``http.server`` is slow to import, so ``server`` imports this module only when a server is created.
"""

from __future__ import annotations

import gzip
import socket
import socketserver
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tui.demo.answers import GatewayError, HttpAnswer

if TYPE_CHECKING:
    from tui.demo.contract import Contract

_HOST = "127.0.0.1"
_COMPRESS_FROM_BYTES = 4096
_WAKE_S = 1.0
"""How long closing waits at most for the thread that serves."""


class Listener(ThreadingHTTPServer):
    """Listens on loopback, with one thread per connection.

    Args:
        port: The port; 0 for any that is free.
        delay_s: The delay of every answer in seconds.

    Raises:
        OSError: The port is unavailable.
        OverflowError: The port number is invalid.
    """

    daemon_threads = True
    contract: Contract

    def __init__(self, port: int, delay_s: float) -> None:
        self._delay_s = delay_s
        self._closing, self._ended = threading.Event(), threading.Event()
        self._connections: set[socket.socket] = set()
        super().__init__((_HOST, port), _Handler)

    @property
    def base_url(self) -> str:
        """The server's address, without a trailing slash."""
        return f"http://{_HOST}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without the host name lookup of ``HTTPServer``, which may hang."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()

    def serve(self, contract: Contract) -> None:
        """Serve requests until ``close`` is called from another thread."""
        self.contract = contract
        while not self._closing.is_set():
            self.handle_request()  # sleeps until somebody connects: an idle server takes no time
        self._ended.set()

    def close(self) -> None:
        """Stop, and close all connections."""
        self._closing.set()
        with suppress(OSError), socket.create_connection((_HOST, self.server_port), _WAKE_S):
            self._ended.wait(_WAKE_S)
        self.server_close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def closes_before_answering(self) -> bool:
        """Wait for the delay of answers; returns whether the server was closed meanwhile."""
        return self._closing.wait(self._delay_s)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether to serve a connection: not the one by which ``close`` wakes the server."""
        return not self._closing.is_set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Record the connection, and serve it in a thread."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection, and drop its record."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect or cannot be served: the screen is drawn on standard error."""
        if not isinstance(sys.exception(), OSError | RuntimeError):  # RuntimeError: no more threads
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Speaks HTTP with one client."""

    server: Listener
    protocol_version = "HTTP/1.1"
    server_version = "omni-transcripts-demo"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # send head and body together
    timeout = 60

    def do_GET(self) -> None:
        """Answer a request."""
        if self.server.closes_before_answering():
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.contract.answer(self.path, headers)
        self._send(_compressed(answer, headers.get("accept-encoding", "")))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse requests that do not reach the contract: invalid ones, and methods other than GET."""
        headers = {"Connection": "close"}  # an unread body may follow
        if code == HTTPStatus.NOT_IMPLEMENTED:  # ``http.server``'s status for a method without a handler
            refusal = GatewayError(405, "method_not_allowed", "Only GET is known here.")
            headers["Allow"] = "GET"
        else:
            refusal = GatewayError(code, "bad_request", message or HTTPStatus(code).phrase)
        answer = self.server.contract.refusal(refusal)
        self._send(replace(answer, headers={**answer.headers, **headers}))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Log nothing: the screen is drawn on standard error."""

    def _send(self, answer: HttpAnswer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)


def _compressed(answer: HttpAnswer, accept_encoding: str) -> HttpAnswer:
    """Compress the answer with gzip if the client accepts it and the answer is large enough."""
    if len(answer.body) < _COMPRESS_FROM_BYTES or not _takes_gzip(accept_encoding):
        return answer
    headers = {**answer.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return replace(answer, body=gzip.compress(answer.body, compresslevel=1), headers=headers)


def _takes_gzip(accept_encoding: str) -> bool:
    for offer in accept_encoding.lower().split(","):
        name, _, weight = offer.replace(" ", "").partition(";q=")
        if name == "gzip":
            return (weight or "1").strip("0.") != ""
    return False
