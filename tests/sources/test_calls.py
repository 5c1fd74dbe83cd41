"""One way to a transcript: from the API, a file, standard input, or the demo."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults import FaultServer, answer, says
from tui.api.client import OmniClient
from tui.api.settings import ApiSettings
from tui.core.errors import BadAnswerError, RefusedError, UsageError
from tui.core.secret import SecretStr
from tui.core.target import Target
from tui.demo.contract import DEMO_KEY
from tui.demo.server import DemoServer
from tui.sources.archive import Archive
from tui.sources.calls import OmniCallSource, open_source
from tui.sources.connection import Connection

KEY = "pyai_test_0123456789abcdef"
BODY = json.dumps({"call_id": "c1", "transcript": {"turns": [{"role": "user", "text": "hello"}]}}).encode()


def unreachable() -> OmniClient:
    raise AssertionError("no client is needed")


def environ(key: str = KEY) -> dict[str, str]:
    return {"PYAI_API_KEY": key}


async def test_standard_input_needs_no_client() -> None:
    source = OmniCallSource(unreachable, stdin=BODY)
    transcript = await source.transcript(Target(stdin=True))
    assert transcript.call_id == "c1"
    assert await source.call(Target(stdin=True)) is None


async def test_a_document_without_an_id_is_named_after_its_source(tmp_path: Path) -> None:
    nameless = b'{"transcript": "hi"}'
    (tmp_path / "saved.json").write_bytes(nameless)
    source = OmniCallSource(unreachable, stdin=nameless)
    assert (await source.transcript(Target(stdin=True))).call_id == "standard input"
    assert (await source.transcript(Target(path=str(tmp_path / "saved.json")))).call_id == "saved"


async def test_a_file_may_be_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(BODY,))
    writer.start()
    transcript = await OmniCallSource(unreachable).transcript(Target(path=str(pipe)))
    writer.join()
    assert transcript.turns[0].text == "hello"


async def test_a_document_without_transcript_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(BadAnswerError):
        await OmniCallSource(unreachable).transcript(Target(path=str(tmp_path / "x.json")))
    with pytest.raises(UsageError):
        await OmniCallSource(unreachable).transcript(Target(path=str(tmp_path / "none.json")))


async def test_without_a_key_no_request_is_sent() -> None:
    async with (
        FaultServer.following(says(b"")) as server,
        open_source(Connection(server.base_url, environ={})) as source,
    ):
        with pytest.raises(RefusedError, match="there is no API key"):
            await source.transcript(Target(call_id="c1"))
        assert await source.call(Target(call_id="c1")) is None
        assert server.requests == []


async def test_one_client_serves_all_fetches_and_sends_the_key() -> None:
    async with (
        FaultServer.following(says(answer(BODY))) as server,
        OmniClient(ApiSettings(server.base_url, SecretStr(KEY))) as client,
    ):
        made = list[OmniClient]()

        def connect() -> OmniClient:
            made.append(client)
            return client

        source, target = OmniCallSource(connect), Target(call_id="c1")
        await asyncio.gather(source.transcript(target), source.call(target))
        await source.transcript(target)
        assert made == [client]
        assert all(f"Authorization: Bearer {KEY}".encode() in head for head in server.requests)


async def test_the_key_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("another_key_12345\n")
    file.chmod(0o600)
    async with (
        FaultServer.following(says(answer(BODY))) as server,
        open_source(Connection(server.base_url, key_file=file, environ=environ())) as source,
    ):
        await source.transcript(Target(call_id="c1"))
        assert b"Bearer another_key_12345" in server.requests[0]


async def test_an_unavailable_record_is_none() -> None:
    async with (
        FaultServer.following(says(answer(b"{}", "403 Forbidden"))) as server,
        open_source(Connection(server.base_url, environ=environ())) as source,
    ):
        assert await source.call(Target(call_id="c1")) is None


@pytest.mark.parametrize("base_url", ["ftp://x", "http://example.com", "nonsense"])
def test_an_invalid_address_is_refused(base_url: str) -> None:
    with pytest.raises(UsageError), ExitStack() as resources:
        Connection(base_url, environ=environ()).connect(resources)


def test_the_representation_contains_no_key() -> None:
    assert KEY not in repr(Connection("https://api.pyai.com", environ=environ()))


async def test_the_demo_server_runs_while_the_source_is_open() -> None:
    before = set(threading.enumerate())
    before = set(threading.enumerate())
    async with open_source(Connection("https://api.pyai.com", demo=True, environ={})) as source:
        transcript = await source.transcript(Target(call_id="call_demo_booking"))
        call = await source.call(Target(call_id="call_demo_booking"))
        assert len(transcript.turns) == 38
        assert call is not None
        assert call.label == "dental-front-desk"
    assert set(threading.enumerate()) <= before


async def test_a_cancelled_command_does_not_wait_long_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def never(*_: object) -> str:
        begun.set()
        return await asyncio.Future()

    async def command(url: str) -> None:
        async with open_source(Connection(url, environ={"PYAI_API_KEY": DEMO_KEY})) as source:
            await source.transcript(Target("call_demo_booking"))
            await asyncio.Future()

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(Archive, "keep", never)
    with DemoServer() as server:
        running = asyncio.create_task(command(server.base_url))
        await begun.wait()
        running.cancel()
        done, _ = await asyncio.wait([running], timeout=5)
        assert done == {running}
        assert running.cancelled()
