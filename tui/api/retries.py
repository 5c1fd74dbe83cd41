"""Decides how often and when a failed request is retried. ``errors`` decides which failures are temporary."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from tui.api.errors import TransientError
from tui.core.errors import OmniError
from tui.core.progress import Connecting, OnProgress, Waiting

if TYPE_CHECKING:
    from tenacity import RetryCallState

ATTEMPTS = 3

Sleep = Callable[[float], Awaitable[None]]
T = TypeVar("T")


async def with_retries(attempt: Callable[[], Awaitable[T]], on_progress: OnProgress, sleep: Sleep) -> T:
    """Make up to three attempts, with increasing pauses or those that the server asks for.

    Args:
        attempt: One attempt.
        on_progress: Called before each attempt and each pause.
        sleep: Awaited for a pause in seconds.

    Raises:
        OmniError: The first permanent failure, else the failure of the last attempt.
    """
    on_progress(Connecting(1))
    try:
        return await attempt()
    except TransientError as error:
        fault = error  # handled outside of ``except``, so that later errors do not have it as context
    return await _retry(fault, attempt, on_progress, sleep)


async def _retry(
    fault: TransientError, attempt: Callable[[], Awaitable[T]], on_progress: OnProgress, sleep: Sleep
) -> T:
    """Make the attempts after the first one failed; tenacity is imported only now."""
    from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

    faults = [fault]

    async def once() -> T:
        if faults:
            raise faults.pop()
        return await attempt()

    def announce_pause(state: RetryCallState) -> None:
        on_progress(Waiting(_reason(state), state.upcoming_sleep, state.attempt_number + 1, ATTEMPTS))

    def announce_attempt(state: RetryCallState) -> None:
        if not faults:
            on_progress(Connecting(state.attempt_number))

    retrying = AsyncRetrying(
        retry=retry_if_exception_type(TransientError),
        stop=stop_after_attempt(ATTEMPTS),
        wait=_pause_s,
        before=announce_attempt,
        before_sleep=announce_pause,
        sleep=sleep,
        reraise=True,
    )
    return await retrying(once)


def _reason(state: RetryCallState) -> OmniError:
    """Why the attempt failed; only our own errors are retried."""
    reason = state.outcome.exception() if state.outcome else None
    assert isinstance(reason, OmniError)
    return reason


def _pause_s(state: RetryCallState) -> float:
    """The pause of ``Retry-After``; without it, or for 0, half a second doubling up to 8 s, with jitter."""
    from tenacity import wait_exponential, wait_random

    backoff_s = wait_exponential(multiplier=0.5, max=8) + wait_random(0, 0.25)
    return _reason(state).retry_after_s or backoff_s(state)
