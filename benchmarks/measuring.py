"""What all benchmarks share: percentiles, interleaving, and one line of the table."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


class CannotMeasureError(Exception):
    """This machine lacks what a benchmark needs; its words say what."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a value should not exceed; with ``least``, what it should reach."""

    bound: float
    unit: str = "×"
    least: bool = False

    def words(self, value: float) -> str:
        """The aim and whether ``value`` keeps it."""
        kept = value >= self.bound if self.least else value <= self.bound
        sign = "≥" if self.least else "≤"
        return f"{sign} {self.bound:g}{_spaced(self.unit)}: {'met' if kept else 'MISSED'}"


@dataclass(frozen=True, slots=True)
class Line:
    """One measured comparison. ``ours`` and ``baseline`` are in ``unit``."""

    name: str
    ours: float
    baseline: float
    unit: str
    against: str
    ratio_aim: Aim | None = None
    value_aim: Aim | None = None

    @property
    def ratio(self) -> float:
        """Ours over the baseline."""
        return self.ours / self.baseline

    def aims(self) -> str:
        """All aims of this line with their verdicts."""
        words = []
        if self.ratio_aim is not None:
            words.append(self.ratio_aim.words(self.ratio))
        if self.value_aim is not None:
            words.append(self.value_aim.words(self.ours))
        return "; ".join(words) or "(told, no aim)"

    def missed(self) -> bool:
        """Whether any aim is not kept."""
        return "MISSED" in self.aims()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of ``values`` lie, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(repeats: int, ours: Callable[[], float], baseline: Callable[[], float]) -> tuple[list[float], list[float]]:
    """Measure one and the other ``repeats`` times, so that a slow minute of the machine hits both alike."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        found[0].append(ours())
        found[1].append(baseline())
    return found


def as_table(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table."""
    head = ("what", "ours", "baseline", "ratio", "against", "aim")
    rows = [head, *(_cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def _cells(line: Line) -> tuple[str, ...]:
    unit = _spaced(line.unit)
    return (
        line.name,
        f"{_short(line.ours)}{unit}",
        f"{_short(line.baseline)}{unit}",
        f"{line.ratio:.2f}×",
        line.against,
        line.aims(),
    )


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _spaced(unit: str) -> str:
    return unit if unit == "×" else f" {unit}"
