"""From the start of the process to the first painted rows of the queue, against an empty PySide6 window."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.corpus import DATA, corpus
from benchmarks.measuring import Aim, Line, in_turn
from benchmarks.screen import screen

PROJECT = Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS = 120


def run(dossiers: Sequence[int] = (20_000, 1_000_000), repeats: int = 11, root: Path = DATA) -> list[Line]:
    """Medians; one line for each size of the desk's database. The first start of each is not counted."""
    lines = []
    with screen() as (environment, name):
        bare = ["benchmarks.start_bare"]
        for count in dossiers:
            program = ["benchmarks.start_ours", str(corpus(count, root))]
            for module in (program, bare):
                started(module, environment)
            mine, baseline = in_turn(
                repeats, lambda run=program: started(run, environment), lambda: started(bare, environment)
            )
            what = f"start to queue, {count:,} dossiers, {name}"
            lines.append(Line(what, median(mine), median(baseline), "ms", "an empty PySide6 window", Aim(1.5)))
    return lines


def started(module: Sequence[str], environment: dict[str, str]) -> float:
    """Milliseconds from the start of the process to the moment it tells."""
    start = time.monotonic_ns()
    done = subprocess.run(
        [sys.executable, "-m", *module],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=TIMEOUT_SECONDS,
    )
    return (int(done.stdout.split()[0]) - start) / 1e6
