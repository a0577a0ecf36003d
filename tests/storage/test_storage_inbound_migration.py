"""From a file of the first schema: what the portal had told is kept with its dossier, its files wait to be fetched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from counter_app import storage
from counter_app.models import Dossier, InboxEntry, PortalFile
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import open_desk
from counter_app.services.steps import StepInput, take_step
from counter_app.services.verify import verify
from tests.conftest import Clock
from tests.services.inspect_desk import payloads
from tests.services.test_services_portal_feed import ONLINE_CODE, feed, online
from tests.storage.test_storage_migrations import downgrade

CALENDAR = {"Nam": "2027", "NgayNghi": ["20270101"], "LamBu": []}
BACK = {"Nam": "2027", "NgayNghi": [], "LamBu": []}


def test_online_dossier_of_the_first_schema(directory: Path, clock: Clock) -> None:
    told = online(Fax="02623812345", TaiLieuNop=[{"TepDinhKemId": "A" * 64, "DuongDanTaiTepTin": "/files/1"}])
    desk = open_desk(directory, clock)
    feed(desk, "HoSoMoi", ONLINE_CODE, told)
    for data in (CALENDAR, BACK, CALENDAR):
        feed(desk, "Lich", "", data)
    feed(desk, "HoSoMoi", ONLINE_CODE, {**told, "ChuHoSo": "Người khác"})
    desk.close()
    path = directory / "counter.db"
    downgrade(path, "0001")
    with closing(sqlite3.connect(path)) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(dossier)")}
        assert "portal_told" not in columns
        kept = connection.execute("SELECT kind, state FROM inbox_entry ORDER BY id").fetchall()
        assert kept == [("HoSoMoi", "applied"), ("Lich", "applied"), ("Lich", "applied"), ("HoSoMoi", "clash")]
        triggers = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        assert {"dossier_search_insert", "dossier_search_update", "event_no_update"} <= triggers
    storage.migrate(path)
    desk = open_desk(directory, clock)
    with desk.database.read() as session:
        assert session.scalars(select(Dossier)).one().portal_told == told
        (file,) = session.scalars(select(PortalFile))
        assert (file.url, file.sha256, file.state) == ("/files/1", "a" * 64, "waiting")
        subjects = [row.subject for row in session.scalars(select(InboxEntry).order_by(InboxEntry.id))]
    assert subjects == [f"HoSoMoi {ONLINE_CODE}", "Lich 2027", "Lich 2027", f"HoSoMoi {ONLINE_CODE}"]
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    (update,) = payloads(desk, ONLINE_CODE, "update")
    assert (update["Fax"], [one["DuongDanTaiTepTin"] for one in update["TaiLieuNop"]]) == (told["Fax"], ["/files/1"])
    assert verify(desk).problems == ()
    desk.close()
