"""``python -m benchmarks``: runs all or chosen benchmarks and prints one table.

Exit status 0 when every aim is met, 1 when one is missed.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import memory, receive, search, start
from benchmarks.measuring import Line, as_table

NAMES = ("start", "search", "receive", "memory")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios against named baselines.")
    made.add_argument("names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(NAMES)} (none: all)")
    made.add_argument("--dossiers", type=int, default=1_000_000, help="size of the large database")
    made.add_argument("--small", type=int, default=20_000, help="size of an ordinary desk's database")
    made.add_argument("--repeats", type=int, help="repetitions (each benchmark has its own default)")
    made.add_argument("--people", type=int, default=63, help="search: how many dossiers are looked for")
    return made


def run(options: argparse.Namespace, root: Path | None = None) -> list[Line]:
    """All lines of the chosen benchmarks, in the order of ``NAMES``."""
    more: dict[str, object] = {} if options.repeats is None else {"repeats": options.repeats}
    if root is not None:
        more["root"] = root
    calls: dict[str, Callable[[], list[Line]]] = {
        "start": lambda: start.run((options.small, options.dossiers), **more),  # type: ignore[arg-type]
        "search": lambda: search.run(options.dossiers, options.people, **more),  # type: ignore[arg-type]
        "receive": lambda: receive.run(options.small, **more),  # type: ignore[arg-type]
        "memory": lambda: memory.run(options.dossiers, **more),  # type: ignore[arg-type]
    }
    lines: list[Line] = []
    for name in NAMES:
        if not options.names or name in options.names:
            sys.stderr.write(f"{name} …\n")
            lines += calls[name]()
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser().error(f"no such benchmark: {', '.join(sorted(unknown))} (there are {', '.join(NAMES)})")
    lines = run(options)
    sys.stdout.write(f"Python {platform.python_version()} on {platform.platform()}\n\n{as_table(lines)}\n")
    return int(any(line.missed() for line in lines))


if __name__ == "__main__":
    sys.exit(main())
