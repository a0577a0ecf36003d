"""How a unit settled its part of a dossier against the inner limit that it was given (forms.md, control slip)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from .working_time import local


class Timing(StrEnum):
    """Trước hạn, đúng hạn, quá hạn."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


def timing(due: datetime | None, at: datetime) -> Timing | None:
    """Return how a part that was due at ``due`` and handed on at ``at`` was settled; None without a limit.

    The due moment itself is still in time; early is any office day before that of the due moment.
    """
    if due is None:
        return None
    limit, done = local(due), local(at)
    if done > limit:
        return Timing.LATE
    return Timing.EARLY if done.date() < limit.date() else Timing.ON_TIME
