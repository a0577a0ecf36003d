"""The line itself, without any clock or socket of its own: what becomes of each packet, and when it arrives."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from random import Random

from benchmarks.line.packets import ACK, SYN, Segment, parse, reset_for


class Side(IntEnum):
    """The two ends; a packet is told by the end that it comes from."""

    DESK = 0
    PORTAL = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """How bad the line is, the same in both directions.

    ``rate`` in bytes a second, ``delay`` one way in seconds, ``loss`` a share of the packets, dropped before they
    take up room on the line (as tc-netem does), ``queue`` in bytes before the narrow place. After ``up`` seconds
    the line is dead for ``down`` seconds, and comes back as a redial does: under a new address, so that what was in
    flight and every connection that was open is lost. ``resets``: the desk is behind a router whose translated
    packets of an old connection reach the portal from a strange address, and are answered by a reset; without it
    they vanish.
    """

    rate: float = 32_000.0
    delay: float = 0.2
    loss: float = 0.02
    queue: int = 32_768
    up: float = 30.0
    down: float = 4.0
    resets: bool = True


@dataclass
class Counts:
    """Of one direction: packets and bytes (IP headers included) that arrived, and packets that did not."""

    arrived: int = 0
    arrived_bytes: int = 0
    lost: int = 0
    overflowed: int = 0
    cut: int = 0


@dataclass
class ThinLine:
    """``take`` a packet, ``deliver`` those whose time has come; times in seconds from any one clock."""

    shape: Shape
    seed: int
    begin: float
    counts: tuple[Counts, Counts] = field(default_factory=lambda: (Counts(), Counts()))

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._busy_until = [self.begin, self.begin]
        self._flying: list[tuple[float, int, Side, int, bytes]] = []
        self._order = count()
        self._dialled: dict[int, int] = {}

    def period(self, now: float) -> tuple[int, bool]:
        """How often the line has been dialled anew, and whether it is up."""
        number, since = divmod(now - self.begin, self.shape.up + self.shape.down)
        return int(number), since < self.shape.up

    def up_between(self, start: float, end: float) -> float:
        """Seconds between two moments in which the line was up."""
        return self._up_until(end) - self._up_until(start)

    def take(self, side: Side, packet: bytes, now: float) -> None:
        """A packet enters the line at one end."""
        dial, is_up = self.period(now)
        segment = parse(packet)
        if not is_up or (side is Side.PORTAL and segment is not None and self._is_old(side, segment, dial)):
            self.counts[side].cut += 1
            return
        if segment is not None and side is Side.DESK and segment.flags & (SYN | ACK) == SYN:
            self._dialled[segment.source_port] = dial
        if self._random.random() < self.shape.loss:
            self.counts[side].lost += 1
            return
        self._queue(side, packet, now, dial)

    def _queue(self, side: Side, packet: bytes, now: float, dial: int) -> None:
        begin = max(now, self._busy_until[side])
        if (begin - now) * self.shape.rate + len(packet) > self.shape.queue:
            self.counts[side].overflowed += 1
            return
        self._busy_until[side] = begin + len(packet) / self.shape.rate
        arrival = self._busy_until[side] + self.shape.delay
        heapq.heappush(self._flying, (arrival, next(self._order), side, dial, packet))

    def next_arrival(self) -> float | None:
        """When the next packet comes out of the line."""
        return self._flying[0][0] if self._flying else None

    def deliver(self, now: float) -> list[tuple[Side, bytes]]:
        """Packets that come out by now, each with the end that it came from."""
        out = []
        while self._flying and self._flying[0][0] <= now:
            arrival, _, side, dial, packet = heapq.heappop(self._flying)
            if self.period(arrival) != (dial, True):
                self.counts[side].cut += 1
                continue
            self.counts[side].arrived += 1
            self.counts[side].arrived_bytes += len(packet)
            segment = parse(packet)
            if side is Side.DESK and segment is not None and self._is_old(side, segment, dial):
                self._strange(segment, arrival, dial)
            else:
                out.append((side, packet))
        return out

    def _strange(self, segment: Segment, now: float, dial: int) -> None:
        """A packet of a lost connection has reached the portal, which does not know its sender's new address."""
        if self.shape.resets:
            self._queue(Side.PORTAL, reset_for(segment), now, dial)

    def _is_old(self, side: Side, segment: Segment, dial: int) -> bool:
        port = segment.source_port if side is Side.DESK else segment.target_port
        starts = side is Side.DESK and segment.flags & (SYN | ACK) == SYN
        return not starts and self._dialled.get(port) != dial

    def _up_until(self, moment: float) -> float:
        number, since = divmod(moment - self.begin, self.shape.up + self.shape.down)
        return number * self.shape.up + min(since, self.shape.up)
