"""The client against the demo server: the whole way, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.api.conftest import ClientOf
from tui.api.client import OmniClient
from tui.core.errors import NotFoundError, RefusedError, UsageError
from tui.core.secret import SecretStr
from tui.demo.calls import SAMPLES
from tui.demo.contract import DEMO_KEY, SCOPELESS_KEY
from tui.demo.server import DemoServer

HOSTILE_ID = "../a b/%2e?#é"


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(turns=3000, extra={HOSTILE_ID: b'"all of it"', "odd": b"[{}]"}) as running:
        yield running


@pytest.fixture
async def client(server: DemoServer, client_of: ClientOf) -> AsyncIterator[OmniClient]:
    async with client_of(server.base_url, key=SecretStr(DEMO_KEY)) as opened:
        yield opened


@pytest.mark.parametrize("call_id", [sample.call_id for sample in SAMPLES])
async def test_every_sample_has_a_record_and_maybe_a_transcript(call_id: str, client: OmniClient) -> None:
    call = await client.call(call_id)
    assert call.call_id == call_id
    if call_id in {"call_demo_failed", "call_demo_late"}:
        with pytest.raises(NotFoundError, match="no transcript of it yet") as fault:
            await client.transcript(call_id)
        assert fault.value.request_id
        return
    transcript = await client.transcript(call_id)
    assert transcript.plain or [turn.text for turn in transcript.turns]


async def test_a_legacy_session_is_plain(client: OmniClient) -> None:
    transcript = await client.transcript("call_demo_legacy")
    assert transcript.plain
    assert len(transcript.turns) == 0


async def test_a_large_call_arrives_whole(client: OmniClient) -> None:
    page = await client.calls(100)
    lengths = [len((await client.transcript(call.call_id)).turns) for call in page.calls if "large" in call.call_id]
    assert lengths == [3000]


async def test_a_hostile_id_finds_its_call(client: OmniClient) -> None:
    assert (await client.transcript(HOSTILE_ID)).plain == "all of it"
    assert (await client.call(HOSTILE_ID)).call_id == HOSTILE_ID


async def test_paging_visits_every_call_once(client: OmniClient) -> None:
    whole = [call.call_id for call in (await client.calls(100)).calls]
    paged, cursor = [], None
    while True:
        page = await client.calls(3, cursor)
        paged += [call.call_id for call in page.calls]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert paged == whole
    assert len(paged) == len(set(paged)) > 3


async def test_a_label_narrows_the_list(client: OmniClient) -> None:
    label = next(call.label for call in (await client.calls(100)).calls if call.label)
    assert {call.label for call in (await client.calls(label=label)).calls} == {label}


async def test_a_recording_has_a_fresh_url_or_is_missing(client: OmniClient, server: DemoServer) -> None:
    calls = (await client.calls(100)).calls
    recorded = next(call.call_id for call in calls if call.has_recording)
    silent = next(call.call_id for call in calls if not call.has_recording)
    recording = await client.recording_url(recorded)
    assert recording.url.startswith(server.base_url)
    assert recording.expires_at_ms
    with pytest.raises(NotFoundError, match="no recording"):
        await client.recording_url(silent)


async def test_an_identity_has_scopes(client: OmniClient) -> None:
    identity = await client.me()
    assert "omni:read" in identity.scopes
    assert identity.environment == "test"


async def test_wrong_keys_and_missing_scopes_are_refused_differently(server: DemoServer, client_of: ClientOf) -> None:
    async with (
        client_of(server.base_url) as wrong,
        client_of(server.base_url, key=SecretStr(SCOPELESS_KEY)) as poor,
    ):
        with pytest.raises(RefusedError) as fault:
            await wrong.calls()
        assert "check PYAI_API_KEY" in fault.value.line()
        with pytest.raises(RefusedError) as fault:
            await poor.calls()
        assert "a console key with the scope omni:read" in fault.value.line()
        assert "omni:read" not in (await poor.me()).scopes


async def test_a_wrong_base_url_is_named(server: DemoServer, client_of: ClientOf) -> None:
    async with client_of(server.base_url + "/wrong", key=SecretStr(DEMO_KEY)) as client:
        with pytest.raises(UsageError) as fault:
            await client.transcript("call_demo_booking")
    assert "check --base-url" in fault.value.line()
