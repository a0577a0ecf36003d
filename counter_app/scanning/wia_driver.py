"""Windows' scanners (WIA) in a process of their own: ``python -m counter_app.scanning.wia_driver``.

``list`` and ``describe ID`` print JSON; ``scan ID …`` speaks as ``paged_program`` expects it: a page for each line of
input, and an exit status of SANE. It uses WIA's automation objects, which hand over one page a call; wherever the
driver of the maker crashes or hangs, this process does and the desk does not.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from typing import Any, Final

SCANNER: Final = 1
"""WiaDeviceType."""
BMP: Final = "{B96B3CAB-0728-11D3-9D7B-0000F81EF32E}"
"""wiaFormatBMP: the one format that every driver has to give."""
FEEDER, GLASS, DUPLEX = 1, 2, 4
"""Bits of WIA_DPS_DOCUMENT_HANDLING_CAPABILITIES and of the selection."""
INTENTS: Final = {"colour": 1, "gray": 2, "lineart": 4}
"""WIA_IPS_CUR_INTENT."""

# Names of properties by their numbers (wiadef.h): automation looks them up by the number as text.
CAPABILITIES, SELECTION, PAGES = "3086", "3088", "3096"
GLASS_SIZE, FEEDER_SIZE = ("3074", "3075"), ("3076", "3077")
"""Thousandths of an inch."""
INTENT, RESOLUTIONS, START, EXTENT = "6146", ("6147", "6148"), ("6149", "6150"), ("6151", "6152")

GOOD, CANCELLED, BUSY, INVALID, JAMMED, EMPTY, COVER_OPEN, FAULT = 0, 2, 3, 4, 6, 7, 8, 9
"""SANE_Status."""
_STATUS: Final = {
    0x80004004: CANCELLED,
    0x80210002: JAMMED,
    0x80210003: EMPTY,
    0x80210004: JAMMED,
    0x80210006: BUSY,
    0x8021000D: BUSY,
    0x80210010: COVER_OPEN,
    0x80210014: JAMMED,
    0x80210016: COVER_OPEN,
    0x80210020: JAMMED,
}
"""E_ABORT; WIA_ERROR_PAPER_JAM, PAPER_EMPTY, PAPER_PROBLEM, BUSY, DEVICE_LOCKED; COVER_OPEN and MULTI_FEED by wia.h
(16, 20) and as Microsoft's documentation prints them."""
_RANGE, _LIST = 1, 2
"""WiaSubType of a property."""


def main(arguments: list[str]) -> int:
    """Carry out one command; the exit status."""
    parser = argparse.ArgumentParser(prog="wia_driver")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    commands.add_parser("describe").add_argument("id")
    scan = commands.add_parser("scan")
    scan.add_argument("id")
    scan.add_argument("--resolution", type=int, required=True)
    scan.add_argument("--colour", choices=tuple(INTENTS), required=True)
    scan.add_argument("--size", type=float, nargs=2, metavar="MM")
    scan.add_argument("--feeder", action="store_true")
    scan.add_argument("--duplex", action="store_true")
    options = parser.parse_args(arguments)
    try:
        if options.command == "list":
            print(json.dumps([{"id": info.DeviceID, "name": _value(info, "Name")} for info in _scanners()]))  # noqa: T201
            return GOOD
        device = _connected(options.id)
        if options.command == "describe":
            print(json.dumps(describe(device)))  # noqa: T201
            return GOOD
        return _scan(device, options)
    except Exception as error:  # COM's errors are of no class that exists everywhere
        print(f"wia: {error!r}", file=sys.stderr)  # noqa: T201
        return _status_of(error)


def _scanners() -> Iterator[Any]:
    infos = importlib.import_module("win32com.client").Dispatch("WIA.DeviceManager").DeviceInfos
    for number in range(1, infos.Count + 1):
        if infos.Item(number).Type == SCANNER:
            yield infos.Item(number)


def _connected(identity: str) -> Any:
    for info in _scanners():
        if info.DeviceID == identity:
            return info.Connect()
    raise LookupError(f"no device {identity}")


def describe(device: Any) -> dict[str, object]:
    """What the device has; sizes in millimetres, 0 where it does not say."""
    capabilities = int(_value(device, CAPABILITIES) or GLASS)
    sizes = FEEDER_SIZE if capabilities & FEEDER else GLASS_SIZE
    resolution = _property(device.Items.Item(1), RESOLUTIONS[0])
    return {
        "feeder": bool(capabilities & FEEDER),
        "glass": bool(capabilities & GLASS),
        "duplex": bool(capabilities & DUPLEX),
        "size": [round(float(_value(device, size) or 0) * 0.0254, 1) for size in sizes],
        "resolutions": _listed(resolution),
        "range": _range(resolution),
    }


def _listed(resolution: Any) -> list[int]:
    if resolution is None or resolution.SubType != _LIST:
        return []
    values = resolution.SubTypeValues
    return [int(values.Item(number)) for number in range(1, values.Count + 1)]


def _range(resolution: Any) -> list[int]:
    if resolution is None or resolution.SubType != _RANGE:
        return []
    return [int(resolution.SubTypeMin), int(resolution.SubTypeMax)]


def _scan(device: Any, options: argparse.Namespace) -> int:
    if options.feeder:
        _set(device, SELECTION, FEEDER | (DUPLEX if options.duplex else 0))
        _set(device, PAGES, 1)
    elif _property(device, SELECTION) is not None:
        _set(device, SELECTION, GLASS)
    item = device.Items.Item(1)
    _set(item, INTENT, INTENTS[options.colour])
    for name in RESOLUTIONS:
        _set(item, name, options.resolution)
    for start, extent, size in zip(START, EXTENT, options.size or (), strict=False):
        _set(item, start, 0)
        _set(item, extent, round(size / 25.4 * options.resolution))
    number = 0
    while sys.stdin.readline():
        number += 1
        item.Transfer(BMP).SaveFile(f"{number}.bmp")
        print(f"{number}.bmp", flush=True)  # noqa: T201
        if not options.feeder:
            break
    return GOOD


def _property(owner: Any, name: str) -> Any:
    return owner.Properties.Item(name) if owner.Properties.Exists(name) else None


def _value(owner: Any, name: str) -> Any:
    found = _property(owner, name)
    return None if found is None else found.Value


def _set(owner: Any, name: str, value: int) -> None:
    """Where a device lacks a property, or does not let it be set, another value would be a lie: an error."""
    found = _property(owner, name)
    if found is None:
        raise ValueError(f"no property {name}")
    if found.Value != value:
        found.Value = value


def _status_of(error: Exception) -> int:
    """The SANE status for an error of COM: its own number, or the one that the called object gave."""
    numbers = [getattr(error, "hresult", 0) or 0]
    information = getattr(error, "excepinfo", None)
    if information:
        numbers.append(information[-1] or 0)
    for number in numbers:
        if number & 0xFFFFFFFF in _STATUS:
            return _STATUS[number & 0xFFFFFFFF]
    return INVALID if isinstance(error, ValueError) else FAULT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
