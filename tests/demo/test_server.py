"""The demo server as a server: connections, compression, its beginning and its end."""

import gzip
import http.client
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest

from tui.core.errors import UsageError
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer

KEY = {"x-api-key": DEMO_KEY}
TRANSCRIPT = "/v1/omni/calls/call_large_300/transcript"


def connect(server: DemoServer) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=10)


def fetch(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=KEY | names)
    response = connection.getresponse()
    return response, response.read()


def test_one_connection_carries_many_requests_and_every_answer_has_its_length(server: DemoServer) -> None:
    connection = connect(server)
    connection.connect()
    carrier = connection.sock
    for path in ("/v1/me", "/v1/nothing", TRANSCRIPT, "/v1/omni/calls/call_demo_booking/recording", "/v1/me"):
        response, body = fetch(connection, path)
        assert response.version == 11
        assert response.headers["Content-Length"] == str(len(body))
        assert connection.sock is carrier
    connection.close()


@pytest.mark.parametrize("accepted", ["gzip", "deflate, GZIP;q=0.5", "br, gzip ; q=1.0"])
def test_a_large_answer_is_compressed_on_request(server: DemoServer, accepted: str) -> None:
    connection = connect(server)
    plain, document = fetch(connection, TRANSCRIPT)
    packed, body = fetch(connection, TRANSCRIPT, Accept_Encoding=accepted)
    connection.close()
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(body))
    assert gzip.decompress(body) == document


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "gzip; q=0.0", "x-gzipped", "br, *;q=0"])
def test_gzip_is_sent_only_on_request(server: DemoServer, accepted: str) -> None:
    connection = connect(server)
    response, _ = fetch(connection, TRANSCRIPT, Accept_Encoding=accepted)
    connection.close()
    assert response.headers["Content-Encoding"] is None


def test_a_small_answer_is_not_compressed(server: DemoServer) -> None:
    connection = connect(server)
    response, _ = fetch(connection, "/v1/me", Accept_Encoding="gzip")
    connection.close()
    assert response.headers["Content-Encoding"] is None


def test_head_is_refused_without_a_body(server: DemoServer) -> None:
    connection = connect(server)
    connection.request("HEAD", "/v1/me", headers=KEY)
    response = connection.getresponse()
    assert (response.status, response.read()) == (405, b"")


@pytest.mark.parametrize(
    "request_line",
    [b"GET /v1/me HTTP/x", b"not a request at all", b"GET /v1/me HTTP/9.9", b"GET /" + b"x" * 66_000],
    ids=["no such version", "words", "unknown version", "too long"],
)
def test_an_invalid_request_gets_an_error_answer(server: DemoServer, request_line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(server.base_url).port or 0), timeout=10) as raw:
        raw.sendall(request_line + b"\r\n\r\n")
        assert b'"code": "bad_request"' in b"".join(iter(lambda: raw.recv(65_536), b""))
    connection = connect(server)
    assert fetch(connection, "/v1/me")[0].status == 200
    connection.close()


def test_every_request_target_is_handled(server: DemoServer) -> None:
    connection = connect(server)
    for target in (
        "*",
        "//[",
        "http://127.0.0.1/v1/me",
        "/%ff%00%2e%2e/?%ff&&==",
        "/v1/omni/calls/%ed%a0%80",
    ):
        response, _ = fetch(connection, target)
        assert response.status == 404, target
    connection.close()


def test_closing_drops_idle_connections() -> None:
    with DemoServer() as server:
        connection = connect(server)
        fetch(connection, "/v1/me")
    assert connection.sock.recv(1) == b""
    connection.close()


def test_closing_does_not_wait_for_delayed_answers() -> None:
    with DemoServer(delay_s=3600) as server:
        connection = connect(server)
        connection.request("GET", "/v1/me", headers=KEY)
        begin = time.monotonic()
    assert time.monotonic() - begin < 1
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()
    connection.close()


def test_closing_twice_is_allowed_and_frees_the_port() -> None:
    before = set(threading.enumerate())
    with DemoServer() as server:
        port = urlsplit(server.base_url).port or 0
    server.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
    assert set(threading.enumerate()) <= before


def test_answers_are_delayed_as_requested() -> None:
    with DemoServer(delay_s=0.05) as server:
        connection = connect(server)
        begin = time.monotonic()
        assert fetch(connection, "/v1/me")[0].status == 200
        assert time.monotonic() - begin >= 0.05
        connection.close()


def test_a_port_in_use_is_reported_on_one_line(server: DemoServer) -> None:
    port = urlsplit(server.base_url).port or 0
    with pytest.raises(UsageError) as caught:
        DemoServer(port)
    assert caught.value.line() == f"cannot listen on port {port}: Address already in use – choose another, or 0 for any"


@pytest.mark.parametrize("port", [-1, 65_536])
def test_an_invalid_port_is_reported_on_one_line(port: int) -> None:
    with pytest.raises(UsageError, match=f"cannot listen on port {port}: no such port"):
        DemoServer(port)


def test_the_server_writes_nothing_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with DemoServer() as server:
        connection = connect(server)
        fetch(connection, "/v1/nothing")
        connection.request("GET", "/v1/me", headers=KEY)
        connection.close()
    assert capfd.readouterr() == ("", "")


def test_listing_samples_imports_no_server() -> None:
    code = (
        "import sys, tui.demo.calls, tui.demo.server; "
        "print({'http.server', 'httpx', 'textual', 'pydantic', 'tui.demo.large'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
