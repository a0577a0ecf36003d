"""As much of IPv4 and TCP as a line needs: whose connection a packet is of, and how a lost one is reset."""

from __future__ import annotations

import struct
from dataclasses import dataclass

TCP = 6
FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10
_IP = struct.Struct("!BBHHHBBH4s4s")
_TCP = struct.Struct("!HHIIBBHHH")
_PSEUDO = struct.Struct("!4s4sBBH")


@dataclass(frozen=True, slots=True)
class Segment:
    """A TCP segment; ``size`` is that of what it carries, in bytes."""

    source: bytes
    target: bytes
    source_port: int
    target_port: int
    sequence: int
    acknowledged: int
    flags: int
    size: int


def parse(packet: bytes) -> Segment | None:
    """The segment in an IPv4 packet; None when it holds none."""
    if len(packet) < 40 or packet[0] >> 4 != 4 or packet[9] != TCP:
        return None
    head = (packet[0] & 0x0F) * 4
    source_port, target_port, sequence, acknowledged, offset, flags, *_ = _TCP.unpack_from(packet, head)
    size = int.from_bytes(packet[2:4], "big") - head - (offset >> 4) * 4
    return Segment(packet[12:16], packet[16:20], source_port, target_port, sequence, acknowledged, flags, size)


def reset_for(segment: Segment) -> bytes:
    """What a machine answers that knows nothing of the segment's connection (RFC 9293, section 3.5.2)."""
    if segment.flags & ACK:
        sequence, acknowledged, flags = segment.acknowledged, 0, RST
    else:
        length = segment.size + bool(segment.flags & SYN) + bool(segment.flags & FIN)
        sequence, acknowledged, flags = 0, (segment.sequence + length) & 0xFFFFFFFF, RST | ACK
    head = _TCP.pack(segment.target_port, segment.source_port, sequence, acknowledged, 5 << 4, flags, 0, 0, 0)
    pseudo = _PSEUDO.pack(segment.target, segment.source, 0, TCP, len(head))
    head = head[:16] + struct.pack("!H", _checksum(pseudo + head)) + head[18:]
    ip = _IP.pack(0x45, 0, 20 + len(head), 0, 0, 64, TCP, 0, segment.target, segment.source)
    return ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:] + head


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071) of an even number of bytes."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
