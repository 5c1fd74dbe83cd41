"""Records of calls without a transcript are kept, listed and found again offline."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from tests.canary import answering, told
from tests.sources.test_archive import CALL, KEY, TARGET, archive_at, source, transcript
from tui.api.client import OmniClient
from tui.api.settings import ApiSettings
from tui.core.errors import NotFoundError, UsageError
from tui.core.record import Call
from tui.core.secret import SecretStr
from tui.sources.archive import Archive
from tui.sources.call_pager import CallPager
from tui.sources.calls import OmniCallSource

DEMO_KEY = KEY["PYAI_API_KEY"]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return archive_at(tmp_path / "state" / "library.db")


WITHOUT = {"call_id": "c1", "status": "failed", "error": "no carrier", "session_label": "a label", "created_at": 500}


async def test_the_record_of_a_call_without_a_transcript_is_kept(archive: Archive) -> None:
    with answering(lambda path: told({}, 404) if path.endswith("/transcript") else told(WITHOUT)) as url:
        async with OmniClient(ApiSettings(url, SecretStr(DEMO_KEY))) as client:
            online = OmniCallSource(lambda: client)
            online.use_archive(archive)
            for ask in (online.call, online.transcript):  # in either order
                with suppress(NotFoundError):
                    await ask(TARGET)
            await online.aclose()
    offline = source(archive, AssertionError("asked"), offline=True)  # type: ignore[arg-type]  # raises whatever is asked
    record = await offline.call(TARGET)
    assert record is not None
    assert (record.status, record.error, record.label) == ("failed", "no carrier", "a label")
    with pytest.raises(NotFoundError, match="this call had no transcript when it was fetched"):
        await offline.transcript(TARGET)
    assert (await offline.list_calls()).calls == (record,)
    assert await offline.kept_among(["c1"]) == frozenset()


async def test_a_list_keeps_the_records_of_calls_that_failed(archive: Archive) -> None:
    records = [WITHOUT, {"call_id": "c2", "status": "completed"}, {"status": "failed"}]
    with answering(lambda _: told({"data": records, "has_more": False})) as url:
        async with OmniClient(ApiSettings(url, SecretStr(DEMO_KEY))) as client:
            online = OmniCallSource(lambda: client)
            online.use_archive(archive)
            assert len((await online.list_calls()).calls) == 3
            await online.aclose()
    offline = source(archive, AssertionError("asked"), offline=True)  # type: ignore[arg-type]  # raises whatever is asked
    assert [call.call_id for call in (await offline.list_calls()).calls] == ["c1"]
    assert (await offline.list_calls(label="another")).calls == ()


async def test_offline_all_known_calls_are_listed_page_by_page(archive: Archive) -> None:
    offline = source(archive, AssertionError("asked"), offline=True)  # type: ignore[arg-type]  # raises whatever is asked
    with pytest.raises(NotFoundError, match="no call is kept on this machine"):
        await offline.list_calls()
    await archive.keep(transcript(), CALL)
    await archive.keep_records([Call("c0", status="failed", fields={"status": "failed"})])
    pager = CallPager(offline, page_calls=1)
    assert [[call.call_id for call in await pager.next_calls()] for _ in range(3)] == [["c1"], ["c0"], []]
    with pytest.raises(UsageError, match="no such page"):
        await offline.list_calls("elsewhere")
