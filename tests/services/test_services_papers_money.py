"""What papers say of money that is owed: the transfer on a receipt, the notice to pay as it was given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zxingcpp

from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.rules.payment_qr import Transfer, decode
from counter_app.services import print_jobs
from counter_app.services.catalogue import import_catalogue
from counter_app.services.correct import FeeAmount, correct, correctable
from counter_app.services.desk import DeskContext
from counter_app.services.fees import MoneyIn, choose_levels, exempt, refund, take
from counter_app.services.offices import get_office, save_office
from counter_app.services.papers import make_paper, make_thermal, print_paper
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.returning import give
from counter_app.services.returning_delivery import Handing
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import FeeIn
from counter_app.settings import with_changes
from tests.catalogue_samples import DAYS, OFFICE, catalogue, full_request
from tests.conftest import Clock
from tests.printing.escpos_paper import print_out
from tests.printing.paper_samples import raster, text_of
from tests.services.inspect_desk import refused, tamper

ACCOUNT = {"bank_bin": "970415", "account": "113366668888", "holder": "KHO BAC EA KAO"}
OTHER = {"bank_bin": "970436", "account": "555500001111", "holder": "KHO BAC MOI"}
PRINTER = "tcp://127.0.0.1:9"
NOTICE = "payment_notice"


def with_account(desk: DeskContext, account: Mapping[str, Any]) -> DeskContext:
    return replace(desk, settings=with_changes(desk.settings, payment=account))


@pytest.fixture
def banked(desk: DeskContext) -> DeskContext:
    """A desk whose office has an account."""
    return with_account(desk, ACCOUNT)


def taken_in(desk: DeskContext) -> str:
    return receive(desk, full_request(fees=(FeeIn("LP01"),))).code


def codes(pdf: bytes) -> list[str]:
    """The QR codes of the first page, from top to bottom."""
    found = [code for code in zxingcpp.read_barcodes(raster(pdf)) if "QR" in str(code.format)]
    return [code.text for code in sorted(found, key=lambda code: code.position.top_left.y)]


def text(desk: DeskContext, code: str, form: str, folder: Path, *, reprint: bool = False, number: int = 0) -> str:
    return text_of(make_paper(desk, code, form, reprint=reprint, event_number=number or None).pdf, folder)


def test_a_receipt_bears_the_transfer_of_what_is_owed(banked: DeskContext, tmp_path: Path) -> None:
    code = taken_in(banked)
    own, owed = codes(make_paper(banked, code, "receipt").pdf)
    assert code in own
    assert decode(owed) == Transfer("970415", "113366668888", 8000, code.replace(".", "").replace("-", ""))
    said = text(banked, code, "receipt", tmp_path)
    assert ("Quét để nộp phí, lệ phí: 8.000 đồng · Số tài khoản: 113366668888 · Chủ tài khoản: KHO BAC EA KAO") in said
    assert "Trang 2/" not in said
    assert print_out(make_thermal(banked, code), 576).qr_texts[1:] == [owed]


def test_no_code_where_nothing_is_owed_or_no_account_is_set(desk: DeskContext, banked: DeskContext) -> None:
    for at, fee in ((banked, FeeIn("LP01", True)), (desk, FeeIn("LP01"))):
        code = receive(at, full_request(fees=(fee,))).code
        assert len(codes(make_paper(at, code, "receipt").pdf)) == 1
        assert len(print_out(make_thermal(at, code), 576).qr_texts) == 1


def levelled(desk: DeskContext) -> str:
    """A dossier of a procedure whose fee has two levels, of which none is chosen."""
    changed = catalogue()
    next(item for item in changed["procedures"] if item["code"] == DAYS)["fees"] = [
        {"code": "P01", "name": "Phí", "amount": 160_000},
        {"code": "P02", "name": "Phí", "amount": 200_000},
        {"code": "LP01", "name": "Lệ phí", "amount": 8000},
    ]
    import_catalogue(desk, changed)
    return receive(desk, full_request()).code


def test_an_open_level_of_a_fee_has_no_code_and_no_notice(banked: DeskContext, tmp_path: Path) -> None:
    code = levelled(banked)
    assert len(codes(make_paper(banked, code, "receipt").pdf)) == 1
    with refused("fee_undecided", "200000"):
        make_paper(banked, code, NOTICE)
    choose_levels(banked, code, ("P02",))
    assert "208.000 đồng" in text(banked, code, NOTICE, tmp_path)
    with refused("form_not_issued", "mới nhất"):
        make_paper(banked, code, NOTICE, event_number=1)


def test_a_receipt_printed_again_has_the_account_of_then(banked: DeskContext) -> None:
    code = taken_in(banked)
    given, slip = make_paper(banked, code, "receipt").pdf, make_thermal(banked, code)
    take(banked, code, MoneyIn())
    later = with_account(banked, OTHER)
    assert make_paper(later, code, "receipt").pdf == given
    assert make_thermal(later, code) == slip


def test_a_receipt_of_before_there_was_a_code_stays_without_one(banked: DeskContext) -> None:
    code = taken_in(banked)
    later = ", ".join(f"'$.paper.{name}'" for name in ("payment_qr", "account_holder", "office_address"))
    tamper(banked.database.path, f"UPDATE dossier_event SET details = json_remove(details, {later})")
    assert len(codes(make_paper(banked, code, "receipt").pdf)) == 1


def test_a_notice_printed_again_is_what_was_given(banked: DeskContext, clock: Clock, tmp_path: Path) -> None:
    code = taken_in(banked)
    clock.move(days=1)
    job = print_paper(banked, code, NOTICE, PRINTER)
    given = make_paper(banked, code, NOTICE).pdf
    said = text(banked, code, NOTICE, tmp_path)
    assert "ngày 11 tháng 3 năm 2026" in said, "of the day on which it was given, not of the reception"
    clock.move(days=4)
    later = replace(with_account(banked, OTHER), settings=with_changes(banked.settings, clerk="Y Khác", payment=OTHER))
    save_office(later, replace(get_office(later), name="UBND phường Mới", desk_name="QUẦY MỚI"))
    assert make_paper(later, code, NOTICE).pdf == given
    take(later, code, MoneyIn())
    number = print_jobs.job(later.database, job).event_number
    again = text(later, code, NOTICE, tmp_path, reprint=True, number=number or 0)
    for words in ("ngày 11 tháng 3 năm 2026", "8.000", "113366668888", "KHO BAC EA KAO", "Lê Thị Hạnh", "Bản in lại"):
        assert words in again, words
    for words in ("Y Khác", "KHO BAC MOI", "QUẦY MỚI", "ngày 15"):
        assert words not in again, words


def test_a_notice_that_was_not_given_is_of_today_with_the_account_of_today(
    desk: DeskContext, clock: Clock, tmp_path: Path
) -> None:
    code = taken_in(desk)
    assert "VietQR" not in text(desk, code, NOTICE, tmp_path)
    clock.move(days=3)
    said = text(with_account(desk, ACCOUNT), code, NOTICE, tmp_path)
    assert "113366668888" in said
    assert "ngày 13 tháng 3" in said


def test_a_notice_given_up_before_it_came_out_was_not_given(banked: DeskContext, clock: Clock, tmp_path: Path) -> None:
    code = taken_in(banked)
    print_jobs.cancel(banked.database, print_paper(banked, code, NOTICE, PRINTER))
    clock.move(days=1)
    assert "ngày 11 tháng 3" in text(banked, code, NOTICE, tmp_path)
    assert "ngày 10 tháng 3" in text(banked, code, NOTICE, tmp_path, reprint=True), "the job itself, once more"


def owes_less(desk: DeskContext, code: str) -> None:
    exempt(desk, code, "LP01", 5000, "Hộ nghèo")


def owes_otherwise(desk: DeskContext, code: str) -> None:
    correct(desk, code, replace(correctable(desk, code).entries, fees=(FeeAmount("LP01", 5000),)), "Nhập sai")


def owes_otherwise_after_the_return(desk: DeskContext, code: str) -> None:
    take_step(desk, code, Step.FINISH, StepInput())
    give(desk, code, Handing(by="counter", signed=True))
    owes_otherwise(desk, code)


def owes_again(desk: DeskContext, code: str) -> None:
    take(desk, code, MoneyIn())
    refund(desk, code, ["LP01"], "Nhầm hồ sơ", still_owed=True)
    exempt(desk, code, "LP01", 5000, "Hộ nghèo")


@pytest.mark.parametrize("happens", [owes_less, owes_otherwise, owes_otherwise_after_the_return, owes_again])
def test_where_something_else_is_owed_a_new_notice_is_given(
    banked: DeskContext, clock: Clock, tmp_path: Path, happens: Callable[[DeskContext, str], None]
) -> None:
    code = taken_in(banked)
    first = print_paper(banked, code, NOTICE, PRINTER)
    with refused("already_printed"):
        print_paper(banked, code, NOTICE, PRINTER)
    clock.move(days=1)
    happens(banked, code)
    second = print_paper(banked, code, NOTICE, PRINTER)
    take(banked, code, MoneyIn())
    save_office(banked, replace(get_office(banked), desk_name="QUẦY MỚI"))
    numbers = [print_jobs.job(banked.database, job).event_number for job in (first, second)]
    assert numbers[0] == 1
    for number, amount, day in zip(numbers, ("8.000", "5.000"), ("10", "11"), strict=True):
        again = text(banked, code, NOTICE, tmp_path, reprint=True, number=number or 0)
        assert f"Tổng số tiền: {amount} đồng" in again
        assert "QUẦY MỚI" not in again
        assert f"ngày {day} tháng 3" in again


def test_the_notice_is_refused_once_all_is_paid(banked: DeskContext) -> None:
    code = taken_in(banked)
    take(banked, code, MoneyIn())
    with refused("form_not_issued", "không còn khoản"):
        make_paper(banked, code, NOTICE)


def test_a_parcel_goes_out_from_the_office_s_street(desk: DeskContext, tmp_path: Path) -> None:
    street = "Số 12 đường Y Ngông, xã Ea Kao, tỉnh Đắk Lắk"
    for address, said in (("", "Địa chỉ: Ea Kao Điện thoại"), (street, f"Địa chỉ: {street} Điện thoại")):
        save_office(desk, replace(OFFICE, address=address))
        assert get_office(desk).address == address
        code = taken_in(desk)
        take_step(desk, code, Step.FINISH, StepInput())
        give(desk, code, Handing(by="post", tracking="EB111111111VN"))
        assert said in text(desk, code, "post_label", tmp_path)
    given = make_paper(desk, code, "post_label").pdf
    save_office(desk, replace(OFFICE, address="Nơi mới"))
    assert make_paper(desk, code, "post_label").pdf == given


def test_an_exemption_gives_a_receipt_in_the_place_of_the_one_that_asks_for_more(
    banked: DeskContext, tmp_path: Path
) -> None:
    code = taken_in(banked)
    first = make_paper(banked, code, "receipt").pdf
    assert exempt(banked, code, "LP01", 0, "Hộ nghèo, sổ 12").new_receipt == 2
    said = text(banked, code, "receipt", tmp_path)
    assert "thay giấy số 1" in said
    assert "Không phải nộp" in said
    assert "hưa nộp" not in said
    assert len(codes(make_paper(banked, code, "receipt").pdf)) == 1, "nobody is asked for a transfer any more"
    assert make_paper(banked, code, "receipt", event_number=1).pdf == first


def test_money_given_back_is_not_called_paid(desk: DeskContext, tmp_path: Path) -> None:
    code = receive(desk, full_request(fees=(FeeIn("LP01", True, "cash"),))).code
    assert "đã nộp 8.000" in text(desk, code, "receipt", tmp_path)
    assert refund(desk, code, ["LP01"], "Hộ nghèo").new_receipt == 2
    said = text(desk, code, "receipt", tmp_path)
    assert "8.000" not in said
    warnings = take_step(desk, code, Step.STOP, StepInput(reason="Người nộp xin dừng")).warnings
    assert not any("đã thu phí" in warning for warning in warnings)
    assert "Phí, lệ phí đã nộp: Đã hoàn trả 8.000 đồng." in text(desk, code, "stop_notice", tmp_path)


def test_no_receipt_is_given_anew_where_the_one_in_hand_still_holds(desk: DeskContext) -> None:
    assert exempt(desk, taken_in(desk), "LP01", 5000, "Giảm").new_receipt == 2
    code = taken_in(desk)
    take(desk, code, MoneyIn())
    assert refund(desk, code, ["LP01"], "Thu nhầm", still_owed=True).new_receipt is None, "it never said paid"
    code = levelled(desk)
    choose_levels(desk, code, ("P02",))
    assert [event.form for event in show(desk, code).events] == ["receipt", None], "it said: from this level"


def test_a_notice_names_the_bank_and_the_last_day(banked: DeskContext, clock: Clock, tmp_path: Path) -> None:
    account = {**ACCOUNT, "bank_name": "VietinBank", "days": 5}
    desk = with_account(banked, account)
    code = taken_in(desk)
    said = text(desk, code, NOTICE, tmp_path)
    assert "Hạn nộp: ngày 17 tháng 3 năm 2026" in said
    assert "Ngân hàng: VietinBank" in said
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    with refused("pay_before_past", "09/03/2026"):
        take_step(desk, code, Step.REQUEST_PAYMENT, StepInput(pay_before=date(2026, 3, 9)))
    take_step(desk, code, Step.REQUEST_PAYMENT, StepInput(pay_before=date(2026, 3, 20)))
    exempt(desk, code, "LP01", 5000, "Hộ nghèo")
    job = print_paper(desk, code, NOTICE, PRINTER)
    clock.move(days=1)
    assert "Tạm dừng, chờ nộp phí, lệ phí" in text(desk, code, "receipt", tmp_path)
    number = print_jobs.job(desk.database, job).event_number or 0
    for at in (desk, with_account(desk, {**OTHER, "days": 1})):
        again = text(at, code, NOTICE, tmp_path, reprint=True, number=number)
        assert "Hạn nộp: ngày 20 tháng 3 năm 2026" in again, "what the request named, also after an exemption"
        assert "Ngân hàng: VietinBank" in again
    paid = take(desk, code, MoneyIn())
    assert paid.due is not None
    assert "giấy tiếp nhận mới" in paid.warnings[-1]
    said = text(desk, code, "receipt", tmp_path)
    assert f"ngày {paid.due.astimezone(VIETNAM):%d} tháng 3" in said, "the wait is over: the day is promised anew"
    assert "thay giấy số 2" in said
    assert "5.000" in text(desk, code, "payment_note", tmp_path)
