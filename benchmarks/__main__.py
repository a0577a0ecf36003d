"""``python -m benchmarks``: runs all or chosen benchmarks and prints one table.

Exit status 0 when every aim is met, 1 when one is missed, 3 when this machine lacks what a benchmark needs.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import memory, receipts, receive, scan_quality, scan_speed, search, start, sync_month, thin_line
from benchmarks.line.shaping import Shape
from benchmarks.measuring import CannotMeasureError, Line, as_table

NAMES = ("start", "search", "receive", "memory")
LONG = ("receipts", "scan_quality", "scan_speed", "sync_month", "thin_line")
"""Take many minutes, so they run only when they are named."""
LARGE = 1_000_000


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios against named baselines.")
    made.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(NAMES)} (none: these), {', '.join(LONG)}"
    )
    made.add_argument("--dossiers", type=int, help="size of the large database, or of the month of sync_month")
    made.add_argument("--small", type=int, default=20_000, help="size of an ordinary desk's database")
    made.add_argument("--receipts", type=int, default=receipts.RECEIPTS, help="receipts: how many are printed")
    made.add_argument("--pages", type=int, help="scan_quality, scan_speed: how many pages are scanned")
    made.add_argument("--repeats", type=int, help="repetitions (each benchmark has its own default)")
    made.add_argument("--minutes", type=float, default=10.0, help="thin_line: how long the desk works")
    made.add_argument("--silent", action="store_true", help="thin_line: connections of before a cut are never reset")
    made.add_argument("--trace", action="store_true", help="thin_line: tell on standard error what the desk does when")
    made.add_argument("--people", type=int, default=63, help="search: how many dossiers are looked for")
    return made


def run(options: argparse.Namespace, root: Path | None = None) -> list[Line]:
    """All lines of the chosen benchmarks, in the order of ``NAMES`` and ``LONG``."""
    place: dict[str, object] = {} if root is None else {"root": root}
    more = place if options.repeats is None else {**place, "repeats": options.repeats}
    dossiers = options.dossiers or LARGE
    calls: dict[str, Callable[[], list[Line]]] = {
        "start": lambda: start.run((options.small, dossiers), **more),  # type: ignore[arg-type]
        "search": lambda: search.run(dossiers, options.people, **more),  # type: ignore[arg-type]
        "receive": lambda: receive.run(options.small, **more),  # type: ignore[arg-type]
        "memory": lambda: memory.run(dossiers, **more),  # type: ignore[arg-type]
        "receipts": lambda: receipts.run(options.receipts),
        "scan_quality": lambda: scan_quality.run(options.pages or scan_quality.PAGES),
        "scan_speed": lambda: scan_speed.run(options.pages or scan_speed.PAGES),
        "sync_month": lambda: sync_month.run(options.dossiers or sync_month.DOSSIERS, **place),  # type: ignore[arg-type]
        "thin_line": lambda: thin_line.run(
            options.minutes,
            Shape(resets=not options.silent),
            trace=options.trace,
            **place,  # type: ignore[arg-type]
        ),
    }
    lines: list[Line] = []
    for name in (*NAMES, *LONG):
        if name in (options.names or NAMES):
            sys.stderr.write(f"{name} …\n")
            lines += calls[name]()
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    unknown = set(options.names) - {*NAMES, *LONG}
    if unknown:
        parser().error(f"no such benchmark: {', '.join(sorted(unknown))} (there are {', '.join((*NAMES, *LONG))})")
    try:
        lines = run(options)
    except CannotMeasureError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    sys.stdout.write(f"Python {platform.python_version()} on {platform.platform()}\n\n{as_table(lines)}\n")
    return int(any(line.missed() for line in lines))


if __name__ == "__main__":
    sys.exit(main())
