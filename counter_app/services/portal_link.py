"""Puts the desk and the portal's client together: who sends, what an upload is followed by, who applies the feed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from counter_app.errors import KnownError
from counter_app.services import outgoing
from counter_app.services.catalogue_import import CatalogueImporter, ImportOutcome, from_portal
from counter_app.services.desk import DeskContext
from counter_app.services.offices import office_row
from counter_app.services.portal_feed import FeedApplier
from counter_app.settings import portal_password
from counter_app.sync.client import PortalClient
from counter_app.sync.engine import Surroundings, SyncEngine


def make_client(desk: DeskContext) -> PortalClient:
    """The client of the portal in the settings.

    Raises KnownError ``portal_not_set`` without an address, ``sign_in_needed`` without a password.
    """
    from counter_app.sync.profile1 import Profile1Client, Profile1Settings

    portal = desk.settings.portal
    if not portal.url:
        raise KnownError(
            "portal_not_set", "Chưa cài địa chỉ cổng nên chưa gửi được. Hãy nhập địa chỉ cổng ở trang Cài đặt."
        )
    return Profile1Client(
        Profile1Settings(
            base_url=portal.url,
            username=portal.user,
            password=portal_password(desk.settings),
            office_id=portal.unit or desk.settings.office,
            ca_bundle=Path(portal.ca_bundle) if portal.ca_bundle else None,
        ),
        now=desk.clock,
    )


def make_engine(desk: DeskContext) -> SyncEngine:
    """The syncer of this desk; see ``make_client`` for what it raises."""
    portal = desk.settings.portal
    return SyncEngine(
        desk.database,
        make_client(desk),
        Surroundings(
            portal=f"{portal.url} {portal.unit or desk.settings.office}",
            document_path=desk.documents.path_of,
            queue_naming=NamingQueue(desk),
            feed=FeedApplier(desk),
            clock=desk.clock,
            random=random.random,
        ),
    )


class NamingQueue:
    """Queues the updates that name the uploaded documents of dossiers, in the syncer's unit of work."""

    def __init__(self, desk: DeskContext) -> None:
        self._desk = desk

    def __call__(self, session: Session, dossier_ids: Sequence[int], now: datetime) -> None:
        outgoing.queue_updates(session, dossier_ids, office_row(session, self._desk), now)


def import_catalogue_from_portal(desk: DeskContext, tell: Callable[[int], None] | None = None) -> ImportOutcome:
    """Fetch every procedure of the portal (LayDanhSachTTHC, LayThuTuc), then take them in at once.

    ``tell`` hears how many have been fetched; what it raises ends the import before anything is written.
    """
    client = make_client(desk)
    entries = []
    try:
        page = "1"
        while page:
            heads, page = client.procedures(page)
            for head in heads:
                whole = client.procedure(str(head["MATTHC"]))
                if whole is not None:
                    entries.append(from_portal(dict(whole)))
                if tell is not None:
                    tell(len(entries))
    finally:
        client.close()
    with desk.database.write() as session, session.no_autoflush:
        importer = CatalogueImporter(session, desk.clock())
        for entry in entries:
            importer.take(entry)
        return importer.outcome()
