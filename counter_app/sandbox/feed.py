"""The change feed (LayThayDoi, section 3): reading a page of it, and what a trainer pushes into it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from counter_app.errors import UserError
from counter_app.sandbox.fields import Item
from counter_app.sandbox.store import Store, add_feed_entry, add_step, change_dossier, put_dossier
from counter_app.sandbox.uploads import digest_of
from counter_app.sandbox.validation import check_dossier, check_step

KINDS: Final = ("HoSoMoi", "TienDo", "KetQua", "TTHC", "Lich")
PAGE_LIMIT: Final = 100
_REPEATED: Final = 2


@dataclass(frozen=True)
class FeedPage:
    """Entries in the wire's form; ``cursor`` is empty when there was nothing new."""

    entries: list[Item]
    cursor: str
    more: bool


def read_feed(store: Store, *, after: int, limit: int, repeat: bool = False) -> FeedPage:
    """What came after a cursor, at most ``limit`` (and 100) entries.

    ``repeat`` gives entries twice that were there before the cursor, or else the first new one: the
    protocol allows repeats after a fault on the portal's side, and never a gap.
    """
    limit = min(limit, PAGE_LIMIT)
    rows = store.rows("SELECT * FROM feed WHERE number > ? ORDER BY number LIMIT ?", after, limit + 1)
    new = rows[:limit]
    again = []
    if repeat:
        again = (
            store.rows(
                "SELECT * FROM (SELECT * FROM feed WHERE number <= ? ORDER BY number DESC LIMIT ?) ORDER BY number",
                after,
                _REPEATED,
            )
            or new[:1]
        )
    entries = [{"Loai": row["kind"], "MaHoSo": row["code"], "DuLieu": json.loads(row["body"])} for row in again + new]
    return FeedPage(entries, str(new[-1]["number"]) if new else "", len(rows) > limit)


def push(store: Store, kind: str, code: str, data: object, now: float) -> int:
    """Put an entry into the feed and its effect on the portal's own record, in one transaction.

    An online dossier becomes known to the portal, a step or a result is added to its dossier. Data that
    a client cannot read is passed on as it is, without an effect: clients must live with it. Returns
    the entry's cursor; UserError ``feed_invalid`` for no kind of entry at all, ``dossier_exists`` for a
    code that is taken.
    """
    if kind not in KINDS:
        raise UserError("feed_invalid", f"Không có loại mục «{kind}». Hãy chọn một trong: {', '.join(KINDS)}.")
    with store.transaction() as db:
        if kind == "HoSoMoi":
            dossier, fault = check_dossier(data, lambda address: digest_of(db, address))
            if fault is None:
                taken = db.execute("SELECT 1 FROM dossier WHERE code = ?", (dossier["MaHoSo"],)).fetchone()
                if taken:
                    raise UserError("dossier_exists", f"Mã hồ sơ «{dossier['MaHoSo']}» đã có trên cổng.")
                put_dossier(db, dossier, "", now)
        elif kind == "TienDo":
            step, fault = check_step(data)
            if fault is None:
                add_step(db, step, now)
        elif kind == "KetQua" and isinstance(data, dict) and isinstance(data.get("DanhSachGiayToKetQua"), list):
            change_dossier(db, code, {"DanhSachGiayToKetQua": data["DanhSachGiayToKetQua"]}, now)
        return add_feed_entry(db, kind, code, data)
