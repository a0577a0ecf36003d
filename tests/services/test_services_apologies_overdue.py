"""The red list, the warnings ahead, and the month's list of apologies."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from counter_app.errors import KnownError
from counter_app.rules.apology import LetterState
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.apologies import Delivery, Signing, deliver, drop, sign, write
from counter_app.services.apologies_overdue import (
    Group,
    LateRow,
    late_ids,
    late_rows,
    letter_ids,
    letter_rows,
    overdue_counts,
)
from counter_app.services.apologies_rows import LetterText
from counter_app.services.apology_list import apology_lines, apology_list_pdf, export_apologies
from counter_app.services.desk import DeskContext
from counter_app.services.handover import prepare, send
from counter_app.services.handover_receive import confirm, take_back
from counter_app.services.handover_values import Destination
from counter_app.services.handover_values import Signing as ListSigning
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.undo import undo_last
from counter_app.settings import with_changes
from tests.catalogue_samples import full_request
from tests.conftest import Clock
from tests.pdf_words import said
from tests.services.inspect_desk import refused
from tests.services.sheets import cells

UNIT = "Phòng Tư pháp"
DAY = date(2026, 3, 5)


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=VIETNAM)


def rows(desk: DeskContext, group: Group) -> list[LateRow]:
    return late_rows(desk, late_ids(desk, group))


def taken_in(desk: DeskContext, clock: Clock, *days: int) -> list[str]:
    """Received on these days at nine: due three working days later at 17:00."""
    codes = []
    for day in days:
        clock.set(day, 9)
        codes.append(receive(desk, full_request()).code)
    return codes


def text(new_due: datetime) -> LetterText:
    return LetterText("Chờ xác minh", UNIT, new_due)


@pytest.mark.parametrize(
    ("at", "group"),
    [
        (moment(9, 16), Group.THREE_DAYS),  # Monday before a Thursday
        (moment(10, 0), Group.THREE_DAYS),
        (moment(11, 0), Group.ONE_DAY),
        (moment(11, 23, 59), Group.ONE_DAY),
        (moment(12, 0), Group.TODAY),
        (moment(12, 17), Group.TODAY),
        (moment(12, 17, 1), Group.RED),
    ],
)
def test_each_dossier_is_in_one_group(desk: DeskContext, clock: Clock, at: datetime, group: Group) -> None:
    (code,) = taken_in(desk, clock, 9)
    clock.now = at
    assert {name: [row.code for row in rows(desk, name)] for name in Group} == {
        name: [code] if name is group else [] for name in Group
    }
    assert overdue_counts(desk).groups == {name: int(name is group) for name in Group}


def test_a_weekend_does_not_count_among_the_days_ahead(desk: DeskContext, clock: Clock) -> None:
    (code,) = taken_in(desk, clock, 11)  # Wednesday: due on Monday the 16th
    clock.set(13, 9)
    assert [row.code for row in rows(desk, Group.ONE_DAY)] == [code]
    clock.set(15, 9)
    assert [row.code for row in rows(desk, Group.ONE_DAY)] == [code]


def test_a_dossier_whose_clock_stands_is_not_warned_of(desk: DeskContext, clock: Clock) -> None:
    (code,) = taken_in(desk, clock, 9)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    for day in (10, 11, 12, 16):
        clock.set(day, 9)
        assert overdue_counts(desk).groups == dict.fromkeys(Group, 0)
    assert apology_lines(desk, date(2026, 3, 1)) == []


def test_who_answers_and_who_signed(desk: DeskContext, clock: Clock) -> None:
    early, late = taken_in(desk, clock, 9, 10)
    take_step(desk, early, Step.HAND_OVER, StepInput(unit="Phòng Kinh tế"))
    clock.set(16, 9)
    first, second = rows(desk, Group.RED)
    assert (first.code, first.unit, first.person, first.letter, first.signed_by) == (
        early,
        "Phòng Kinh tế",
        "Lê Thị Hạnh",
        None,
        "",
    )
    letter = write(desk, late, LetterText("Chờ xác minh", UNIT, moment(18, 17), "Trần Văn Tư"), submit=True)
    (_, second) = rows(desk, Group.RED)
    assert (second.unit, second.person, second.letter) == (UNIT, "Trần Văn Tư", LetterState.SUBMITTED)
    assert overdue_counts(desk).letters == 1
    sign(desk, letter.id, Signing("Nguyễn Văn Phó"))
    assert [row.code for row in rows(desk, Group.RED)] == [early]
    assert rows(desk, Group.LATE) == []
    clock.set(19, 9)
    (again,) = rows(desk, Group.LATE)
    assert (again.code, again.letter_number, again.signed_by) == (late, 1, "Nguyễn Văn Phó")
    assert [row.code for row in rows(desk, Group.RED)] == [early]
    lines = apology_lines(desk, date(2026, 3, 1))
    assert [(line.code, line.number) for line in lines] == [(early, None), (late, 1)]


def test_whoever_took_it_last_has_it_in_hand_and_a_dropped_letter_is_none(desk: DeskContext, clock: Clock) -> None:
    (code,) = taken_in(desk, clock, 9)
    take_step(desk, code, Step.HAND_OVER, StepInput(unit=UNIT))
    other = replace(desk, settings=with_changes(desk.settings, clerk="Trần Văn Tư"))
    take_step(other, code, Step.ACCEPT, StepInput())
    clock.set(11, 9)
    drop(desk, write(desk, code, text(moment(16, 17))).id, "Kịp trả")
    (row,) = rows(desk, Group.ONE_DAY)
    assert (row.person, row.letter, row.letter_id) == ("Trần Văn Tư", None, None)


def test_whoever_signed_a_list_has_what_is_on_it_in_hand(desk: DeskContext, clock: Clock) -> None:
    taken, waiting, back = taken_in(desk, clock, 9, 9, 9)
    clock.set(10, 9)
    for code in (taken, waiting, back):
        made = send(desk, prepare(desk, [code], Destination(UNIT)).id)
        if code != waiting:
            confirm(desk, made.id, ListSigning("Trần Văn Tư Pháp"))
    take_step(desk, back, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    take_back(desk, [back], "Trần Văn Tư Pháp")  # a correction: no step of its own while papers are awaited
    take_step(desk, back, Step.SUPPLEMENT, StepInput())
    clock.set(20, 9)
    hands = {row.code: (row.unit, row.person) for row in rows(desk, Group.RED)}
    at_desk = ("UBND xã Ea Kao", "Lê Thị Hạnh")
    assert hands == {taken: (UNIT, "Trần Văn Tư Pháp"), waiting: at_desk, back: at_desk}


def test_a_letter_waits_no_longer_than_the_dossier_does(desk: DeskContext, clock: Clock) -> None:
    """Not signed: while a result is owed. Signed: until the applicant has the result."""
    draft_of, signed_of = taken_in(desk, clock, 9, 9)
    draft = write(desk, draft_of, text(moment(16, 17)))
    signed, _ = sign(desk, write(desk, signed_of, text(moment(16, 17)), submit=True).id)
    for code in (draft_of, signed_of):
        take_step(desk, code, Step.FINISH, StepInput())
    assert (list(letter_ids(desk)), overdue_counts(desk).letters) == ([signed.id], 1)
    assert show(desk, draft_of).letter is None
    undo_last(desk, draft_of, "Nhầm hồ sơ")
    assert list(letter_ids(desk)) == [draft.id, signed.id]
    take_step(desk, signed_of, Step.RETURN, StepInput(by="counter"))
    assert (list(letter_ids(desk)), overdue_counts(desk).letters) == ([draft.id], 1)
    assert deliver(desk, signed.id, Delivery("counter")).state is LetterState.DELIVERED, "said later all the same"


def test_letters_wait_in_the_order_of_what_is_next(desk: DeskContext, clock: Clock) -> None:
    codes = taken_in(desk, clock, 9, 9, 9, 9)
    clock.set(10, 9)
    delivered, _ = sign(desk, write(desk, codes[0], text(moment(16, 17)), submit=True).id)
    signed, _ = sign(desk, write(desk, codes[1], text(moment(16, 17)), submit=True).id)
    draft = write(desk, codes[2], text(moment(16, 17)))
    submitted = write(desk, codes[3], text(moment(16, 17)), submit=True)
    deliver(desk, delivered.id, Delivery("counter"))
    assert list(letter_ids(desk)) == [draft.id, submitted.id, signed.id]
    assert [row.code for row in letter_rows(desk, letter_ids(desk))] == [codes[2], codes[3], codes[1]]
    assert list(letter_ids(desk, (LetterState.DELIVERED,))) == [delivered.id]


@pytest.fixture
def month(desk: DeskContext, clock: Clock) -> list[str]:
    """Five dossiers due on the 12th: in time and delivered; delivered late; signed; none and open; none and finished
    late. A sixth was finished in time."""
    codes = taken_in(desk, clock, *[9] * 6)
    clock.set(11, 9)
    take_step(desk, codes[5], Step.FINISH, StepInput())
    first = write(desk, codes[0], text(moment(17, 17)), submit=True)
    deliver(desk, sign(desk, first.id)[0].id, Delivery("counter"))
    second, _ = sign(desk, write(desk, codes[1], text(moment(17, 17)), submit=True).id)
    sign(desk, write(desk, codes[2], text(moment(17, 17)), submit=True).id)
    clock.set(13, 9)
    deliver(desk, second.id, Delivery("email"))
    take_step(desk, codes[4], Step.FINISH, StepInput())
    return codes


def test_the_month_has_letters_and_those_that_are_missing(desk: DeskContext, month: list[str]) -> None:
    lines = apology_lines(desk, date(2026, 3, 31))
    assert [(line.code, line.number, line.in_time, line.sent) for line in lines] == [
        (month[0], 1, True, True),
        (month[1], 2, False, True),
        (month[2], 3, None, False),
        (month[3], None, None, False),
        (month[4], None, None, False),
    ]
    assert {line.due for line in lines} == {moment(12, 17)}
    assert (lines[0].new_due, lines[0].office, lines[0].unit) == (moment(17, 17), "UBND xã Ea Kao", UNIT)
    assert apology_lines(desk, date(2026, 2, 1)) == []
    assert apology_lines(desk, date(2026, 4, 1)) == []


def test_what_kept_its_first_date_is_not_overdue_and_has_no_letter_missing(
    desk: DeskContext, month: list[str], clock: Clock, tmp_path: Path
) -> None:
    """Signed on the 11th: one has its result on the 12th, one waits for papers from the 12th on."""
    clock.set(9, 9)
    in_time, waits = receive(desk, full_request()).code, receive(desk, full_request()).code
    clock.set(11, 9)
    for code in (in_time, waits):
        sign(desk, write(desk, code, text(moment(17, 17)), submit=True).id)
    clock.set(12, 9)
    take_step(desk, in_time, Step.FINISH, StepInput())
    take_step(desk, waits, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    clock.set(16, 9)
    lines = {line.code: line for line in apology_lines(desk, DAY)}
    assert [code for code, line in lines.items() if not line.overdue] == [in_time, waits]
    (count,) = re.findall("Hồ sơ quá hạn: [^.]*", said(apology_list_pdf(desk, DAY)))
    assert count == "Hồ sơ quá hạn: 5; văn bản xin lỗi đã gửi: 2; hồ sơ quá hạn chưa được gửi văn bản: 3"
    path = tmp_path / "xin lỗi.csv"
    export_apologies(desk, DAY, path)
    assert path.read_text(encoding="utf-8-sig").count("quá hạn") == 5


def test_what_ended_late_without_a_result_is_on_the_list(desk: DeskContext, clock: Clock) -> None:
    late, in_time, stood = taken_in(desk, clock, 9, 9, 9)
    clock.set(12, 9)
    take_step(desk, stood, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    clock.set(12, 16)
    take_step(desk, in_time, Step.STOP, StepInput(reason="Người nộp xin dừng"))
    clock.set(13, 9)
    take_step(desk, late, Step.STOP, StepInput(reason="Người nộp xin dừng"))
    take_step(desk, stood, Step.WITHDRAW, StepInput())
    assert [(line.code, line.overdue) for line in apology_lines(desk, DAY)] == [(late, True)]


def test_what_is_not_due_yet_is_not_missing(desk: DeskContext, clock: Clock) -> None:
    taken_in(desk, clock, 9)
    clock.set(12, 17)
    assert apology_lines(desk, date(2026, 3, 1)) == []
    clock.move(minutes=1)
    assert len(apology_lines(desk, date(2026, 3, 1))) == 1


def test_the_list_as_a_table_and_as_a_paper(desk: DeskContext, month: list[str], tmp_path: Path) -> None:
    path = tmp_path / "xin lỗi.csv"
    assert export_apologies(desk, date(2026, 3, 5), path) == 5
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *table = csv.reader(file)
    assert [line[head.index("Đúng hạn gửi")] for line in table] == ["đúng hạn", "muộn", "", "", ""]
    assert [line[head.index("Số văn bản")] for line in table] == ["1", "2", "3", "chưa có", "chưa có"]
    assert table[1][head.index("Cách giao")] == "Gửi thư điện tử"
    assert table[0][head.index("Hẹn lại")] == "17/03/2026 17:00"
    words = said(apology_list_pdf(desk, date(2026, 3, 5)))
    assert month[0] in words
    assert "03/2026" in words
    with refused("not_a_directory", error=KnownError):
        export_apologies(desk, date(2026, 3, 5), path / "x.csv")


def test_the_list_as_a_sheet_has_times_that_can_be_reckoned_with(
    desk: DeskContext, month: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "xin lỗi.xlsx"
    assert export_apologies(desk, date(2026, 3, 5), path) == 5
    office, title, period, head, *table = cells(path)
    assert (title, period) == (["DANH SÁCH VĂN BẢN XIN LỖI TRONG THÁNG"], ["Tháng 03/2026"])
    assert office == ["UBND xã Ea Kao"]
    assert [line[head.index("Mã hồ sơ")] for line in table] == [line.code for line in apology_lines(desk, DAY)]
    assert [line[head.index("Số văn bản")] for line in table] == ["1", "2", "3", "chưa có", "chưa có"]
    days = float(table[0][head.index("Hẹn lại")])
    assert days == pytest.approx((date(2026, 3, 17) - date(1899, 12, 30)).days + 17 / 24)
    with refused("format_unknown"):
        export_apologies(desk, DAY, tmp_path / "xin lỗi.doc")


def test_a_month_ends_at_midnight_in_viet_nam(desk: DeskContext, clock: Clock) -> None:
    clock.set(27, 9)
    code = receive(desk, full_request()).code
    clock.now = datetime(2026, 3, 31, 23, 59, tzinfo=VIETNAM)
    sign(desk, write(desk, code, text(clock.now + timedelta(days=2)), submit=True).id)
    assert [line.code for line in apology_lines(desk, date(2026, 3, 1))] == [code]
    assert apology_lines(desk, date(2026, 4, 1)) == []
