"""A desk joined to a practice portal, a line that always works, and ways to damage what the portal holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.sandbox.portal import PracticePortal
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.outbox import outbox_counts
from counter_app.services.portal_link import make_client, make_engine
from counter_app.services.receive import receive
from counter_app.services.reconcile import Period, Report, reconcile
from counter_app.services.reconcile_list import DifferenceRow, Shown, difference_ids, differences
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import ComponentIn
from counter_app.settings import PortalSettings
from counter_app.sync.engine import SyncEngine
from tests.catalogue_samples import full_request, write_pdf
from tests.conftest import Clock

PASSES = 40


def never() -> bool:
    return False


def silent(_what: object) -> None: ...


@dataclass
class Office:
    """Desk and portal under one clock."""

    desk: DeskContext
    portal: PracticePortal
    clock: Clock
    scratch: Path

    def take_in(self, *steps: tuple[Step, StepInput], files: int = 1) -> str:
        """A dossier with so many scans, then these steps, half an hour apart."""
        self.clock.move(minutes=1)
        scans = tuple(write_pdf(self.scratch / f"giấy {self.clock.now:%d%H%M%S} {one}.pdf") for one in range(files))
        papers = (ComponentIn("TP01", 1, 0, scans), ComponentIn("TP02", 0, 1), ComponentIn("TP03"))
        code = receive(self.desk, full_request(components=papers)).code
        for step, given in steps:
            self.clock.move(minutes=30)
            take_step(self.desk, code, step, given)
        return code

    def attach_result(self, code: str) -> None:
        attach(self.desk, code, [write_pdf(self.scratch / f"kết quả {code}.pdf")], result="KQ01")

    def send(self) -> None:
        """Sync until nothing waits, as a program that was just started."""
        engine = make_engine(self.desk)
        try:
            self.send_by(engine)
        finally:
            engine.close()

    def send_by(self, engine: SyncEngine) -> None:
        """Sync until nothing waits."""
        for _ in range(PASSES):
            engine.run_pass()
            counts = outbox_counts(self.desk)
            if not counts.get("waiting") and not counts.get("sending"):
                return
            self.clock.move(seconds=20)
        raise AssertionError(f"still waiting: {outbox_counts(self.desk)}")

    def compare(self, days: int = 0, stop: Callable[[], bool] = never, tell: Callable[[Any], None] = silent) -> Report:
        """Compare today, or so many days more."""
        today = self.clock.now.astimezone(VIETNAM).date()
        client = make_client(self.desk)
        try:
            return reconcile(self.desk, client, Period(today - timedelta(days=days), today), stop, tell)
        finally:
            client.close()

    def rows(self, shown: Shown = Shown.LIVE) -> list[DifferenceRow]:
        return differences(self.desk, difference_ids(self.desk, shown))

    def held(self, code: str) -> dict[str, Any]:
        return self.portal.dossiers()[code]

    # What may happen to a portal

    def lose(self, code: str, *, files_too: bool = False) -> None:
        named = [entry["TepDinhKemId"] for entry in self.held(code)["TaiLieuNop"]] if files_too else []
        with self.portal._running().store.transaction() as db:
            for digest in named:
                db.execute("UPDATE upload SET state = 'gone' WHERE sha256 = ?", (digest,))
            db.execute("DELETE FROM step WHERE code = ?", (code,))
            db.execute("DELETE FROM dossier WHERE code = ?", (code,))

    def change(self, code: str, **fields: Any) -> None:
        """Other values in the portal's record, or a function of the old value."""
        with self.portal._running().store.transaction() as db:
            (text,) = db.execute("SELECT body FROM dossier WHERE code = ?", (code,)).fetchone()
            body = json.loads(text)
            for name, value in fields.items():
                body[name] = value(body.get(name)) if callable(value) else value
            db.execute("UPDATE dossier SET body = ? WHERE code = ?", (json.dumps(body, ensure_ascii=False), code))

    def lose_step(self, code: str, place: int) -> None:
        with self.portal._running().store.transaction() as db:
            numbers = [row[0] for row in db.execute("SELECT number FROM step WHERE code = ? ORDER BY number", (code,))]
            db.execute("DELETE FROM step WHERE number = ?", (numbers[place],))

    def give_step(self, code: str, step: dict[str, Any]) -> None:
        """A step comes to light again by itself."""
        with self.portal._running().store.transaction() as db:
            body = json.dumps(step, ensure_ascii=False)
            db.execute("INSERT INTO step (code, body, arrived_at) VALUES (?, ?, 0)", (code, body))

    def repeat_step(self, code: str, place: int) -> None:
        with self.portal._running().store.transaction() as db:
            bodies = [row[0] for row in db.execute("SELECT body FROM step WHERE code = ? ORDER BY number", (code,))]
            db.execute("INSERT INTO step (code, body, arrived_at) VALUES (?, ?, 0)", (code, bodies[place]))

    def lose_file(self, code: str, place: int = 0) -> None:
        """The record no longer names the file, and the file itself is gone."""
        (name,) = [self.held(code)["TaiLieuNop"][place]["TepDinhKemId"]]
        self.change(code, TaiLieuNop=lambda entries: [one for one in entries if one["TepDinhKemId"] != name])
        with self.portal._running().store.transaction() as db:
            db.execute("UPDATE upload SET state = 'gone' WHERE sha256 = ?", (name,))


@contextmanager
def office_at_work(directory: Path, scratch: Path, clock: Clock, *, knows_keys: bool = False) -> Iterator[Office]:
    """The desk in this directory, joined to a fresh portal."""
    scratch.mkdir(exist_ok=True)
    portal = PracticePortal(scratch / "portal.db", clock=lambda: clock.now.timestamp(), knows_idempotency=knows_keys)
    with portal:
        opened = open_desk(directory, clock)
        settings = replace(opened.settings, portal=PortalSettings(url=portal.url, user="canbo"))
        try:
            yield Office(replace(opened, settings=settings), portal, clock, scratch)
        finally:
            opened.close()
