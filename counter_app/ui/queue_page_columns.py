"""Columns for tables of dossiers on a screen 1,366 pixels wide: short times leave room for the words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from counter_app.services.values import QueueRow
from counter_app.ui.dossier_table import COLUMNS, Column
from counter_app.ui.formatting import local

COMMON_START = "Thủ tục "
WIDTHS = {
    "code": 164,
    "applicant": 182,
    "procedure": 200,
    "received": 106,
    "due": 106,
    "left": 210,
    "status": 152,
    "portal": 136,
}


def short_time(moment: datetime | None, now: datetime) -> str:
    """``17:00 13/03``; the year only where it is not this one."""
    if moment is None:
        return ""
    here = local(moment)
    return f"{here:%H:%M %d/%m}" if here.year == local(now).year else f"{here:%H:%M %d/%m/%y}"


def _short_due(row: QueueRow, now: datetime, _calendar: Any) -> tuple[str, str]:
    return short_time(row.due, now), ""


def short_name(row: QueueRow, _now: datetime, _calendar: Any) -> tuple[str, str]:
    """The procedure's name without the word that nearly all of them begin with."""
    name = row.procedure_name
    rest = name.removeprefix(COMMON_START)
    return (name if rest == name else rest[:1].upper() + rest[1:]), ""


_SHORT = {"procedure": short_name, "due": _short_due}


def compact(*keys: str) -> tuple[Column, ...]:
    """The named columns of ``dossier_table`` in this order, narrow enough for one screen."""
    by_key = {column.key: column for column in COLUMNS}
    return tuple(replace(by_key[key], width=WIDTHS[key], text=_SHORT.get(key, by_key[key].text)) for key in keys)
