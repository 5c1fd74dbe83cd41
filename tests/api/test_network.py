"""The network rows of the fault table, over real sockets."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import os
import random
import socket
import ssl
import stat
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
import trustme

from tests.api.conftest import ClientOf, Pauses, document
from tests.faults import (
    JSON,
    FaultServer,
    Script,
    answer,
    drips,
    floods,
    resets,
    says,
    served_as,
    stalls,
    unmeasured,
)
from tui.api.errors import TransientError
from tui.core.errors import BadAnswerError, OmniError, UnreachableError
from tui.core.progress import Progress, Receiving

MIB = 1024 * 1024
WHOLE = document([{"role": "user", "text": str(random.Random(i).random())} for i in range(2000)])


def packed(encoding: str, data: bytes) -> bytes:
    return answer(data, headers={**JSON, "Content-Encoding": encoding})


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def bomb(of_mib: int) -> bytes:
    """A few kB of gzip that unpack to so many MiB; in members, as that is quick to make."""
    return gzip.compress(b" " * (8 * MIB)) * (of_mib // 8)


@pytest.mark.parametrize(
    "data",
    [
        answer(WHOLE),
        unmeasured(WHOLE),
        packed("gzip", gzip.compress(WHOLE)),
        packed("x-gzip", gzip.compress(WHOLE)),
        packed("GZIP, identity", gzip.compress(WHOLE)),
        packed("gzip", gzip.compress(WHOLE[:999]) + gzip.compress(WHOLE[999:])),
        packed("deflate", zlib.compress(WHOLE)),
        packed("deflate", bare_deflate(WHOLE)),
        packed("identity", WHOLE),
        unmeasured(gzip.compress(WHOLE), "Content-Encoding: gzip"),
    ],
)
async def test_every_encoding_gives_the_same_body(data: bytes, client_of: ClientOf) -> None:
    async with FaultServer.following(says(data)) as server, client_of(server.base_url) as client:
        assert (await client.transcript("c1")).source == WHOLE


async def test_a_compressed_body_of_many_chunks_is_whole(client_of: ClientOf) -> None:
    body = document([{"role": "user", "text": "a" * (5 * MIB)}])
    data = packed("gzip", gzip.compress(body))
    async with FaultServer.following(says(data)) as server, client_of(server.base_url) as client:
        assert (await client.transcript("c1")).source == body


async def test_progress_counts_bytes_on_the_wire(client_of: ClientOf) -> None:
    wire, seen = gzip.compress(WHOLE), list[Progress]()
    async with (
        FaultServer.following(says(packed("gzip", wire))) as server,
        client_of(server.base_url) as client,
    ):
        await client.transcript("c1", seen.append)
    assert seen[-1] == Receiving(len(wire), len(wire))


async def test_a_body_without_length_has_no_total(client_of: ClientOf) -> None:
    seen = list[Progress]()
    async with FaultServer.following(says(unmeasured(WHOLE))) as server, client_of(server.base_url) as client:
        await client.transcript("c1", seen.append)
    assert seen[-1] == Receiving(len(WHOLE), None)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "script",
    [
        says(answer(WHOLE[:500], length=len(WHOLE))),
        says(answer(WHOLE, length=len(WHOLE) + 1)),
        says(answer(WHOLE, length=len(WHOLE) - 1)),
        says(unmeasured(WHOLE[:500])),
        says(CHUNKED + b"5\r\n[1,2,\r\n"),
        says(CHUNKED + b"fff\r\n[1,2,"),
        says(CHUNKED + b"zz\r\n[]"),
        says(packed("gzip", gzip.compress(WHOLE)[:-9])),
        says(packed("gzip", gzip.compress(WHOLE)[:500])),
        says(packed("deflate", bare_deflate(WHOLE)[:-9])),
        says(unmeasured(gzip.compress(WHOLE)[:500], "Content-Encoding: gzip")),
        resets(answer(WHOLE[:500], length=len(WHOLE))),
    ],
)
async def test_a_body_that_ends_early_is_incomplete(script: Script, client_of: ClientOf) -> None:
    async with FaultServer.following(script) as server, client_of(server.base_url) as client:
        with pytest.raises(BadAnswerError, match="incomplete"):
            await client.transcript("c1")


@pytest.mark.parametrize(
    ("encoding", "data", "said"),
    [
        ("gzip", b"this is no gzip", "damaged"),
        ("gzip", gzip.compress(WHOLE) + b"garbage behind it", "damaged"),
        ("gzip", gzip.compress(WHOLE)[:-8] + b"12345678", "damaged"),
        ("gzip", b"", "empty"),
        ("gzip", gzip.compress(b""), "empty"),
        ("gzip, gzip", gzip.compress(gzip.compress(WHOLE)), "not asked for"),
        ("gzip, deflate", gzip.compress(WHOLE), "not asked for"),
        ("br", b"x", "not asked for"),
        ("zstd", b"x", "not asked for"),
        ("x" * 500, b"x", "not asked for"),
    ],
)
async def test_a_body_that_cannot_be_decompressed_is_refused(
    encoding: str, data: bytes, said: str, client_of: ClientOf
) -> None:
    async with (
        FaultServer.following(says(packed(encoding, data))) as server,
        client_of(server.base_url) as client,
    ):
        with pytest.raises(BadAnswerError, match=said):
            await client.transcript("c1")


@pytest.mark.parametrize(
    "script",
    [
        says(answer(b"x" * 2000)),
        says(answer(b"", length=10**18)),
        floods(unmeasured(), b" " * 500),
        floods(CHUNKED, b"1f4\r\n" + b" " * 500 + b"\r\n"),
        says(packed("gzip", gzip.compress(b" " * 100_000))),
        floods(unmeasured(b"", "Content-Encoding: gzip"), gzip.compress(b"")),
    ],
)
async def test_a_body_beyond_the_limit_stops_at_it(script: Script, client_of: ClientOf) -> None:
    async with (
        FaultServer.following(script) as server,
        client_of(server.base_url, max_body_bytes=1000) as client,
    ):
        with pytest.raises(BadAnswerError, match="longer than 1,000 bytes"):
            await client.transcript("c1")
        await asyncio.wait_for(server.left.wait(), 5)
    assert len(server.requests) == 1


async def test_a_body_of_exactly_the_limit_is_accepted(client_of: ClientOf) -> None:
    for data in (answer(WHOLE), packed("gzip", gzip.compress(WHOLE))):
        async with (
            FaultServer.following(says(data)) as server,
            client_of(server.base_url, max_body_bytes=len(WHOLE)) as client,
        ):
            assert (await client.transcript("c1")).source == WHOLE


async def test_a_bomb_costs_less_than_100_mb(client_of: ClientOf) -> None:
    data = packed("gzip", bomb(of_mib=256))
    async with FaultServer.following(says(data)) as server, client_of(server.base_url) as client:
        tracemalloc.start()
        try:
            with pytest.raises(BadAnswerError, match="longer than"):
                await client.transcript("c1")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 100_000_000


@pytest.mark.parametrize(
    ("script", "deadline"),
    [
        (stalls(), {"read_s": 0.05}),
        (stalls(answer(b"", length=100)), {"read_s": 0.05}),
        (stalls(answer(WHOLE[:500], length=len(WHOLE))), {"read_s": 0.05}),
        (drips(answer(b"", length=10**6)), {"attempt_s": 0.1}),
        (drips(b"HTTP/1.1 200 OK\r\nX-Slow: "), {"attempt_s": 0.1}),
    ],
)
async def test_a_slow_answer_meets_a_deadline_and_two_more_attempts(
    script: Script, deadline: dict[str, float], client_of: ClientOf, pauses: Pauses
) -> None:
    async with FaultServer.following(script) as server, client_of(server.base_url, **deadline) as client:
        with pytest.raises(TransientError, match="in time"):
            await client.transcript("c1")
    assert (len(server.requests), len(pauses)) == (3, 2)


async def test_the_overall_deadline_ends_all_attempts(client_of: ClientOf) -> None:
    async with (
        FaultServer.following(drips(answer(b"", length=10**6))) as server,
        client_of(server.base_url, overall_s=0.1) as client,
    ):
        with pytest.raises(UnreachableError, match=r"0\.1 s in all"):
            await client.transcript("c1")
    assert len(server.requests) == 1


async def test_a_server_that_never_accepts_meets_a_deadline(client_of: ClientOf) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        async with client_of(f"http://127.0.0.1:{deaf.getsockname()[1]}", connect_s=0.05, read_s=0.05) as client:
            with pytest.raises(TransientError, match="in time"):
                await client.transcript("c1")


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_a_flood_of_tiny_chunks_does_not_block_the_loop(encoding: str, client_of: ClientOf) -> None:
    document = b'{"transcript": "' + b"x" * 60_000 + b'"}'
    if encoding == "gzip":
        document = gzip.compress(document, 0)
    head = unmeasured(b"", "Transfer-Encoding: chunked", f"Content-Encoding: {encoding}")
    flood = head + b"".join(b"1\r\n%c\r\n" % byte for byte in document) + b"0\r\n\r\n"
    longest_s, last_s, done = 0.0, time.thread_time(), False

    async def go_round() -> None:
        nonlocal longest_s, last_s
        while not done:
            longest_s, last_s = max(longest_s, time.thread_time() - last_s), time.thread_time()
            await asyncio.sleep(0)

    async with FaultServer.following(says(flood)) as server, client_of(server.base_url) as client:
        rounds = asyncio.create_task(go_round())
        transcript = await client.transcript("c1")
        done = True
        await rounds
    assert len(transcript.plain or "") == 60_000
    assert longest_s < 0.15


@pytest.mark.parametrize("after", [b"", answer(b"", length=100), answer(b"", "401 X", length=100)])
async def test_cancelling_closes_the_connection_at_once(after: bytes, client_of: ClientOf) -> None:
    async with FaultServer.following(stalls(after)) as server, client_of(server.base_url) as client:
        fetch = asyncio.create_task(client.transcript("c1"))
        await asyncio.wait_for(server.asked.wait(), 5)
        fetch.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(fetch, 0.2)
        await asyncio.wait_for(server.left.wait(), 0.2)
    assert len(server.requests) == 1


async def test_concurrent_fetches_are_independent(client_of: ClientOf) -> None:
    async with (
        FaultServer.following(stalls(), says(answer(document(call_id="c2")))) as server,
        client_of(server.base_url) as client,
    ):
        first = asyncio.create_task(client.transcript("c1"))
        await asyncio.wait_for(server.asked.wait(), 5)
        assert (await client.transcript("c2")).call_id == "c2"
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first


async def test_a_refusal_whose_body_stalls_is_still_a_refusal(client_of: ClientOf) -> None:
    stalled = stalls(answer(b"", "401 X", length=100))
    async with FaultServer.following(stalled) as server, client_of(server.base_url, read_s=0.05) as client:
        with pytest.raises(OmniError, match="not accepted"):
            await client.transcript("c1")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (resets(), "reset"),
        (says(b""), "closed the connection"),
        (says(b"SSH-2.0-OpenSSH_9\r\n"), "closed the connection"),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n"), "closed the connection"),
        (says(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500_000), "closed the connection"),
    ],
)
async def test_a_broken_connection_is_retried_and_named(script: Script, said: str, client_of: ClientOf) -> None:
    async with FaultServer.following(script) as server, client_of(server.base_url) as client:
        with pytest.raises(TransientError, match=said):
            await client.transcript("c1")
    assert len(server.requests) == 3


async def test_a_broken_connection_is_replaced(client_of: ClientOf) -> None:
    async with (
        FaultServer.following(resets(), says(answer(WHOLE))) as server,
        client_of(server.base_url) as client,
    ):
        assert (await client.transcript("c1")).source == WHOLE


async def test_a_refused_connection_is_named(client_of: ClientOf, pauses: Pauses) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        async with client_of(f"http://127.0.0.1:{reserved.getsockname()[1]}") as client:
            with pytest.raises(TransientError, match="the connection was refused"):
                await client.transcript("c1")
    assert len(pauses) == 2


async def test_an_unknown_name_is_named(client_of: ClientOf) -> None:
    async with client_of("https://no-such-host.invalid") as client:
        with pytest.raises(
            TransientError, match=r"no-such-host\.invalid cannot be reached: its name could not be looked up"
        ):
            await client.transcript("c1")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the test's authority the one that the environment names."""
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))


@pytest.mark.usefixtures("trusted")
async def test_https_works_with_a_ca_from_the_environment(authority: trustme.CA, client_of: ClientOf) -> None:
    tls = served_as(authority.issue_cert("localhost"))
    async with (
        FaultServer.following(says(answer(WHOLE)), tls=tls) as server,
        client_of(server.base_url) as client,
    ):
        assert (await client.transcript("c1")).source == WHOLE


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("name", "years", "said"),
    [
        ("localhost", (2000, 2001), "has expired"),
        ("localhost", (2090, 2091), "is not valid yet"),
        ("elsewhere.example", (2000, 2090), "is for another host"),
    ],
)
async def test_a_bad_certificate_is_named(
    name: str, years: tuple[int, int], said: str, authority: trustme.CA, client_of: ClientOf
) -> None:
    begin, end = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in years)
    certificate = authority.issue_cert(name, not_before=begin, not_after=end)
    server = FaultServer.following(says(b""), tls=served_as(certificate))
    async with server, client_of(server.base_url) as client:
        with pytest.raises(UnreachableError, match=rf"the certificate of localhost:\d+ {said}"):
            await client.transcript("c1")
    assert server.requests == []


async def test_an_untrusted_certificate_is_named(client_of: ClientOf, pauses: Pauses) -> None:
    tls = served_as(trustme.CA().issue_cert("localhost"))
    async with FaultServer.following(says(b""), tls=tls) as server, client_of(server.base_url) as client:
        with pytest.raises(UnreachableError, match="comes from an authority that is not trusted"):
            await client.transcript("c1")
    assert pauses == []


async def test_a_self_signed_certificate_is_named(client_of: ClientOf, tmp_path: Path) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (tmp_path / "pair.pem").write_bytes(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
    tls.load_cert_chain(tmp_path / "pair.pem")
    async with FaultServer.following(says(b""), tls=tls) as server, client_of(server.base_url) as client:
        with pytest.raises(UnreachableError, match="is self-signed"):
            await client.transcript("c1")


async def test_https_to_a_plain_server_is_named(client_of: ClientOf) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    mail = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = mail.sockets[0].getsockname()[1]
    async with mail, client_of(f"https://localhost:{port}") as client:
        with pytest.raises(UnreachableError, match=r"no secure connection to localhost:\d+ \(wrong version number\)"):
            await client.transcript("c1")


async def test_an_unreachable_proxy_is_named(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{reserved.getsockname()[1]}")
        async with client_of("https://api.example") as client:
            with pytest.raises(TransientError, match=r"the proxy for api\.example cannot be reached: .*refused"):
                await client.transcript("c1")


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"])
async def test_a_refusing_proxy_is_named(status: str, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer.following(says(answer(b"", status))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{proxy.port}")
        async with client_of("https://api.example") as client:
            with pytest.raises(UnreachableError, match="the proxy would not connect to api") as fault:
                await client.transcript("c1")
    assert proxy.requests[0].startswith(b"CONNECT api.example:443 ")
    assert b"pyai_test" not in proxy.requests[0]
    assert status[4:] in fault.value.line()
    assert "secret" not in fault.value.line()


async def test_tls_errors_behind_a_proxy_name_the_host(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer.following(says(b"HTTP/1.1 200 Connected\r\n\r\n220 mail.example\r\n")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.base_url)
        async with client_of("https://api.example") as client:
            with pytest.raises(UnreachableError, match=r"no secure connection to api\.example"):
                await client.transcript("c1")


def sockets() -> int:
    """How many this process holds."""
    modes = (os.fstat(int(entry.name)).st_mode for entry in Path("/dev/fd").iterdir() if _is_open(int(entry.name)))
    return sum(map(stat.S_ISSOCK, modes))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:  # that of the listing itself
        return False
    return True


async def test_cancelling_at_any_step_leaves_no_connection_open(client_of: ClientOf) -> None:
    async with FaultServer.following(says(answer(document()))) as server, client_of(server.base_url) as client:
        await client.transcript("c1")
        before = sockets()
        for steps in range(120):
            fetch = asyncio.create_task(client.transcript("c1"))
            for _ in range(steps):
                await asyncio.sleep(0)
            fetch.cancel()
            await asyncio.wait([fetch])
        for _ in range(1_000):  # steps of the loop, in which what was cancelled is closed
            await asyncio.sleep(0)
        assert sockets() <= before
