"""Columns for tables of dossiers on a screen 1,366 pixels wide: short times leave room for the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from counter_app.services.values import QueueRow
from counter_app.ui.dossier_table import COLUMNS, Column
from counter_app.ui.formatting import local

WIDTHS = {
    "code": 172,
    "applicant": 166,
    "procedure": 200,
    "received": 106,
    "due": 106,
    "left": 166,
    "status": 152,
    "portal": 142,
}


def short_time(moment: datetime | None, now: datetime) -> str:
    """``17:00 13/03``; the year only where it is not this one."""
    if moment is None:
        return ""
    here = local(moment)
    return f"{here:%H:%M %d/%m}" if here.year == local(now).year else f"{here:%H:%M %d/%m/%y}"


def _short(attribute: str) -> Callable[[QueueRow, datetime, Any], tuple[str, str]]:
    def text(row: QueueRow, now: datetime, _calendar: Any) -> tuple[str, str]:
        return short_time(getattr(row, attribute), now), ""

    return text


_SHORT = {"received": _short("received_at"), "due": _short("due")}


def compact(*keys: str) -> tuple[Column, ...]:
    """The named columns of ``dossier_table`` in this order, narrow enough for one screen."""
    by_key = {column.key: column for column in COLUMNS}
    return tuple(replace(by_key[key], width=WIDTHS[key], text=_SHORT.get(key, by_key[key].text)) for key in keys)
