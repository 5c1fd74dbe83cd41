"""How often and when is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.api.conftest import Pauses
from tui.api.errors import TransientError
from tui.api.retries import with_retries
from tui.core.errors import OmniError, RefusedError
from tui.core.progress import Connecting, Progress, Waiting


def failing(*faults: BaseException) -> Iterator[BaseException]:
    return iter(faults)


async def follow(faults: Iterator[BaseException], seen: list[Progress], pauses: Pauses) -> str:
    async def attempt() -> str:
        for fault in faults:
            raise fault
        return "done"

    return await with_retries(attempt, seen.append, pauses)


async def test_a_temporary_failure_is_retried_and_reported(pauses: Pauses) -> None:
    seen: list[Progress] = []
    faults = [TransientError("one"), TransientError("two")]
    assert await follow(failing(*faults), seen, pauses) == "done"
    assert seen == [
        Connecting(1),
        Waiting(faults[0], pauses[0], 2, 3),
        Connecting(2),
        Waiting(faults[1], pauses[1], 3, 3),
        Connecting(3),
    ]
    assert 0.5 <= pauses[0] <= 0.75
    assert 1.0 <= pauses[1] <= 1.25


async def test_the_third_failure_is_final(pauses: Pauses) -> None:
    faults = [TransientError(word) for word in ("one", "two", "three", "four")]
    with pytest.raises(TransientError, match="three"):
        await follow(failing(*faults), [], pauses)
    assert len(pauses) == 2


@pytest.mark.parametrize("fault", [RefusedError("no"), OmniError("no"), asyncio.CancelledError()])
async def test_permanent_failures_are_not_retried(fault: BaseException, pauses: Pauses) -> None:
    with pytest.raises(type(fault)):
        await follow(failing(fault), [], pauses)
    assert pauses == []


async def test_a_later_permanent_failure_ends_the_attempts(pauses: Pauses) -> None:
    with pytest.raises(RefusedError, match="no"):
        await follow(failing(TransientError("busy"), RefusedError("no"), TransientError("never")), [], pauses)
    assert len(pauses) == 1


async def test_the_servers_pause_overrides_ours(pauses: Pauses) -> None:
    await follow(failing(TransientError("busy", retry_after_s=42)), [], pauses)
    assert pauses == [42]


async def test_retry_after_zero_still_pauses(pauses: Pauses) -> None:
    await follow(failing(TransientError("busy", retry_after_s=0)), [], pauses)
    assert pauses[0] >= 0.5
