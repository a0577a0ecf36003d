"""From the start of the process to the first painted rows of the queue, against an empty PySide6 window."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
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
                repeats, partial(started, program, environment), partial(started, bare, environment)
            )
            what = f"start to queue, {count:,} dossiers, {name}"
            lines.append(Line(what, median(mine), median(baseline), "ms", "an empty PySide6 window", Aim(1.5)))
    return lines


def started(module: Sequence[str], environment: dict[str, str]) -> float:
    """Milliseconds from the start of the process to the moment it tells."""
    start = time.monotonic_ns()
    return (int(first_line(module, environment)) - start) / 1e6


def first_line(module: Sequence[str], environment: dict[str, str]) -> str:
    """The first line that the child process writes; then the child is ended.

    Raises RuntimeError when the child ends, or ``TIMEOUT_SECONDS`` pass, without a line.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", *module], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    )
    watchdog = threading.Timer(TIMEOUT_SECONDS, child.kill)
    watchdog.start()
    try:
        assert child.stdout is not None
        line = child.stdout.readline().strip()
    finally:
        watchdog.cancel()
        child.kill()
        child.communicate()
    if not line:
        raise RuntimeError(f"{module[0]} told nothing")
    return line
