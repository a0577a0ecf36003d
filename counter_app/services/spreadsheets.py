"""Lists as CSV files that a spreadsheet opens rightly."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from counter_app.database import storage_error
from counter_app.rules.calendar import VIETNAM


def write_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a list (UTF-8 with BOM); returns the number of its lines.

    A cell that a spreadsheet would take for a formula begins with an apostrophe. Raises KnownError when the file
    cannot be written.
    """
    count = 0
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(head)
            for row in rows:
                writer.writerow(map(_safe_cell, row))
                count += 1
    except OSError as error:
        raise storage_error(error, path) from error
    return count


def moment_cell(moment: datetime | None) -> str:
    """``13/03/2026 17:00`` at the office; empty without a moment."""
    return "" if moment is None else moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")


def _safe_cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
