"""What the portal's feed brings, applied to the desk's own data (design, section 6, "Inbound").

The portal is right for processing and catalogue, the desk for what it took in. What cannot be applied without
overwriting one side is a clash, kept for a person to decide (``clashes``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.models import Dossier
from counter_app.services.calendars import apply_portal_calendar
from counter_app.services.catalogue_import import CatalogueImporter, from_portal
from counter_app.services.desk import DeskContext
from counter_app.services.online_dossiers import take_online_dossier
from counter_app.services.portal_status import take_told_results, take_told_step
from counter_app.services.portal_told import NotFitting, snapshot
from counter_app.sync.inbox import EntryKind, EntryState, FeedClash, FeedEntry


class FeedApplier:
    """Applies entries inside the syncer's unit of work; called by ``counter_app.sync.inbox``."""

    def __init__(self, desk: DeskContext) -> None:
        self._desk = desk

    def __call__(self, session: Session, entry: FeedEntry) -> EntryState:
        try:
            with session.begin_nested():
                self._take(session, entry)
        except NotFitting as misfit:
            # Only now, when what the entry had changed is taken back, the desk's own state shows.
            dossier = session.get_one(Dossier, misfit.dossier_id)
            raise FeedClash(misfit.reason, snapshot(session, self._desk, dossier)) from misfit
        return EntryState.APPLIED

    def _take(self, session: Session, entry: FeedEntry) -> None:
        match entry.kind:
            case EntryKind.NEW_DOSSIER:
                take_online_dossier(session, self._desk, entry.data)
            case EntryKind.STEP:
                take_told_step(session, self._desk, known_dossier(session, entry), entry.data)
            case EntryKind.RESULT:
                take_told_results(session, self._desk, known_dossier(session, entry), entry.data)
            case EntryKind.PROCEDURE:
                CatalogueImporter(session, self._desk.clock()).take(from_portal(dict(entry.data)))
            case EntryKind.CALENDAR:
                self._calendar(session, entry.data)

    def _calendar(self, session: Session, data: Mapping[str, Any]) -> None:
        days = {
            key: [datetime.strptime(str(text), "%Y%m%d").date() for text in data.get(key) or []]  # noqa: DTZ007 - a date
            for key in ("NgayNghi", "LamBu")
        }
        off: list[date] = days["NgayNghi"]
        apply_portal_calendar(session, self._desk, int(str(data["Nam"])), off, days["LamBu"])


def known_dossier(session: Session, entry: FeedEntry) -> Dossier:
    """The dossier that an entry is about; ValueError where this desk does not have it."""
    code = entry.dossier_code or str(entry.data.get("MaHoSo") or "")
    dossier = session.scalar(select(Dossier).where((Dossier.code == code) | (Dossier.portal_code == code)))
    if dossier is None:
        raise ValueError(f"Cổng báo thay đổi của hồ sơ «{code}» mà quầy này không có. Hãy kiểm tra mã trên cổng.")
    return dossier
