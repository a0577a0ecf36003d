"""The thin line of the benchmark, without a network: rate, delay, loss, queue, and what a cut does."""

from __future__ import annotations

import socket
import struct

import pytest

from benchmarks.line.packets import ACK, FIN, RST, SYN, Segment, parse, reset_for
from benchmarks.line.shaping import Shape, Side, ThinLine

DESK, PORTAL = socket.inet_aton("127.8.0.1"), socket.inet_aton("127.9.0.1")
PORT = 40_000
CLEAN = Shape(loss=0.0, up=1000.0)


def packet(size: int = 1000, *, flags: int = ACK, port: int = PORT, back: bool = False) -> bytes:
    """A whole packet of ``size`` bytes, from the desk or ``back`` to it."""
    ports = (443, port) if back else (port, 443)
    source, target = (PORTAL, DESK) if back else (DESK, PORTAL)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 6, 0, source, target)
    return ip + struct.pack("!HHIIBBHHH", *ports, 7, 9, 5 << 4, flags, 0, 0, 0) + bytes(size - 40)


def opened(shape: Shape = CLEAN, now: float = 0.0) -> ThinLine:
    """A line on which the desk has opened a connection."""
    line = ThinLine(shape, seed=1, begin=0.0)
    line.take(Side.DESK, packet(40, flags=SYN), now)
    return line


def test_a_packet_takes_its_time_on_the_line_and_the_delay() -> None:
    line = opened()
    line.take(Side.DESK, packet(1000), 10.0)
    line.take(Side.DESK, packet(1000), 10.0)
    assert line.deliver(10.0 + 0.2 + 0.031) == [(Side.DESK, packet(40, flags=SYN))]
    assert line.deliver(10.0 + 0.2 + 0.0313) == [(Side.DESK, packet(1000))]
    assert line.next_arrival() == pytest.approx(10.0 + 0.2 + 0.0625)


def test_the_line_carries_its_rate_and_no_more() -> None:
    line = opened()
    for step in range(20_000):
        line.take(Side.DESK, packet(1000), step / 1000)
        line.deliver(step / 1000)
    assert line.counts[Side.DESK].arrived_bytes == pytest.approx(32_000 * 19.8, rel=0.01)
    assert line.counts[Side.DESK].overflowed > 0
    assert line.counts[Side.PORTAL].arrived == 0


def test_the_queue_drops_what_does_not_fit() -> None:
    line = opened()
    line.deliver(1.0)
    for _ in range(50):
        line.take(Side.DESK, packet(1000), 1.0)
    assert line.counts[Side.DESK].overflowed == 50 - 32


def test_two_of_a_hundred_packets_are_lost_and_the_same_ones_each_time() -> None:
    def lost(seed: int) -> int:
        line = ThinLine(Shape(up=1e6, rate=1e9, queue=10**9), seed, begin=0.0)
        line.take(Side.DESK, packet(40, flags=SYN), 0.0)
        for step in range(10_000):
            line.take(Side.DESK, packet(100), float(step))
        return line.counts[Side.DESK].lost

    assert 150 < lost(1) < 250
    assert lost(1) == lost(1) != lost(2)


def test_nothing_passes_while_the_line_is_cut_and_what_was_in_flight_is_gone() -> None:
    line = opened(Shape(loss=0.0))
    line.deliver(1.0)
    line.take(Side.DESK, packet(), 29.9)
    line.take(Side.DESK, packet(flags=SYN), 31.0)
    assert line.deliver(40.0) == []
    assert line.counts[Side.DESK].cut == 2


@pytest.mark.parametrize("resets", [True, False], ids=["reset", "silent"])
def test_a_connection_of_before_the_cut_is_dead(resets: bool) -> None:
    line = opened(Shape(loss=0.0, resets=resets))
    line.deliver(1.0)
    line.take(Side.DESK, packet(), 35.0)
    line.take(Side.PORTAL, packet(back=True), 35.0)
    line.deliver(35.3)
    answers = line.deliver(36.0)
    assert len(answers) == resets
    for side, answer in answers:
        assert side is Side.PORTAL
        told = parse(answer)
        assert told is not None
        assert told.flags == RST
        assert told.sequence == 9


def test_a_connection_dialled_after_the_cut_lives() -> None:
    line = opened(Shape(loss=0.0))
    line.take(Side.DESK, packet(40, flags=SYN, port=PORT + 1), 35.0)
    line.take(Side.DESK, packet(port=PORT + 1), 35.1)
    line.take(Side.PORTAL, packet(back=True, port=PORT + 1), 35.1)
    assert [side for side, _ in line.deliver(36.0)].count(Side.PORTAL) == 1
    assert line.counts[Side.DESK].cut == 0
    assert line.counts[Side.PORTAL].cut == 0


def test_line_time_leaves_out_the_cuts() -> None:
    line = ThinLine(Shape(), seed=1, begin=100.0)
    assert line.up_between(100.0, 134.0) == pytest.approx(30.0)
    assert line.up_between(125.0, 139.0) == pytest.approx(10.0)
    assert line.up_between(131.0, 133.0) == pytest.approx(0.0)
    assert line.up_between(100.0, 100.0 + 34.0 * 3 + 1.0) == pytest.approx(91.0)


def test_a_reset_answers_what_was_sent() -> None:
    answer = parse(reset_for(_parsed(packet(140, flags=FIN))))
    assert answer is not None
    assert (answer.source, answer.target) == (PORTAL, DESK)
    assert (answer.source_port, answer.target_port) == (443, PORT)
    assert answer.acknowledged == 7 + 100 + 1
    assert _folded(reset_for(_parsed(packet()))) == 0xFFFF


def _parsed(whole: bytes) -> Segment:
    segment = parse(whole)
    assert segment is not None
    return segment


def _folded(whole: bytes) -> int:
    """The sum over the TCP segment and its pseudo header, which a right checksum makes all ones (RFC 1071)."""
    data = whole[12:20] + struct.pack("!BBH", 0, 6, len(whole) - 20) + whole[20:]
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total
