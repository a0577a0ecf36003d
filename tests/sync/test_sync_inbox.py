"""The change feed: each entry once, cursor and effect together, the unreadable kept and shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sync_desk import SyncDesk

from counter_app.models import InboxCursor, InboxEntry, Office
from counter_app.sandbox.portal import PracticePortal
from counter_app.sync import inbox
from counter_app.sync.client import FeedPage
from counter_app.sync.inbox import EntryKind, EntryState, FeedClash, FeedEntry

STEP = {"MaHoSo": "H15.36-261125-0001", "NguoiXuLy": "B", "ThoiDiemXuLy": "20261126080000", "TrangThai": "9"}
OLD_AND_NEW = (("cũ", "20260101000000"), ("mới", "20260601000000"))
CALENDAR = {"Nam": "2027", "NgayNghi": ["20270101"], "LamBu": []}


def kept(desk: SyncDesk) -> list[tuple[str, str]]:
    with desk.database.read() as session:
        return [(one.kind, one.state) for one in session.scalars(select(InboxEntry).order_by(InboxEntry.id))]


def raw(kind: str, data: object, code: str = "") -> bytes:
    return json.dumps({"Loai": kind, "MaHoSo": code, "DuLieu": data}, ensure_ascii=False).encode()


def test_entries_come_in_order_and_once_over_many_passes(desk: SyncDesk, portal: PracticePortal) -> None:
    portal.push_sample()
    desk.sync(portal.url)
    portal.push("Lich", "", CALENDAR)
    portal.faults.set("feed_repeats", probability=1.0)

    desk.sync(portal.url)
    desk.sync(portal.url)

    assert [one.kind for one in desk.entries] == [EntryKind.NEW_DOSSIER, EntryKind.CALENDAR]
    assert desk.entries[1].data == CALENDAR


def test_a_long_feed_is_read_to_its_end_in_one_pass(desk: SyncDesk, portal: PracticePortal) -> None:
    for number in range(inbox.PAGE * 2 + 5):
        portal.push("Lich", "", {**CALENDAR, "Nam": str(2027 + number)})
    client = desk.client(portal.url)

    result = desk.engine(client).run_pass()

    client.close()
    assert result.received == inbox.PAGE * 2 + 5
    assert [one.data["Nam"] for one in desk.entries] == [str(2027 + n) for n in range(inbox.PAGE * 2 + 5)]


@pytest.mark.parametrize("fault", ["cut_after_commit", "html", "truncated_json"])
def test_a_fault_while_reading_loses_and_repeats_nothing(desk: SyncDesk, portal: PracticePortal, fault: str) -> None:
    for year in ("2027", "2028"):
        portal.push("Lich", "", {**CALENDAR, "Nam": year})
    portal.faults.set(fault, next_calls=2, on=["LayThayDoi"])

    desk.sync(portal.url)

    assert [one.data["Nam"] for one in desk.entries] == ["2027", "2028"]


def test_what_cannot_be_read_or_applied_is_kept_with_a_reason_and_does_not_stop_the_feed(desk: SyncDesk) -> None:
    page = FeedPage(
        (
            raw("ChuaBiet", {}),
            b'"chuoi"',
            raw("TienDo", "khong phai doi tuong", "H1"),
            raw("TienDo", {"NoiDung": "không hợp lệ"}, "H2"),
            raw("Lich", CALENDAR),
        ),
        "c9",
        False,
    )
    with desk.database.write() as session:
        assert inbox.take_page(session, "p", page, desk._take_entry, desk.clock.now) == 5

    assert [state for _, state in kept(desk)] == ["unreadable"] * 4 + ["applied"]
    with desk.database.read() as session:
        errors = [one.error for one in session.scalars(select(InboxEntry))]
        assert all(errors[:4])
        assert inbox.cursor(session, "p") == "c9"
        assert inbox.last_read_at(session) == desk.clock.now


def test_what_a_refused_entry_had_changed_is_taken_back(desk: SyncDesk) -> None:
    def half_done(session, entry: FeedEntry) -> EntryState:  # type: ignore[no-untyped-def]
        session.execute(select(Office)).scalar_one().name = "đổi nửa chừng"
        session.flush()
        raise KeyError(entry.kind)

    with desk.database.write() as session:
        inbox.take_page(session, "p", FeedPage((raw("TienDo", STEP),), "c1", False), half_done, desk.clock.now)

    with desk.database.read() as session:
        assert session.execute(select(Office)).scalar_one().name == "UBND xã Ea Kao"
    assert kept(desk) == [("TienDo", "unreadable")]


def test_cursor_and_effect_stand_or_fall_together(desk: SyncDesk) -> None:
    class PowerCutError(Exception):
        pass

    calls = 0

    def then_power_cut(_session: object, _entry: FeedEntry) -> EntryState:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise PowerCutError
        return EntryState.APPLIED

    page = FeedPage((raw("Lich", CALENDAR), raw("TienDo", STEP)), "c1", False)
    with pytest.raises(PowerCutError), desk.database.write() as session:
        inbox.take_page(session, "p", page, then_power_cut, desk.clock.now)

    assert kept(desk) == []
    with desk.database.read() as session:
        assert session.scalars(select(InboxCursor)).all() == []


def test_a_clash_is_left_for_a_person(desk: SyncDesk) -> None:
    def clashes(session, _entry: FeedEntry) -> EntryState:  # type: ignore[no-untyped-def]
        session.execute(select(Office)).scalar_one().name = "đổi nửa chừng"
        session.flush()
        raise FeedClash("Hồ sơ đã kết thúc.", {"status": "withdrawn"})

    page = FeedPage((raw("TienDo", STEP, STEP["MaHoSo"]),), "c1", False)
    with desk.database.write() as session:
        inbox.take_page(session, "p", page, clashes, desk.clock.now)

    assert kept(desk) == [("TienDo", "clash")]
    with desk.database.read() as session:
        (entry,) = session.scalars(select(InboxEntry))
        assert (entry.error, entry.ours) == ("Hồ sơ đã kết thúc.", {"status": "withdrawn"})
        assert session.execute(select(Office)).scalar_one().name == "UBND xã Ea Kao"


def take(desk: SyncDesk, *entries: bytes) -> int:
    """Take one page of these entries; answers how many were new."""
    with desk.database.write() as session:
        return inbox.take_page(session, "p", FeedPage(entries, "c", False), desk._take_entry, desk.clock.now)


def day_off(*days: str) -> bytes:
    return raw("Lich", {"Nam": "2027", "NgayNghi": list(days), "LamBu": []})


def test_a_day_off_set_taken_back_and_set_again_is_applied_three_times(desk: SyncDesk) -> None:
    for entry in (day_off("20270101", "20270104"), day_off("20270101"), day_off("20270101", "20270104")):
        assert take(desk, entry) == 1
    assert [len(one.data["NgayNghi"]) for one in desk.entries] == [2, 1, 2]


def test_the_same_within_one_page_as_well(desk: SyncDesk) -> None:
    there, back = day_off("20270101", "20270104"), day_off("20270101")
    assert take(desk, there, back, there) == 3
    assert len(desk.entries[-1].data["NgayNghi"]) == 2


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_feed_that_starts_again_from_any_earlier_point_ends_with_its_newest_word(
    desk: SyncDesk, data: st.DataObject
) -> None:
    """Whatever the portal repeats after a fault, up to where it was, the state is that of the feed without repeats."""
    with desk.database.write() as session:
        session.execute(delete(InboxEntry))
    words = data.draw(st.lists(st.sampled_from([day_off("20270101"), day_off("20270104"), day_off()]), min_size=1))
    seen: list[bytes] = []
    for place, word in enumerate(words):
        seen.append(word)
        if data.draw(st.booleans()):
            seen += words[data.draw(st.integers(0, place)) : place + 1]
    take(desk, *seen)
    assert desk.entries[-1].data == json.loads(words[-1])["DuLieu"]


def test_an_older_version_of_a_procedure_never_comes_back_by_itself(desk: SyncDesk) -> None:
    old, new = (raw("TTHC", {"MATTHC": "1.0", "TENTTHC": name, "CAPNHAT": at}) for name, at in OLD_AND_NEW)
    assert [take(desk, entry) for entry in (old, new, old, new)] == [1, 1, 0, 0]
    assert desk.entries[-1].data["TENTTHC"] == "mới"


def test_a_step_that_came_long_ago_is_known_by_its_bytes(desk: SyncDesk) -> None:
    first, second = (raw("TienDo", {**STEP, "TrangThai": status}, STEP["MaHoSo"]) for status in "49")
    assert [take(desk, entry) for entry in (first, second, first)] == [1, 1, 0]


def test_what_could_not_be_read_is_applied_when_it_is_tried_again(desk: SyncDesk) -> None:
    take(desk, raw("TienDo", {"NoiDung": "không hợp lệ"}, "H2"))
    with desk.database.write() as session:
        (entry,) = session.scalars(select(InboxEntry))
        assert inbox.apply_again(session, entry, desk._take_entry) is EntryState.UNREADABLE
        assert inbox.apply_again(session, entry, lambda *_: EntryState.APPLIED) is EntryState.APPLIED
        assert (entry.state, entry.error) == ("applied", "")
