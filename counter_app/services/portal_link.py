"""Puts the desk and the portal's client together: who sends, what an upload is followed by, who applies the feed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import KnownError
from counter_app.models import Document
from counter_app.portal_secret import portal_password
from counter_app.services import outgoing
from counter_app.services.catalogue_import import CatalogueImporter, ImportOutcome, from_portal
from counter_app.services.desk import DeskContext
from counter_app.services.offices import office_row
from counter_app.services.online_documents import FetchWaiting
from counter_app.services.portal_feed import FeedApplier
from counter_app.services.portal_names import PortalNames
from counter_app.services.reconcile_daily import DailyReconciliation
from counter_app.services.rescue_hold import SettleHeld
from counter_app.settings import Settings
from counter_app.sync.client import PortalClient
from counter_app.sync.engine import SyncEngine
from counter_app.sync.surroundings import Chore, Surroundings

if TYPE_CHECKING:
    from counter_app.sync.http import HttpLimits


class SigningClient(PortalClient, Protocol):
    """A client that can be asked to prove that it is let in."""

    def sign_in(self) -> None:
        """Sign in anew: tells whether address, certificate and credentials hold."""


def make_client(desk: DeskContext) -> PortalClient:
    """The client of the portal in the settings.

    Raises KnownError ``portal_not_set`` without an address, ``sign_in_needed`` without a password,
    ``ca_bundle_missing`` when the file of certificates is gone.
    """
    if not desk.settings.portal.url:
        raise KnownError(
            "portal_not_set", "Chưa cài địa chỉ cổng nên chưa gửi được. Hãy nhập địa chỉ cổng ở trang Cài đặt."
        )
    return open_client(desk, desk.settings, portal_password(desk.settings))


def open_client(
    desk: DeskContext, settings: Settings, password: str, limits: HttpLimits | None = None
) -> SigningClient:
    """A client of the portal in ``settings``, of whichever profile; see ``make_client`` for what it raises."""
    from counter_app.sync.http import HttpLimits

    portal = settings.portal
    office_id = portal.unit or settings.office
    ca_bundle = Path(portal.ca_bundle) if portal.ca_bundle else None
    if ca_bundle is not None and not ca_bundle.exists():
        raise KnownError(
            "ca_bundle_missing",
            f"Không thấy tệp chứng thư «{ca_bundle}» nên chưa nối được với cổng. Chọn lại tệp ở trang Cài đặt.",
        )
    if not portal.takes_updates:
        from counter_app.sync.profile2 import Profile2Client
        from counter_app.sync.profile2_calls import Profile2Settings

        return Profile2Client(
            Profile2Settings(portal.url, portal.user, password, office_id, ca_bundle, limits or HttpLimits()),
            PortalNames(desk.database),
            now=desk.clock,
        )
    from counter_app.sync.profile1 import Profile1Client, Profile1Settings

    return Profile1Client(
        Profile1Settings(portal.url, portal.user, password, office_id, ca_bundle, limits or HttpLimits()),
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
            queue_naming=naming_queue(desk),
            feed=FeedApplier(desk),
            clock=desk.clock,
            random=random.random,
            chores=chores(desk),
        ),
    )


def chores(desk: DeskContext) -> tuple[Chore, ...]:
    """What the syncer does while nothing waits: what left in a rescue file, files of online dossiers, the day's
    comparison.

    A portal without updates keeps neither the record as it stands nor a feed, so there is nothing to compare.
    """
    if not desk.settings.portal.takes_updates:
        return ()
    return SettleHeld(desk), FetchWaiting(desk), DailyReconciliation(desk)


def naming_queue(desk: DeskContext) -> NamingQueue | ResultNaming:
    """What follows an upload at the portal in the settings."""
    naming = NamingQueue(desk)
    return naming if desk.settings.portal.takes_updates else ResultNaming(naming)


class NamingQueue:
    """Queues the updates that name the uploaded documents of dossiers, in the syncer's unit of work."""

    def __init__(self, desk: DeskContext) -> None:
        self._desk = desk

    def __call__(self, session: Session, dossier_ids: Sequence[int], now: datetime) -> None:
        outgoing.queue_updates(session, dossier_ids, office_row(session, self._desk), now)


class ResultNaming:
    """The same where only results can be named after the create: other documents were named by it."""

    def __init__(self, naming: NamingQueue) -> None:
        self._naming = naming

    def __call__(self, session: Session, dossier_ids: Sequence[int], now: datetime) -> None:
        session.flush()
        with_results = session.scalars(
            select(Document.dossier_id)
            .where(Document.dossier_id.in_(dossier_ids), Document.result_code != "", Document.uploaded_at.is_not(None))
            .distinct()
        )
        self._naming(session, list(with_results), now)


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
