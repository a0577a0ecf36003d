"""What the pictures of the sync page show: a fortnight of the line, calls, and a portal that differs from the desk."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from counter_app.app import RunningApp
from counter_app.models import SyncRun
from counter_app.rules.calendar import VIETNAM
from counter_app.sandbox import PracticePortal
from counter_app.services.desk import DeskContext
from counter_app.services.portal_feed import FeedApplier
from counter_app.services.portal_link import make_engine
from counter_app.sync.client import Exchange, FeedPage
from counter_app.sync.engine import Light
from counter_app.sync.inbox import take_page
from counter_app.sync.worker import SyncWorker, Transfer

TODAY = datetime(2026, 3, 10, 9, 42, tzinfo=VIETNAM)
LINE_DOWN = "Chưa kết nối được với cổng. Hồ sơ vẫn an toàn trên máy này và sẽ tự gửi khi có mạng."
CALLS: tuple[tuple[str, int | None, tuple[int, int, int], str], ...] = (
    ("login", 200, (212, 58, 96), ""),
    ("LayThayDoi", 200, (188, 214, 1_840), ""),
    ("DongBoHoSoMC", 200, (431, 6_204, 118), ""),
    ("POST /files", 201, (164, 0, 0), ""),
    ("PATCH /files", None, (10_012, 65_536, 0), "portal_timeout"),
    ("HEAD /files", 200, (171, 0, 0), ""),
    ("PATCH /files", 204, (3_870, 182_330, 0), ""),
    ("DongBoHoSoMC", 200, (402, 5_988, 118), ""),
    ("CapNhatTienDoHoSoMC", 200, (295, 1_204, 86), ""),
    ("LayThayDoi", 200, (190, 214, 60), ""),
)
"""Calls as the diagnosis lists them."""


class FacelessWorker(SyncWorker):
    """A worker whose thread never runs, with calls as of a morning."""

    def __init__(self, running: RunningApp) -> None:
        desk = running.desk
        super().__init__(desk.database, lambda: make_engine(desk), running.context.take_sync_status, clock=desk.clock)

    def exchanges(self) -> tuple[Exchange, ...]:
        return tuple(
            Exchange(TODAY - timedelta(seconds=97 * (len(CALLS) - place)), call, status, *numbers, trouble)
            for place, (call, status, numbers, trouble) in enumerate(CALLS)
        )

    def show(self, **changes: Any) -> None:
        """The snapshot as after the last pass, with these changes."""
        usual = {"light": Light.ONLINE, "last_success_at": TODAY, "sending": "", "transfer": None}
        self._publish(**{**self._counts(), **usual, **changes})

    def show_sending(self, code: str) -> None:
        """A document under way."""
        transfer = Transfer("to-khai-dang-ky-khai-sinh.pdf", code, 913_408, 2_411_724, 29_300.0)
        self.show(sending="Gửi tài liệu", transfer=transfer)


def remember_line(desk: DeskContext) -> None:
    """A fortnight of the line: good days, two with an outage, a refusal, a week-end without anybody."""
    rows = []
    for day in range(13, 0, -1):
        start = datetime.combine((TODAY - timedelta(days=day)).date(), time(7, 31), tzinfo=VIETNAM)
        if start.weekday() >= 5:
            continue
        rows += [(start + timedelta(minutes=37 * turn), 3 + (day + turn) % 5, turn % 2, 0, "") for turn in range(14)]
        if day in (5, 6):
            began = start + timedelta(hours=2, minutes=3)
            rows = [row for row in rows if not began <= row[0] < began + timedelta(minutes=9 * (11 - day))]
            rows += [(began + timedelta(minutes=9 * turn), 0, 0, 0, LINE_DOWN) for turn in range(11 - day)]
        if day == 8:
            rows.append((start + timedelta(hours=7), 4, 0, 1, ""))
    with desk.database.write() as session:
        for began, sent, received, failed, error in sorted(rows):
            ended = began + timedelta(seconds=4 + sent)
            session.add(
                SyncRun(started_at=began, ended_at=ended, sent=sent, received=received, failed=failed, error=error)
            )


def be_at_odds(desk: DeskContext, portal: PracticePortal, codes: list[str]) -> None:
    """The portal tells of a step that does not fit, and has lost and changed something of its own."""
    step = {
        "ThoiDiemXuLy": "20260309153000",
        "TrangThai": "5",
        "NguoiXuLy": "Y Bhiăo Êban",
        "PhongBanXuLy": "Phòng Văn hóa - Xã hội",
        "NoiDungXuLy": "Bổ sung bản sao giấy chứng sinh",
    }
    raw = json.dumps({"Loai": "TienDo", "MaHoSo": codes[10], "DuLieu": step}).encode()
    with desk.database.write() as session:
        take_page(session, "portal", FeedPage((raw,), "1", False), FeedApplier(desk), desk.clock())
    with portal._running().store.transaction() as db:
        for code, changes in (
            (codes[13], {"SoDienThoai": "0356 777 8"}),
            (codes[12], {"NgayHenTra": "20260313170000"}),
        ):
            (text,) = db.execute("SELECT body FROM dossier WHERE code = ?", (code,)).fetchone()
            body = json.dumps({**json.loads(text), **changes}, ensure_ascii=False)
            db.execute("UPDATE dossier SET body = ? WHERE code = ?", (body, code))
        db.execute("DELETE FROM step WHERE code = ?", (codes[11],))


def set_right_clock(found: Any) -> Any:
    """The practice portal's clock is that of this machine, the desk's that of the pictures."""
    return replace(found, line=replace(found.line, clock_skew=timedelta(seconds=3)))
