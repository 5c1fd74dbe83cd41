"""How often and when a failed request is tried again. What may pass by itself is said by ``errors``."""

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
    """Make up to three attempts, with growing pauses or those that the server asks for.

    Args:
        attempt: One attempt.
        on_progress: Is told of each attempt and each pause before it begins.
        sleep: Makes a pause of so many seconds.

    Raises:
        OmniError: The last attempt's, if it may pass; else the first that may not.
    """
    on_progress(Connecting(1))
    try:
        return await attempt()
    except TransientError as error:
        fault = error  # what is raised later must not have been raised while this one was dealt with
    return await _again(fault, attempt, on_progress, sleep)


async def _again(
    fault: TransientError, attempt: Callable[[], Awaitable[T]], on_progress: OnProgress, sleep: Sleep
) -> T:
    """Make the attempts after the first; what counts them is loaded only now, and is told of the first one's fault."""
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
    """Why the attempt failed; only our own faults lead to another one."""
    reason = state.outcome.exception() if state.outcome else None
    assert isinstance(reason, OmniError)
    return reason


def _pause_s(state: RetryCallState) -> float:
    """What ``Retry-After`` asked for; without it, or for 0, half a second doubling to 8 s, with jitter."""
    from tenacity import wait_exponential, wait_random

    backoff_s = wait_exponential(multiplier=0.5, max=8) + wait_random(0, 0.25)
    reason = _reason(state)
    asked_s = reason.retry_after_s if isinstance(reason, TransientError) else None
    return asked_s or backoff_s(state)
