"""A slow link between two network namespaces, emulated in user space: delay and rate, in both directions.

Each namespace holds one end of the link as a tun device; this process carries the packets from one to the other. So no
module of the kernel is needed that emulates networks, only ``/dev/net/tun`` and the right to make namespaces (root).

``python -m tests.benchmarks.far.link NAME DELAY_S RATE_BIT_S`` runs until it is killed, and prints a line once the link
is up.
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

ADDRESSES = ("10.77.1.1", "10.77.1.2")
"""Of the near and of the far end."""
TUN = Path("/dev/net/tun")

_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
_MTU = 1400
_QUEUE_S = 4.0
"""The longest queue before the link, as a modem has it; what comes when it is full is lost."""


def namespaces(name: str) -> tuple[str, str]:
    """The names of the near and the far network namespace of a link."""
    return f"{name}-near", f"{name}-far"


@dataclass
class Direction:
    """One direction of the link.

    Attributes:
        source: The tun device that packets come from.
        sink: The tun device that they go to.
        delay_s: Seconds that each packet is under way.
        rate: Bits a second.
    """

    source: int
    sink: int
    delay_s: float
    rate: float
    _under_way: deque[tuple[float, bytes]] = field(default_factory=deque)
    _busy_until_s: float = 0.0

    def take(self, now_s: float) -> None:
        """Take a packet from the source onto the link."""
        packet = os.read(self.source, 2 * _MTU)
        start_s = max(now_s, self._busy_until_s)
        if start_s - now_s <= _QUEUE_S:
            self._busy_until_s = start_s + len(packet) * 8 / self.rate
            self._under_way.append((self._busy_until_s + self.delay_s, packet))

    def deliver(self, now_s: float) -> None:
        """Give the sink what has arrived."""
        while self._under_way and self._under_way[0][0] <= now_s:
            os.write(self.sink, self._under_way.popleft()[1])

    def wait_s(self, now_s: float) -> float | None:
        """Seconds until the next packet arrives; None if none is under way."""
        return max(0.0, self._under_way[0][0] - now_s) if self._under_way else None


def carry(directions: tuple[Direction, Direction]) -> None:
    """Carry packets for ever."""
    by_source = {direction.source: direction for direction in directions}
    while True:
        now_s = monotonic()
        for direction in directions:
            direction.deliver(now_s)
        waits = [wait for direction in directions if (wait := direction.wait_s(now_s)) is not None]
        ready, _, _ = select.select(by_source, [], [], min(waits, default=None))
        for source in ready:
            by_source[source].take(monotonic())


def _tun(namespace: str, address: str) -> int:
    """A tun device that is up in a namespace of its own; returns its descriptor."""
    device = f"t{os.getpid()}{address[-1]}"
    descriptor = os.open(TUN, os.O_RDWR)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH", device.encode(), _IFF_TUN | _IFF_NO_PI))
    inside = ["ip", "-n", namespace]
    for command in (
        ["ip", "link", "set", device, "netns", namespace],
        [*inside, "address", "add", f"{address}/30", "dev", device],
        [*inside, "link", "set", device, "up", "mtu", str(_MTU)],
        [*inside, "link", "set", "lo", "up"],
    ):
        subprocess.run(command, check=True)
    return descriptor


def main() -> None:
    """Carry the packets of one link."""
    name, delay_s, rate = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    near, far = (_tun(*end) for end in zip(namespaces(name), ADDRESSES, strict=True))
    print("up", flush=True)
    carry((Direction(near, far, delay_s, rate), Direction(far, near, delay_s, rate)))


if __name__ == "__main__":
    main()
