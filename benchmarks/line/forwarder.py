"""Child process: carries the packets between two namespaces over the thin line.

Run as ``python -m benchmarks.line.forwarder DESK PORTAL SHAPE SEED`` with the names of the namespaces and the shape
as a JSON object. Tells when it began (``{"begin": …}``, seconds since the epoch) and, when its standard input ends,
what it carried.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import struct
import subprocess
import sys
import time
from dataclasses import asdict
from typing import Final

from benchmarks.line.shaping import Shape, Side, ThinLine

DESK_ADDRESS: Final = "127.8.0.1"
PORTAL_ADDRESS: Final = "127.9.0.1"
"""Loopback addresses, because the program takes plain HTTP to no others; ``route_localnet`` lets them travel."""
CONGESTION: Final = "cubic"
"""What the desks' machines have: the default of Windows 10 and 11, of macOS and of nearly every Linux."""

_TUNSETIFF: Final = 0x400454CA
_TUN_WITHOUT_HEADER: Final = 0x1001
_PACKET: Final = 2048


def main(desk: str, portal: str, shape: str, seed: str) -> int:
    """Carry packets until standard input ends."""
    ends = {
        Side.DESK: _end(desk, "line-desk", DESK_ADDRESS, PORTAL_ADDRESS),
        Side.PORTAL: _end(portal, "line-portal", PORTAL_ADDRESS, DESK_ADDRESS),
    }
    line = ThinLine(Shape(**json.loads(shape)), int(seed), time.time())
    _tell({"begin": line.begin})
    _carry(line, ends)
    _tell({side.name.lower(): asdict(line.counts[side]) for side in Side})
    return 0


def _carry(line: ThinLine, ends: dict[Side, int]) -> None:
    side_of = {descriptor: side for side, descriptor in ends.items()}
    other = {Side.DESK: ends[Side.PORTAL], Side.PORTAL: ends[Side.DESK]}
    end = sys.stdin.fileno()
    while True:
        arrival = line.next_arrival()
        wait = None if arrival is None else max(0.0, arrival - time.time())
        for descriptor in select.select([*side_of, end], [], [], wait)[0]:
            if descriptor == end:
                return
            line.take(side_of[descriptor], os.read(descriptor, _PACKET), time.time())
        for side, packet in line.deliver(time.time()):
            os.write(other[side], packet)


def _end(namespace: str, name: str, address: str, other: str) -> int:
    """A network card of the namespace whose packets come to us."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22s", name.encode(), _TUN_WITHOUT_HEADER, b""))
    _run("ip", "link", "set", name, "netns", namespace)
    for scope in ("all", "default"):
        _run("ip", "netns", "exec", namespace, "sysctl", "-qw", f"net.ipv4.conf.{scope}.route_localnet=1")
    _run("ip", "-n", namespace, "addr", "add", f"{address}/32", "dev", name)
    _run("ip", "-n", namespace, "link", "set", name, "up")
    route = (f"{other}/32", "dev", name, "src", address, "congctl", CONGESTION)
    _run("ip", "-n", namespace, "route", "add", *route)
    return descriptor


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _tell(what: object) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
