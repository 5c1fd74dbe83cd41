"""Which way a request takes, by the variables that curl knows; and the whole way there over real sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import trustme

from tests.api.conftest import ClientOf, document
from tests.faults import FaultServer, answer, says, served_as
from tests.program import KEY, run
from tui.api.proxies import route_to
from tui.core.errors import ExitStatus, UnreachableError, UsageError

PROXY = "http://proxy.example:3128"


def is_exempt(host: str, entries: str) -> bool:
    environ = {"HTTPS_PROXY": PROXY, "NO_PROXY": entries}
    return route_to(httpx.URL(f"https://{host}/"), environ).proxy is None


@pytest.mark.parametrize(
    ("host", "entries"),
    [
        ("api.example", "api.example"),
        ("api.example", "other.example, api.example"),
        ("api.example", "other.example api.example"),
        ("api.example", "example"),
        ("api.example", ".example"),
        ("api.example", "*.example"),
        ("api.example", "API.Example."),
        ("api.example.", "api.example"),
        ("api.example", "*"),
        ("api.example", "api.example:443"),
        ("api.example:8443", "api.example:8443"),
        ("api.bücher.example", "bücher.example"),
        ("api.bücher.example", "xn--bcher-kva.example"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3", "10.0.0.0/8"),
        ("[::1]", "[::1]"),
        ("[::1]", "::1"),
        ("[::1]:8443", "[::1]:8443"),
        ("[::1]", "0:0:0:0:0:0:0:1"),
        ("[fd07:b51a::9]", "fd07:b51a::/32"),
        ("[fd07:b51a::9]", "[fd07:b51a::]/32"),
        ("api.example", "10.0.0.0/99,https://x/,xn--a,a..b,[::1,api.example"),
    ],
)
def test_an_exempt_host_uses_no_proxy(host: str, entries: str) -> None:
    assert is_exempt(host, entries)


@pytest.mark.parametrize(
    ("host", "entries"),
    [
        ("api.example", ""),
        ("api.example", " , ,"),
        ("api.example", "pi.example"),
        ("api.example", "api.example.org"),
        ("api.example", "api.example:8443"),
        ("10.1.2.3", "2.3"),
        ("10.1.2.3", "10.1.0.0/24"),
        ("10.1.2.3", "fd07::/16"),
        ("[fd07::1]", "[::1]"),
        ("api.example", "10.0.0.0/8"),
    ],
)
def test_any_other_host_uses_the_proxy(host: str, entries: str) -> None:
    assert not is_exempt(host, entries)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTP_PROXY": "http://a"}, None),
        ({"HTTPS_PROXY": "a:1"}, "http://a:1"),
        ({"HTTPS_PROXY": "http://a"}, "http://a:1080"),
        ({"HTTPS_PROXY": "http://a:80"}, "http://a"),
        ({"HTTPS_PROXY": "https://a"}, "https://a"),
        ({"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:1"}, "http://b:1"),
        ({"HTTPS_PROXY": "http://a:1", "https_proxy": " "}, "http://a:1"),
        ({"ALL_PROXY": "http://a:1", "HTTPS_PROXY": "http://b:1"}, "http://b:1"),
        ({"ALL_PROXY": "socks5h://a"}, "socks5h://a:1080"),
        ({"all_proxy": "socks://a:9"}, "socks5h://a:9"),
    ],
)
def test_variables_have_curls_precedence(environ: dict[str, str], expected: str | None) -> None:
    proxy = route_to(httpx.URL("https://api.example"), environ).proxy
    assert (None if proxy is None else str(proxy.url)) == expected


def test_plain_http_uses_no_proxy() -> None:
    assert route_to(httpx.URL("http://127.0.0.1:1"), {"ALL_PROXY": PROXY, "http_proxy": PROXY}).proxy is None


def test_a_socks_proxy_without_its_package_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.api.proxies.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="ALL_PROXY names a SOCKS proxy") as fault:
        route_to(httpx.URL("https://api.example"), {"ALL_PROXY": "socks5://user:secret@a"})
    assert "pip install" in fault.value.line()
    assert "secret" not in fault.value.line()


# --- the whole way ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    return served_as(authority.issue_cert("localhost"))


async def program(home: Path, base_url: str, **variables: str) -> tuple[int, str]:
    arguments = ("export", "c1", "--no-cache", "--base-url", base_url)
    told = await asyncio.to_thread(lambda: run(home, *arguments, stdin=b"", PYAI_API_KEY=KEY, **variables))
    return told.status, told.err.decode() or told.out.decode()


@pytest.mark.parametrize("entries", ["[::1],fd07:b51a:cc66:f0::/64,bücher.example,localhost", "[::1 localhost"])
async def test_exempt_requests_bypass_the_proxy(entries: str, tls: ssl.SSLContext, bundle: str, tmp_path: Path) -> None:
    async with (
        FaultServer.following(says(answer(b"", "403 No"))) as proxy,
        FaultServer.following(says(answer(document([{"role": "user", "text": "hello there"}]))), tls=tls) as server,
    ):
        variables = {"HTTPS_PROXY": proxy.base_url, "SSL_CERT_FILE": bundle}
        status, said = await program(tmp_path, server.base_url, NO_PROXY=entries, **variables)
        assert (status, proxy.requests) == (ExitStatus.DONE, [])
        assert "hello there" in said
        status, said = await program(tmp_path, server.base_url, NO_PROXY="fd07::/999", **variables)
        assert status == ExitStatus.UNREACHABLE
        assert "check HTTPS_PROXY (NO_PROXY: left out “fd07::/999”)" in said
        assert len(proxy.requests) > 0


async def test_proxy_connections_use_the_same_certificates_and_log_nothing(
    tls: ssl.SSLContext, bundle: str, tmp_path: Path
) -> None:
    log = tmp_path / "secrets"
    async with FaultServer.following(says(answer(b"", "403 No")), tls=tls) as proxy:
        variables = {"HTTPS_PROXY": proxy.base_url, "SSL_CERT_FILE": bundle, "SSLKEYLOGFILE": str(log)}
        status, said = await program(tmp_path, "https://api.example", **variables)
    assert status == ExitStatus.UNREACHABLE
    assert "the proxy would not connect to api.example (403 No)" in said
    assert not log.exists()


def socks_server(login: bytes | None) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """A SOCKS 5 server (RFC 1928, 1929) that leads every name to this machine; with a login, or without."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly((await reader.readexactly(2))[1])
        writer.write(b"\x05\x02" if login else b"\x05\x00")
        if login:
            assert await reader.readexactly(len(login)) == login
            writer.write(b"\x01\x00")
        assert await reader.readexactly(4) == b"\x05\x01\x00\x03"
        name = await reader.readexactly((await reader.readexactly(1))[0])
        assert name == b"omni.example"
        port = int.from_bytes(await reader.readexactly(2), "big")
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))

    return serve


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()


@pytest.mark.parametrize(
    ("scheme", "login"), [("socks5h", None), ("socks5", b"\x01\x04user\x06secret"), ("socks", None)]
)
async def test_a_socks_proxy_is_used(
    scheme: str, login: bytes | None, authority: trustme.CA, bundle: str, tmp_path: Path
) -> None:
    pytest.importorskip("socksio")
    served = served_as(authority.issue_cert("omni.example"))
    socks = await asyncio.start_server(socks_server(login), "127.0.0.1", 0)
    address = f"{'user:secret@' if login else ''}127.0.0.1:{socks.sockets[0].getsockname()[1]}"
    async with (
        socks,
        FaultServer.following(says(answer(document([{"role": "user", "text": "hello there"}]))), tls=served) as server,
    ):
        variables = {"ALL_PROXY": f"{scheme}://{address}", "SSL_CERT_FILE": bundle}
        status, said = await program(tmp_path, f"https://omni.example:{server.port}", **variables)
    assert (status, "hello there" in said) == (ExitStatus.DONE, True)


async def test_an_unreachable_socks_proxy_is_named(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("socksio")
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ALL_PROXY", f"socks5h://user:secret@127.0.0.1:{reserved.getsockname()[1]}")
        async with client_of("https://api.example") as client:
            with pytest.raises(UnreachableError, match=r"the proxy for api\.example cannot be reached") as fault:
                await client.transcript("c1")
    assert "ALL_PROXY" in fault.value.line()
    assert "secret" not in fault.value.line()


@pytest.mark.parametrize("value", ["http://secret@x:99999", "http://xn--a", "socks4://secret@x", "http://"])
def test_an_invalid_proxy_exits_with_2(value: str, tmp_path: Path) -> None:
    told = run(tmp_path, "export", "c1", "--base-url", "https://api.example", PYAI_API_KEY=KEY, HTTPS_PROXY=value)
    assert told.status == ExitStatus.USAGE
    assert "HTTPS_PROXY" in told.line
    assert "secret" not in told.line
