"""Papers of what goes from hand to hand: control slip, return slip, post label, payment note, notice to pay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.fees import MoneyIn, take
from counter_app.services.handover import prepare, send
from counter_app.services.handover_receive import confirm, take_back
from counter_app.services.handover_values import Destination, Signing
from counter_app.services.papers import make_paper, print_paper
from counter_app.services.papers_handing import NOT_SIGNED
from counter_app.services.papers_issued import issued_forms
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.returning import delivery_came_back, give
from counter_app.services.returning_delivery import Handing, OriginalBack
from counter_app.services.steps import StepInput, take_step
from counter_app.services.undo import undo_last
from counter_app.services.values import FeeIn
from counter_app.settings import with_changes
from tests.catalogue_samples import HNGAM, full_request
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.inspect_desk import refused

CIVIL = "Phòng Văn hóa - Xã hội"
PRINTER = "tcp://127.0.0.1:9"


@pytest.fixture
def code(desk: DeskContext) -> str:
    return receive(desk, full_request(fees=(FeeIn("LP01"),))).code


def text(desk: DeskContext, code: str, form: str, folder: Path, *, number: int | None = None) -> str:
    return " ".join(text_of(make_paper(desk, code, form, event_number=number).pdf, folder).split())


def test_the_control_slip_has_a_row_a_hand_over_and_says_what_is_not_signed(
    desk: DeskContext, clock: Clock, code: str, tmp_path: Path
) -> None:
    given = send(desk, prepare(desk, [code], Destination(CIVIL, due=clock.now + timedelta(days=3))).id)
    said = text(desk, code, "control_slip", tmp_path)
    for words in ("PHIẾU KIỂM SOÁT", "Số: 1/", CIVIL, "(Lê Thị Hạnh)", NOT_SIGNED, code, "08 giờ 30 phút"):
        assert words in said, words
    clock.move(minutes=40)
    confirm(desk, given.id, Signing("Y Thắng Êban"))
    said = text(desk, code, "control_slip", tmp_path)
    for words in ("(Y Thắng Êban)", "Giao: 08 giờ 30 phút", "Nhận: 09 giờ 10 phút"):
        assert words in said, words
    assert NOT_SIGNED not in said
    clock.move(days=1)
    take_back(desk, [code], "Y Thắng Êban")
    said = text(desk, code, "control_slip", tmp_path)
    assert "■" in said, "kept its inner limit"
    assert said.count("(Y Thắng Êban)") == 2


def test_a_slip_that_was_printed_keeps_its_hand_over(desk: DeskContext, code: str) -> None:
    take_step(desk, code, Step.HAND_OVER, StepInput(unit=CIVIL))
    print_paper(desk, code, "control_slip", PRINTER)
    with refused("undo_not_possible", "đã in"):
        undo_last(desk, code, "Nhầm nơi")


def test_without_a_hand_over_there_is_no_slip(desk: DeskContext, code: str) -> None:
    with refused("form_not_issued"):
        make_paper(desk, code, "control_slip")


def test_the_return_slip_says_what_went_to_whom_by_what_right(desk: DeskContext, code: str, tmp_path: Path) -> None:
    take_step(desk, code, Step.FINISH, StepInput())
    give(desk, code, Handing(by="counter", to="Y Thịnh Kbuôr", to_number="066090054321", authorised=True,
                             authority="Giấy ủy quyền số 05", signed=True,
                             originals=(OriginalBack("TP01", 1),)))  # fmt: skip
    said = text(desk, code, "return_slip", tmp_path)
    for words in ("Y Thịnh Kbuôr", "066090054321", "Giấy ủy quyền số 05", "Giấy xác nhận", "Tờ khai theo mẫu",
                  "Tại quầy", "Lê Thị Hạnh", "Liên 2", "Y Thịnh Kbuôr đã kiểm và nhận đủ"):  # fmt: skip
        assert words in said, words
    assert "post_label" not in issued_forms(show(desk, code))
    with refused("form_not_issued"):
        make_paper(desk, code, "post_label")


def test_a_parcel_sent_again_has_a_label_of_its_own(desk: DeskContext, clock: Clock, code: str, tmp_path: Path) -> None:
    take_step(desk, code, Step.FINISH, StepInput())
    first = give(desk, code, Handing(by="post", tracking="EB111111111VN", carrier="Bưu điện Ea Kao"))
    said = text(desk, code, "post_label", tmp_path)
    for words in ("EB111111111VN", "Bưu điện Ea Kao", HNGAM.name, HNGAM.address):
        assert words in said, words
    assert HNGAM.personal_number not in said
    slip = text(desk, code, "return_slip", tmp_path)
    assert f"Gửi đến: {HNGAM.address}" in slip
    assert "nhận đủ" not in slip, "nobody has seen it yet"
    clock.move(days=2)
    delivery_came_back(desk, code, "Không có người nhận")
    give(desk, code, Handing(by="post", tracking="EB222222222VN", authorised=True, to="Y Thắng Êban",
                             authority="Giấy ủy quyền số 12", address="12 Lê Duẩn", phone="0905111222"))  # fmt: skip
    said = text(desk, code, "post_label", tmp_path)
    for words in ("EB222222222VN", "Y Thắng Êban", "12 Lê Duẩn", "0905111222"):
        assert words in said, words
    assert HNGAM.address not in said
    assert "EB111111111VN" in text(desk, code, "post_label", tmp_path, number=first.event_number)
    print_paper(desk, code, "post_label", PRINTER)
    with refused("already_printed"):
        print_paper(desk, code, "post_label", PRINTER)


def test_the_payment_note_is_what_the_book_has(desk: DeskContext, code: str, tmp_path: Path) -> None:
    with refused("form_not_issued"):
        make_paper(desk, code, "payment_note")
    assert "payment_note" not in issued_forms(show(desk, code))
    taken = take(desk, code, MoneyIn("transfer", reference="FT123", official_receipt="0001234"))
    said = text(desk, code, "payment_note", tmp_path)
    for words in (f"Số: {taken.number}/", "Chuyển khoản", "0001234", "8.000", "Tám nghìn đồng", "Lê Thị Hạnh"):
        assert words in said, words
    assert "payment_notice" not in issued_forms(show(desk, code))
    with refused("form_not_issued"):
        make_paper(desk, code, "payment_notice")


def test_fees_paid_on_the_spot_have_their_note_too(desk: DeskContext, tmp_path: Path) -> None:
    code = receive(desk, full_request(fees=(FeeIn("LP01", True),))).code
    assert "payment_note" in issued_forms(show(desk, code))
    assert "Số: 1/" in text(desk, code, "payment_note", tmp_path)


def test_a_notice_to_pay_bears_the_transfer(desk: DeskContext, code: str, tmp_path: Path) -> None:
    account = {"bank_bin": "970415", "account": "113366668888", "holder": "KHO BAC"}
    desk = replace(desk, settings=with_changes(desk.settings, payment=account))
    said = text(desk, code, "payment_notice", tmp_path)
    for words in ("THÔNG BÁO NỘP", "8.000", "113366668888", "KHO BAC", code.replace(".", "").replace("-", "")):
        assert words in said, words
    assert "payment_notice" in issued_forms(show(desk, code))
