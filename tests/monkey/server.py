"""The API of the monkey: that of the soak, with calls of no turn, of one, of two and of 100,000."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.program import serving
from tests.soak.server import Api

TURNS = 100_000


def _body(turns: int) -> bytes:
    spoken = [{"role": "user", "text": f"the turn {number}", "start_ms": 1000 * number} for number in range(turns)]
    return json.dumps({"object": "omni.call.transcript", "transcript": {"turns": spoken}}).encode()


@contextmanager
def served(seed: int) -> Iterator[str]:
    """The address of such a server, for as long as the context lasts."""
    calls = {f"c{turns}": _body(turns) for turns in range(3)}
    with serving(Api(seed, turns=TURNS, calls=calls)) as server:
        yield server.base_url
