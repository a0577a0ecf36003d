"""Two or more desks of one office and a portal, for what is carried between them on a stick."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from counter_app.models import OutboxMessage
from counter_app.rules.lifecycle import Step
from counter_app.sandbox.portal import PracticePortal
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.portal_feed import FeedApplier
from counter_app.services.portal_link import NamingQueue
from counter_app.services.receive import receive
from counter_app.services.rescue_send import Carried, SendProgress, send_rescue
from counter_app.services.steps import StepInput, take_step
from counter_app.settings import with_changes
from counter_app.sync import outbox
from counter_app.sync.engine import Surroundings, SyncEngine
from counter_app.sync.http import HttpLimits
from counter_app.sync.profile1 import Profile1Client, Profile1Settings
from tests.both_sides import differences
from tests.catalogue_samples import request, write_pdf
from tests.conftest import Clock

PASSPHRASE = "bang-chom tay-nguyen"
UNIT = "Phòng Tư pháp"


class Client(Profile1Client):
    """The real client; the practice portal stamps its answers by the machine's clock, a test by its own."""

    skew: timedelta | None = timedelta(0)

    @property
    def clock_skew(self) -> timedelta | None:
        return self.skew


class Office:
    """The desks of one office, under one clock unless a test gives a desk another."""

    def __init__(self, prepared: Path, folder: Path, portal: PracticePortal) -> None:
        self.prepared = prepared
        self.folder = folder
        self.portal = portal
        self.clock = Clock(datetime(2026, 3, 10, 1, 30, tzinfo=UTC))
        self.desks: list[DeskContext] = []
        self.stick = folder / "thẻ"
        self.stick.mkdir()

    def desk(self, number: int, **changes: object) -> DeskContext:
        directory = Path(shutil.copytree(self.prepared, self.folder / f"quầy {number}"))
        opened = open_desk(directory, self.clock)
        portal = {"url": self.portal.url, "user": "canbo"}
        opened = replace(opened, settings=with_changes(opened.settings, desk=number, portal=portal, **changes))
        self.desks.append(opened)
        return opened

    def reopened(self, desk: DeskContext) -> DeskContext:
        """The desk after its program has died: nothing of it is in memory any more."""
        desk.close()
        again = replace(open_desk(desk.directory, self.clock), settings=desk.settings)
        self.desks[self.desks.index(desk)] = again
        return again

    def close(self) -> None:
        for desk in self.desks:
            desk.close()

    def client(self, desk: DeskContext) -> Client:
        settings = Profile1Settings(
            self.portal.url, "canbo", "thuchanh", desk.settings.office, limits=HttpLimits(2, 10, 20), chunk_size=700
        )
        return Client(settings, now=desk.clock)

    def take_in(self, desk: DeskContext, steps: int = 1, scans: int = 1) -> str:
        """A dossier with scans and steps, a minute later than the one before."""
        self.clock.move(minutes=1)
        number = random.Random(str(self.clock.now)).random()
        files = [write_pdf(self.folder / f"tờ {one}.pdf", f"{number} {one} " * 60) for one in range(scans)]
        code = receive(desk, request(files=files)).code
        for step in (Step.HAND_OVER, Step.ACCEPT)[:steps]:
            self.clock.move(minutes=1)
            take_step(desk, code, step, StepInput(unit=UNIT))
        return code

    def engine(self, desk: DeskContext) -> SyncEngine:
        """The desk's own syncer, as after a start of its program."""
        return SyncEngine(
            desk.database,
            self.client(desk),
            Surroundings(
                portal="practice",
                document_path=desk.documents.path_of,
                queue_naming=NamingQueue(desk),
                feed=FeedApplier(desk),
                clock=desk.clock,
                random=random.Random(3).random,
            ),
        )

    def sync(self, desk: DeskContext, passes: int = 30) -> int:
        """Let the desk's own syncer work until nothing is due; returns how much it sent."""
        engine = self.engine(desk)
        sent = 0
        for _ in range(passes):
            engine.hurry()
            result = engine.run_pass()
            sent += result.sent
            with desk.database.read() as session:
                if outbox.next_due(session) is None and result.retry_at is None:
                    break
            self.clock.move(seconds=20)
        engine.close()
        return sent

    def carry(
        self,
        desk: DeskContext,
        file: Path,
        tell: Callable[[SendProgress], None] = lambda _: None,
        client: Client | None = None,
    ) -> Carried:
        client = client or self.client(desk)
        try:
            return send_rescue(desk, file, PASSPHRASE, client, tell, wait=lambda _: None)
        finally:
            client.close()

    def check_each_once(self, desk: DeskContext) -> None:
        """The portal has the desk's dossiers, steps and documents, each once, in order, equal; nothing is left."""
        assert differences(desk, self.portal) == []


def states(desk: DeskContext) -> Counter[str]:
    with desk.database.read() as session:
        return Counter(session.scalars(select(OutboxMessage.state)))
