"""The API of the soak: the demo's answers, and among them, at random, all that a network and a server do wrong."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random

from tests.faults import Peer, Script, answer, drips, resets, says, stalls, unmeasured
from tests.program import serving
from tui.demo.answers import HttpAnswer
from tui.demo.calls import SAMPLES, stored_calls
from tui.demo.contract import Contract
from tui.demo.large import large_id

FAULTY_SHARE = 0.4
"""Of the answers; as the client tries again, most fetches end well all the same."""

TURNS = 300
CALL_IDS = (*(sample.call_id for sample in SAMPLES), large_id(TURNS), "call_unknown")

_CUT = b'{"turns": [{"role": "user", "text": "Hello'
_FAULTS: tuple[Script, ...] = (
    resets(),
    resets(answer(_CUT, length=900)),
    says(b""),
    says(b"SSH-2.0-not-http\r\n"),
    says(answer(_CUT, length=900)),
    says(unmeasured(_CUT)),
    says(answer(_CUT)),
    says(answer(b"[1, 2")),
    says(answer(b"<html>oops</html>", headers={"Content-Type": "text/html"})),
    says(answer(gzip.compress(b" " * 2**20), headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})),
    says(answer(b'{"turns": 7}')),
    says(answer(b'{"call_id": "call_of_somebody_else", "turns": []}')),
    says(answer(b'{"error": {"code": "unauthorized", "message": "no"}}', "401 Unauthorized")),
    says(answer(b'{"error": {"code": "insufficient_scope"}}', "403 Forbidden")),
    says(answer(b"{}", "404 Not Found")),
    says(answer(b"", "302 Found", {"Location": "https://elsewhere.example/"})),
    says(answer(b"{}", "429 Too Many Requests", {"Retry-After": "1"})),
    says(answer(b"{}", "500 Internal Server Error")),
    says(answer(b"{}", "503 Service Unavailable")),
    stalls(),
    stalls(answer(length=900)),
    drips(answer(length=10**6)),
)


class Api:
    """Answers each request either as the demo does or with a fault.

    Args:
        seed: Of the choice.
        turns: Of the large call.
        calls: Bodies of more calls, by id.
    """

    def __init__(self, seed: int, *, turns: int = TURNS, calls: Mapping[str, bytes] | None = None) -> None:
        self._random = Random(seed)
        stored = stored_calls(turns, calls or {})
        self._contract = Contract(stored, "http://127.0.0.1", late_s=2.0, clock=time.time)

    async def __call__(self, peer: Peer) -> None:
        """Deal with one request."""
        script = self._random.choice(_FAULTS) if self._random.random() < FAULTY_SHARE else self._honest
        await script(peer)

    async def _honest(self, peer: Peer) -> None:
        target, headers = _request(peer.head)
        await peer.say(_written(self._contract.answer(target, headers)))


@contextmanager
def served(seed: int) -> Iterator[str]:
    """The address of such a server, for as long as the context lasts."""
    with serving(Api(seed)) as server:
        yield server.base_url


def _request(head: bytes) -> tuple[str, dict[str, str]]:
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    fields = (line.partition(": ") for line in lines)
    return first.split(" ")[1], {name.lower(): value for name, _, value in fields}


def _written(given: HttpAnswer) -> bytes:
    headers = {"Content-Type": given.content_type, **given.headers}
    return answer(given.body, f"{given.status} Demo", headers)
