"""A paper says what was given then, whatever was corrected or renamed since."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.correct import FeeAmount, PaperCount, correct, correctable
from counter_app.services.desk import DeskContext
from counter_app.services.fees import MoneyIn, take
from counter_app.services.handover_receive import take_back
from counter_app.services.offices import save_office
from counter_app.services.papers import make_paper, make_thermal, print_paper
from counter_app.services.print_jobs import job
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.returning import give
from counter_app.services.returning_delivery import Handing
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import FeeIn, OfficeData
from tests.catalogue_samples import HNGAM, OFFICE, full_request
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.inspect_desk import refused, tamper

RENAMED = OfficeData(OFFICE.code, "UBND phường Ea Kao", "UBND TỈNH MỚI", place="Phường Ea Kao", head_name="Y Mới")
LETTER = StepInput(reason="Chờ xác minh", unit="Phòng Tư pháp", new_due=datetime(2026, 3, 16, 17, tzinfo=VIETNAM))


def taken_in(desk: DeskContext) -> str:
    return receive(desk, full_request(fees=(FeeIn("LP01"),))).code


def change_everything(desk: DeskContext, code: str) -> None:
    read = correctable(desk, code).entries
    wanted = replace(
        read,
        applicant=replace(HNGAM, name="Nguyễn Thị Khác", phone="0987000111", address="Nơi khác"),
        return_by="post",
        sets=3,
        components=(PaperCount("TP01", 7, 0), PaperCount("TP02", 0, 0)),
        fees=(FeeAmount("LP01", 9000),),
    )
    correct(desk, code, wanted, "Nhập sai cả tờ")


def text(desk: DeskContext, code: str, form: str, folder: Path, *, reprint: bool = False, number: int = 0) -> str:
    return text_of(make_paper(desk, code, form, reprint=reprint, event_number=number or None).pdf, folder)


def test_reprint_of_a_receipt_is_what_was_given_when_the_office_is_renamed(desk: DeskContext, tmp_path: Path) -> None:
    code = taken_in(desk)
    given = make_paper(desk, code, "receipt").pdf
    slip = make_thermal(desk, code)
    save_office(desk, RENAMED)
    assert make_paper(desk, code, "receipt").pdf == given
    assert make_thermal(desk, code) == slip
    assert "Bản in lại" in text(desk, code, "receipt", tmp_path, reprint=True)
    assert "Phường Ea Kao, ngày" in text(desk, taken_in(desk), "receipt", tmp_path), "a new dossier has the new name"


def test_a_fee_paid_later_is_not_paid_on_the_receipt_given_before(desk: DeskContext) -> None:
    code = taken_in(desk)
    given, slip = make_paper(desk, code, "receipt").pdf, make_thermal(desk, code)
    take_step(desk, code, Step.PAY, StepInput())
    assert show(desk, code).money_state == "paid"
    assert (make_paper(desk, code, "receipt").pdf, make_thermal(desk, code)) == (given, slip)


def test_after_a_correction_a_new_receipt_says_the_new_and_names_the_one_it_replaces(
    desk: DeskContext, clock: Clock, tmp_path: Path
) -> None:
    code = taken_in(desk)
    given = make_paper(desk, code, "receipt").pdf
    clock.move(days=1)
    change_everything(desk, code)
    new = text(desk, code, "receipt", tmp_path)
    for said in ("Cấp lại, thay giấy số 1", "Số: 2/BPTNTKQ", "ngày 11 tháng 3", "Nguyễn Thị Khác", "0987000111",
                 "Nơi khác", "bưu chính", "9.000", "03 (bộ)"):  # fmt: skip
        assert said in new, said
    assert "Giấy tờ tùy thân" not in new
    assert "Bản in lại · Cấp lại, thay giấy số 1" in text(desk, code, "receipt", tmp_path, reprint=True)
    assert make_paper(desk, code, "receipt", event_number=1).pdf == given


def test_the_letter_of_apology_stays_as_it_went_out(desk: DeskContext, clock: Clock, tmp_path: Path) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.APOLOGISE, LETTER)
    letter = make_paper(desk, code, "apology").pdf
    clock.move(hours=1)
    change_everything(desk, code)
    save_office(desk, RENAMED)
    assert make_paper(desk, code, "apology").pdf == letter
    again = text(desk, code, "apology", tmp_path, reprint=True)
    assert "Bản in lại" in again
    assert HNGAM.name in again
    assert "UBND XÃ EA KAO" in again
    assert "16 tháng 3" in text(desk, code, "receipt", tmp_path), "the new receipt has the date promised last"


def test_what_an_older_version_did_not_freeze_stands_as_it_is_today(desk: DeskContext, tmp_path: Path) -> None:
    code = taken_in(desk)
    tamper(desk.database.path, "UPDATE dossier_event SET details = '{}'")
    save_office(desk, RENAMED)
    assert "Phường Ea Kao, ngày" in text(desk, code, "receipt", tmp_path)
    with closing(sqlite3.connect(desk.database.path)) as connection:
        assert connection.execute("SELECT details FROM dossier_event").fetchall() == [("{}",)]


def test_the_new_receipt_is_printed_once_and_the_old_job_reprints_the_old(desk: DeskContext) -> None:
    code = taken_in(desk)
    printer = "tcp://127.0.0.1:9"
    first = print_paper(desk, code, "receipt", printer)
    change_everything(desk, code)
    second = print_paper(desk, code, "receipt", printer)
    assert [job(desk.database, number).event_number for number in (first, second)] == [1, 2]
    with refused("already_printed"):
        print_paper(desk, code, "receipt", printer)


def test_a_receipt_given_again_in_another_year_keeps_its_line_in_the_register(
    desk: DeskContext, clock: Clock, tmp_path: Path
) -> None:
    clock.set(31, 9, month=12)
    code = taken_in(desk)
    clock.move(days=5)
    change_everything(desk, code)
    assert "Quyển số: 2026" in text(desk, code, "receipt", tmp_path)


@pytest.mark.parametrize("form", ["receipt", "thermal"])
def test_a_number_that_issued_nothing_is_refused(desk: DeskContext, form: str) -> None:
    code = taken_in(desk)
    with refused("form_not_issued"):
        if form == "thermal":
            make_thermal(desk, code, event_number=5)
        else:
            make_paper(desk, code, form, event_number=5)


def handed_over(desk: DeskContext, code: str) -> str:
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    return "control_slip"


def returned(desk: DeskContext, code: str) -> str:
    take_step(desk, code, Step.FINISH, StepInput())
    give(desk, code, Handing(by="counter", signed=True))
    return "return_slip"


def posted(desk: DeskContext, code: str) -> str:
    take_step(desk, code, Step.FINISH, StepInput())
    give(desk, code, Handing(by="post", tracking="EB111111111VN"))
    return "post_label"


def paid(desk: DeskContext, code: str) -> str:
    take(desk, code, MoneyIn("cash"))
    return "payment_note"


@pytest.mark.parametrize("happens", [handed_over, returned, posted, paid])
def test_a_paper_without_a_number_keeps_office_and_people_too(
    desk: DeskContext, clock: Clock, tmp_path: Path, happens: Callable[[DeskContext, str], str]
) -> None:
    code = taken_in(desk)
    form = happens(desk, code)
    given = make_paper(desk, code, form).pdf
    clock.move(hours=1)
    desk_renamed(desk)
    correct(desk, code, replace(correctable(desk, code).entries, applicant=replace(HNGAM, address="Nơi khác")), "Nhầm")
    assert make_paper(desk, code, form).pdf == given
    again = text(desk, code, form, tmp_path, reprint=True)
    assert "Phường Ea Kao" not in again
    assert "QUẦY MỚI" not in again


def desk_renamed(desk: DeskContext) -> None:
    save_office(desk, replace(RENAMED, desk_name="QUẦY MỚI"))


def test_a_notice_to_pay_is_of_the_office_that_asked(desk: DeskContext, tmp_path: Path) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    desk_renamed(desk)
    take_step(desk, code, Step.REQUEST_PAYMENT, StepInput(reason="Nộp lệ phí"))
    save_office(desk, OFFICE)
    assert "QUẦY MỚI" in text(desk, code, "payment_notice", tmp_path)


def test_the_desk_under_its_old_name_is_no_other_office_on_the_control_slip(
    desk: DeskContext, clock: Clock, tmp_path: Path
) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    clock.move(days=1)
    desk_renamed(desk)
    take_back(desk, [code], "Y Thắng Êban")
    said = text(desk, code, "control_slip", tmp_path)
    assert "giải quyết hồ sơ: Phòng Tư pháp" in said
    assert "phối hợp giải quyết hồ sơ: Không có" in said
    assert "Giao: Bộ phận tiếp nhận" in said, "the name that it had"
    assert "Nhận: Quầy mới" in said


def test_a_slip_printed_again_ends_with_the_hand_over_that_it_was_given_for(
    desk: DeskContext, clock: Clock, tmp_path: Path
) -> None:
    code = taken_in(desk)
    first = take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    given = make_paper(desk, code, "control_slip").pdf
    clock.move(days=1)
    take_back(desk, [code], "Y Thắng Êban")
    assert make_paper(desk, code, "control_slip", event_number=first.event_number).pdf == given
    assert "Nhận: Bộ phận" in text(desk, code, "control_slip", tmp_path)
