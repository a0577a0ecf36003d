"""Memory of the window with a million dossiers, against an empty PySide6 window."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.corpus import DATA, corpus
from benchmarks.measuring import Aim, Line, in_turn
from benchmarks.screen import screen
from benchmarks.start import first_line

LIMIT_MIB = 250.0


def run(dossiers: int = 1_000_000, repeats: int = 3, root: Path = DATA) -> list[Line]:
    """Medians of the highest resident memory after the queue was shown whole, scrolled, and searches done."""
    directory = corpus(dossiers, root)
    with screen() as (environment, name):
        mine, baseline = in_turn(
            repeats,
            partial(_peak, ["benchmarks.memory_window", str(directory)], environment, dossiers),
            partial(_peak, ["benchmarks.memory_window"], environment),
        )
    return [
        Line(
            f"peak memory, {dossiers:,} dossiers, {name}",
            median(mine),
            median(baseline),
            "MiB",
            "an empty PySide6 window",
            value_aim=Aim(LIMIT_MIB, "MiB"),
        )
    ]


def _peak(module: list[str], environment: dict[str, str], dossiers: int = 0) -> float:
    """MiB; RuntimeError when the window did not show all dossiers or found none."""
    told = json.loads(first_line(module, environment))
    if dossiers and (told["rows"] != dossiers or not told["found"]):
        raise RuntimeError(f"the window shows {told['rows']} of {dossiers} dossiers and found {told['found']}")
    return float(told["peak"])
