"""Whose certificates are trusted, the whole way; that nothing writes down what is sent; and who is this machine."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import pytest
import trustme

from tests.api.conftest import ClientOf, document
from tests.faults import FaultServer, answer, says, served_as
from tests.program import KEY
from tests.test_key import run
from tui.core.errors import ExitStatus, UsageError

SYSTEMS = """
import ssl, certifi, truststore._openssl, tui.api.certificates
ssl.get_default_verify_paths = lambda: ssl.DefaultVerifyPaths(None, None, "", "", "", "")
truststore._openssl._CA_FILE_CANDIDATES = [{store!r}]
tui.api.certificates._SYSTEM_STORES = ({store!r},)
certifi.where = lambda: {certifis!r}
"""
"""A machine with a store of its own, and what certifi knows."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def company(authority: trustme.CA, tmp_path: Path) -> str:
    """A file with the company's own authority."""
    path = tmp_path / "company.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def others(tmp_path: Path) -> str:
    path = tmp_path / "others.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    return served_as(authority.issue_cert("localhost"))


async def status_of(before: str, tls: ssl.SSLContext, home: Path, **variables: str) -> int:
    async with FaultServer.following(says(answer(document([{"role": "user", "text": "hello"}]))), tls=tls) as server:
        arguments = ("export", "c1", "--no-cache", "--base-url", server.base_url)
        variables = {"PYAI_API_KEY": KEY, **variables}
        return (await asyncio.to_thread(run, home, before, variables, *arguments)).returncode


async def test_the_system_store_is_trusted(tls: ssl.SSLContext, company: str, others: str, tmp_path: Path) -> None:
    assert await status_of(SYSTEMS.format(store=company, certifis=others), tls, tmp_path) == ExitStatus.DONE


async def test_certifi_is_not_trusted_if_the_system_has_a_store(
    tls: ssl.SSLContext, company: str, others: str, tmp_path: Path
) -> None:
    assert await status_of(SYSTEMS.format(store=others, certifis=company), tls, tmp_path) == ExitStatus.UNREACHABLE


@pytest.mark.parametrize("missing", ["store", "package"])
async def test_without_a_system_store_certifi_is_trusted(
    missing: str, tls: ssl.SSLContext, company: str, others: str, tmp_path: Path
) -> None:
    before = SYSTEMS.format(store="/nowhere" if missing == "store" else others, certifis=company)
    if missing == "package":
        before += "import sys\nsys.modules['truststore'] = None"
    assert await status_of(before, tls, tmp_path) == ExitStatus.DONE


async def test_a_variable_overrides_the_system(tls: ssl.SSLContext, company: str, others: str, tmp_path: Path) -> None:
    before = SYSTEMS.format(store=others, certifis=others)
    assert await status_of(before, tls, tmp_path, SSL_CERT_FILE=company) == ExitStatus.DONE
    before = SYSTEMS.format(store=company, certifis=company)
    assert await status_of(before, tls, tmp_path, SSL_CERT_FILE=others) == ExitStatus.UNREACHABLE


@pytest.mark.parametrize("by", ["variable", "system", "certifi"])
async def test_connection_secrets_are_not_logged(by: str, tls: ssl.SSLContext, company: str, tmp_path: Path) -> None:
    log = tmp_path / "secrets"
    store = company if by == "system" else "/nowhere"
    named = {"SSL_CERT_FILE": company} if by == "variable" else {}
    before = SYSTEMS.format(store=store, certifis=company)
    assert await status_of(before, tls, tmp_path, SSLKEYLOGFILE=str(log), **named) == ExitStatus.DONE
    assert not log.exists()


def address_of_this_machine() -> str:
    """One that others can reach."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            pytest.skip("this machine has no network")
        return str(probe.getsockname()[0])


async def test_plain_http_to_another_machine_sends_nothing(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = address_of_this_machine()
    heard = list[bytes]()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest, **more: look_up(address, *rest, **more))
    server = await asyncio.start_server(listen, "0.0.0.0", 0)
    async with server, client_of(f"http://localhost:{server.sockets[0].getsockname()[1]}") as client:
        with pytest.raises(UsageError, match=f"leads to {address}, which is another machine"):
            await client.transcript("c1")
        await asyncio.sleep(0)
    assert b"".join(heard) == b""
