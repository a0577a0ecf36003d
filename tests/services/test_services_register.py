"""The register: which lines, in which order, in blocks; and the spreadsheet."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import pytest

from counter_app.errors import KnownError
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services import register_sheet
from counter_app.services.catalogue import import_catalogue
from counter_app.services.desk import DeskContext
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.register import (
    RegisterFilter,
    RegisterLine,
    month_of,
    register_blocks,
    register_contents,
    register_ids,
    register_lines,
)
from counter_app.services.register_sheet import COLUMNS, write_register
from counter_app.services.returning import give
from counter_app.services.returning_delivery import Handing, ResultOut
from counter_app.services.steps import StepInput, take_step
from tests.catalogue_samples import DAYS, HNGAM, HOURS, SAME_DAY, catalogue, full_request, request
from tests.conftest import Clock
from tests.services.inspect_desk import refused
from tests.services.sheets import cells

DAY = date(2026, 3, 10)


def lines(desk: DeskContext, wanted: RegisterFilter, block: int = 500) -> list[RegisterLine]:
    return list(chain.from_iterable(register_blocks(desk, wanted, block=block)))


def test_lines_say_what_the_receipt_says(desk: DeskContext, clock: Clock) -> None:
    code = receive(desk, full_request(return_by="post", note="Gấp", sets=2)).code
    take_step(desk, code, Step.FINISH, StepInput())
    take_step(desk, code, Step.RETURN, StepInput(by="counter"))
    view = show(desk, code)
    (line,) = lines(desk, RegisterFilter(DAY, DAY))
    assert line == RegisterLine(
        volume=2026,
        number=view.register_number,
        dossier_code=code,
        procedure_code=DAYS,
        procedure_name="Cấp bản sao trích lục hộ tịch",
        field_name="Hộ tịch",
        sets_count=2,
        applicant_name=HNGAM.name,
        address=HNGAM.address,
        phone=HNGAM.phone,
        lead_office="UBND xã",
        received_at=view.row.received_at,
        due=view.row.due,
        returned_at=view.returned_at,
        return_method="Tại quầy",
        note="Gấp",
    )


def test_a_procedure_that_names_nobody_is_settled_by_the_office(desk: DeskContext) -> None:
    changed = catalogue()
    for procedure, agency in ((DAYS, "Không có thông tin"), (HOURS, "")):
        next(item for item in changed["procedures"] if item["code"] == procedure)["agency"] = agency
    import_catalogue(desk, changed)
    receive(desk, full_request())
    receive(desk, request(HOURS))
    assert [line.lead_office for line in lines(desk, RegisterFilter())] == ["UBND xã Ea Kao"] * 2


def test_what_ended_otherwise_is_noted(desk: DeskContext) -> None:
    code = receive(desk, request(note="Bản giấy")).code
    take_step(desk, code, Step.WITHDRAW, StepInput())
    assert [line.note for line in lines(desk, RegisterFilter())] == ["Đã rút hồ sơ; Bản giấy"]


def test_what_was_put_off_keeps_its_first_promise_and_names_its_letter(desk: DeskContext, clock: Clock) -> None:
    in_time, code = receive(desk, request()).code, receive(desk, request(note="Bản giấy")).code
    first = show(desk, code).row.due
    assert first is not None
    clock.set(11, 9)
    new_due = first + timedelta(days=1)
    apology = StepInput(reason="Chờ xác minh", unit="Phòng Kinh tế", new_due=new_due)
    take_step(desk, code, Step.APOLOGISE, apology)
    number = show(desk, code).events[-1].form_number
    found = {line.dossier_code: line for line in lines(desk, RegisterFilter())}
    assert found[code].due == new_due
    assert found[code].note == (
        f"Hẹn lần đầu {first.astimezone(VIETNAM):%H:%M %d/%m/%Y}; văn bản xin lỗi số {number} ngày 11/03/2026; Bản giấy"
    )
    assert found[in_time].note == ""
    ids = register_ids(desk, RegisterFilter())
    assert [line.note for line in register_lines(desk, ids)] == ["", found[code].note]


@pytest.mark.parametrize("block", [1, 2, 3, 7, 500])
def test_blocks_of_any_size_read_each_line_once(desk: DeskContext, clock: Clock, block: int) -> None:
    codes = []
    for number in range(7):
        codes.append(receive(desk, request(HOURS)).code)
        if number % 3 == 0:
            clock.move(minutes=1)  # the others share their second
    found = list(register_blocks(desk, RegisterFilter(), block=block))
    assert [line.dossier_code for line in chain.from_iterable(found)] == codes
    assert max(map(len, found)) == min(block, 7)


def test_narrowed_by_period_procedure_field_and_volume(desk: DeskContext, clock: Clock) -> None:
    clock.set(9, 23, 59)
    before = receive(desk, request(HOURS)).code
    clock.set(10, 0, 0)
    first = receive(desk, request(SAME_DAY)).code
    clock.set(31, 23, 59)
    last = receive(desk, request(HOURS)).code
    clock.set(1, 0, 0, month=4)
    after = receive(desk, request(HOURS)).code

    def codes(wanted: RegisterFilter) -> list[str]:
        return [line.dossier_code for line in lines(desk, wanted)]

    assert codes(RegisterFilter(DAY, DAY)) == [first]
    assert codes(RegisterFilter(last=DAY)) == [before, first]
    assert codes(month_of(DAY)) == [before, first, last]
    assert month_of(date(2026, 12, 31)) == RegisterFilter(date(2026, 12, 1), date(2026, 12, 31))
    assert codes(RegisterFilter(procedure=f"{HOURS}.H15")) == [before, last, after]
    assert codes(RegisterFilter(procedure=HOURS, first=DAY)) == [last, after]
    assert len(codes(RegisterFilter(field="LV094"))) == 4
    assert codes(RegisterFilter(field="LV001")) == []
    assert len(codes(RegisterFilter(volume=2026))) == 4
    assert codes(RegisterFilter(volume=2025)) == []
    with refused("period_invalid"):
        register_blocks(desk, RegisterFilter(DAY, date(2026, 3, 9)))


def test_pages_of_the_table_are_the_lines_of_the_blocks(desk: DeskContext, clock: Clock) -> None:
    for number in range(5):
        receive(desk, request(HOURS if number % 2 else SAME_DAY))
        clock.move(minutes=number % 2)
    wanted = RegisterFilter(first=DAY, procedure=HOURS)
    ids = register_ids(desk, wanted)
    assert register_lines(desk, ids) == lines(desk, wanted)
    assert [line.dossier_code for line in register_lines(desk, ids[::-1])] == [
        line.dossier_code for line in reversed(lines(desk, wanted))
    ]
    assert register_lines(desk, []) == []
    with refused("period_invalid"):
        register_ids(desk, RegisterFilter(DAY, date(2026, 3, 9)))


def test_what_a_period_has_of_procedures_and_fields(desk: DeskContext, clock: Clock) -> None:
    for procedure in (HOURS, SAME_DAY, HOURS):
        receive(desk, request(procedure))
    clock.set(20, 9)
    receive(desk, request(SAME_DAY))
    found = register_contents(desk, RegisterFilter(DAY, DAY))
    assert [(each.code, each.count) for each in found.procedures] == [(HOURS, 2), (SAME_DAY, 1)]
    assert sum(each.count for each in found.fields) == 3
    assert all(each.name for each in (*found.procedures, *found.fields))
    assert register_contents(desk, RegisterFilter(date(2026, 4, 1))).procedures == ()


def test_reading_tells_how_far_it_is_and_ends_at_a_word(desk: DeskContext, tmp_path: Path) -> None:
    for _ in range(3):
        receive(desk, request(HOURS))
    heard: list[int] = []
    path = tmp_path / "so.xlsx"
    assert write_register(desk, RegisterFilter(), path, heard.append) == 3
    assert heard == [3]
    path.unlink()

    class EnoughError(Exception):
        """The clerk's word."""

    def enough(_lines: int) -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        write_register(desk, RegisterFilter(), path, enough)
    assert list(tmp_path.glob("so*")) == [], "nothing is left of it"


def test_the_sheet_has_the_prescribed_columns_and_every_line(desk: DeskContext, tmp_path: Path) -> None:
    codes = [receive(desk, request(HOURS)).code for _ in range(3)]
    path = tmp_path / "sổ.xlsx"
    assert write_register(desk, RegisterFilter(DAY, DAY), path) == 3
    rows = cells(path)
    assert rows[0] == ["UBND xã Ea Kao"]
    assert rows[1] == ["SỔ THEO DÕI HỒ SƠ"]
    assert rows[2] == ["Từ ngày 10/03/2026 · đến ngày 10/03/2026"]
    assert rows[3][7] == "Nhận và trả kết quả"
    assert rows[4] == [head for head, _ in COLUMNS]
    assert " | ".join(rows[4]) == (
        "STT | Mã hồ sơ | Tên thủ tục hành chính | Số lượng hồ sơ (bộ) | Tên cá nhân, tổ chức | Địa chỉ, số điện thoại"
        " | Cơ quan chủ trì giải quyết | Nhận hồ sơ | Hẹn trả kết quả | Trả kết quả | Phương thức nhận kết quả"
        " | Ký nhận | Ghi chú"
    )
    assert [row[1] for row in rows[6:]] == codes
    assert float(rows[6][7]) == pytest.approx(46091 + 8.5 / 24), "08:30 on 10 March 2026, in Vietnamese time"
    assert not path.with_name("sổ.xlsx.part").exists()


def test_several_results_stand_in_the_notes_each_with_its_number(desk: DeskContext, tmp_path: Path) -> None:
    codes = [receive(desk, request(HOURS, note=note)).code for note in ("Gấp", "", "")]
    results = (ResultOut("Trích lục", "17/2026/TLKS"), ResultOut("Bản sao", "18/BS"))
    for code, given in zip(codes[:2], (results, ()), strict=True):
        take_step(desk, code, Step.FINISH, StepInput())
        give(desk, code, Handing(by="counter", signed=True, results=given))
    path = tmp_path / "so.xlsx"
    write_register(desk, RegisterFilter(), path)
    notes = [row[12] if len(row) > 12 else "" for row in cells(path)[6:]]
    assert notes == ["Gấp; Trích lục số 17/2026/TLKS; Bản sao số 18/BS", "", ""]


def test_an_applicant_called_like_a_formula_stays_text(desk: DeskContext, tmp_path: Path) -> None:
    receive(desk, request(HOURS, note='=HYPERLINK("http://x")'))
    path = tmp_path / "so.xlsx"
    write_register(desk, RegisterFilter(), path)
    with zipfile.ZipFile(path) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert cells(path)[6][12] == '=HYPERLINK("http://x")'


def test_nothing_half_written_is_left(desk: DeskContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receive(desk, request(HOURS))
    with refused("storage_fault", error=KnownError):
        write_register(desk, RegisterFilter(), tmp_path / "không có" / "so.xlsx")
    monkeypatch.setattr(register_sheet, "MOST_ROWS", 6)
    with refused("register_too_long"):
        write_register(desk, RegisterFilter(), tmp_path / "so.xlsx")
    assert list(tmp_path.glob("*.xlsx*")) == []
