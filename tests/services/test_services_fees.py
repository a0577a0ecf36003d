"""Money at the desk: owed, exempted, taken, given back; what the history and the portal are told of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from counter_app.rules.lifecycle import Step
from counter_app.rules.payment_qr import Transfer, decode
from counter_app.services.catalogue import import_catalogue
from counter_app.services.day_closing import close_day, day_takings
from counter_app.services.desk import DeskContext
from counter_app.services.fee_book import NOT_APPLIED
from counter_app.services.fees import MoneyIn, choose_levels, exempt, fees_of, refund, take, transfer_code
from counter_app.services.offices import office_row
from counter_app.services.official_receipt import note_receipt
from counter_app.services.paper_facts import facts_now
from counter_app.services.papers import make_paper
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, find_dossier, take_step
from counter_app.services.undo import undo_last
from counter_app.services.values import ComponentIn, FeeIn
from counter_app.services.verify import verify
from counter_app.settings import with_changes
from tests.catalogue_samples import CASES, DAYS, catalogue, full_request, request
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.inspect_desk import nothing_stored, payloads, refused

FEES = [
    {"code": "LP01", "name": "Lệ phí trích lục", "amount": 8000},
    {"code": "LP02", "name": "Phí thẩm định bổ sung", "amount": 50000, "collect_on": "supplement"},
    {"code": "LP03", "name": "Lệ phí cấp giấy", "amount": 30000, "collect_on": "return"},
]


@pytest.fixture
def code(desk: DeskContext) -> str:
    """A dossier that owes three fees, at three moments."""
    changed = catalogue()
    next(item for item in changed["procedures"] if item["code"] == DAYS)["fees"] = FEES
    import_catalogue(desk, changed)
    return receive(desk, full_request()).code


def due(desk: DeskContext, code: str) -> list[str]:
    return [row.code for row in fees_of(desk, code).rows if row.due_now]


def told_fees(desk: DeskContext, code: str) -> list[dict[str, Any]]:
    return payloads(desk, code, "update")[-1]["DanhSachLePhi"]  # type: ignore[no-any-return]


def test_each_fee_falls_due_in_its_time_and_the_portal_is_told_when(desk: DeskContext, code: str) -> None:
    assert due(desk, code) == ["LP01"]
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    assert due(desk, code) == ["LP01", "LP02"]
    undo_last(desk, code, "Nhầm hồ sơ")
    assert due(desk, code) == ["LP01"], "a request taken back asks for nothing"
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    take_step(desk, code, Step.SUPPLEMENT, StepInput())
    take_step(desk, code, Step.FINISH, StepInput())
    assert due(desk, code) == ["LP01", "LP02", "LP03"]
    assert [item["HinhThucThu"] for item in told_fees(desk, code)] == ["1", "2", "4"]


def test_fees_of_a_case_belong_to_that_case_alone(desk: DeskContext) -> None:
    changed = catalogue()
    next(item for item in changed["procedures"] if item["code"] == CASES)["fees"] = [
        {"code": "LP01", "name": "Lệ phí đất", "amount": 100, "case": "Đất"},
        {"code": "LP02", "name": "Lệ phí chung", "amount": 7},
    ]
    import_catalogue(desk, changed)
    papers = {
        "Đất": (ComponentIn("TP01", 1), ComponentIn("TP03", 1)),
        "Nhà ở": (ComponentIn("TP01", 1), ComponentIn("TP02", 1)),
    }
    land, house = (
        receive(desk, request(CASES, case_name=case, components=papers[case])).code for case in ("Đất", "Nhà ở")
    )
    assert [fee.amount for fee in show(desk, land).fees] == [100, 7]
    assert [fee.amount for fee in show(desk, house).fees] == [7]


def test_cash_for_one_fee_leaves_the_rest_owed(desk: DeskContext, clock: Clock, code: str) -> None:
    clock.move(minutes=5)
    done = take(desk, code, MoneyIn(codes=("LP01",), official_receipt=" BL-000123 "))
    assert (done.number, done.amount, done.status) == (1, 8000, "received")
    money = fees_of(desk, code)
    assert money.money_state == "due"
    assert [row.paid_at for row in money.rows] == [clock.now, None, None]
    (payment,) = money.payments
    assert (payment.kind, payment.method, payment.official_receipt, payment.clerk) == (
        "payment",
        "cash",
        "BL-000123",
        "Lê Thị Hạnh",
    )
    details = show(desk, code).events[-1].details
    assert details["payment_number"] == 1
    assert details["amount"] == 8000
    assert payloads(desk, code, "step")[-1]["TrangThai"] == "2", "money never moves the status"
    assert take(desk, code, MoneyIn()).number == 2
    assert fees_of(desk, code).money_state == "paid"


def test_what_cannot_be_taken_is_refused_and_nothing_is_written(desk: DeskContext, code: str) -> None:
    take(desk, code, MoneyIn(codes=("LP01",)))
    before = fees_of(desk, code), len(show(desk, code).events)
    for money, kind in (
        (MoneyIn(codes=("LP01",)), "fee_paid"),
        (MoneyIn(codes=("LP77",)), "fee_unknown"),
        (MoneyIn(codes=()), "nothing_to_pay"),
        (MoneyIn(method="gold"), "method_unknown"),
        (MoneyIn(method="transfer", reference="  "), "reference_missing"),
    ):
        with refused(kind):
            take(desk, code, money)
    take(desk, code, MoneyIn())
    with refused("nothing_to_pay"):
        take(desk, code, MoneyIn())
    assert (before[0].payments, before[1] + 1) == (fees_of(desk, code).payments[:1], len(show(desk, code).events))


def test_while_a_payment_is_awaited_all_of_it_is_taken_and_the_clock_runs_on(desk: DeskContext, code: str) -> None:
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    take_step(desk, code, Step.REQUEST_PAYMENT, StepInput())
    with refused("payment_partial", "Lệ phí cấp giấy"):
        take(desk, code, MoneyIn(codes=("LP01", "LP02")))
    assert show(desk, code).row.status == "payment_requested"
    done = take(desk, code, MoneyIn(method="transfer", reference="FT26070001"))
    assert (done.status, done.amount) == ("processing", 88000)
    assert show(desk, code).row.paused_at is None
    assert fees_of(desk, code).payments[0].reference == "FT26070001"


def test_exempted_while_awaited_the_dossier_still_goes_on(desk: DeskContext, code: str) -> None:
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    take_step(desk, code, Step.REQUEST_PAYMENT, StepInput())
    for fee in ("LP01", "LP02", "LP03"):
        exempt(desk, code, fee, 0, "Hộ nghèo, sổ 12/2026")
    assert fees_of(desk, code).money_state == "nothing_due"
    done = take(desk, code, MoneyIn())
    assert (done.number, done.amount, done.status) == (None, 0, "processing")
    assert fees_of(desk, code).payments == ()


def test_exemption_with_its_reason_is_kept_told_and_taken_back(desk: DeskContext, code: str) -> None:
    with refused("reason_missing"):
        exempt(desk, code, "LP02", 0, " ")
    with refused("exemption_invalid"):
        exempt(desk, code, "LP02", 50001, "Hộ nghèo")
    row = exempt(desk, code, "LP02", 25000, "Người cao tuổi").rows[1]
    assert (row.amount, row.full_amount, row.exemption) == (25000, 50000, "Người cao tuổi")
    event = show(desk, code).events[-1]
    assert (event.step, event.reason, event.details["before"], event.details["after"]) == (
        "exempt",
        "Người cao tuổi",
        50000,
        25000,
    )
    assert told_fees(desk, code)[1]["Gia"] == "25000"
    with refused("nothing_changed"):
        exempt(desk, code, "LP02", 25000, "Người cao tuổi")
    row = exempt(desk, code, "LP02", 50000, "Ghi nhầm").rows[1]
    assert (row.amount, row.full_amount, row.exemption) == (50000, 50000, "")
    take(desk, code, MoneyIn(codes=("LP02",)))
    with refused("fee_paid"):
        exempt(desk, code, "LP02", 0, "Hộ nghèo")


def test_money_given_back_after_the_dossier_was_withdrawn(desk: DeskContext, code: str) -> None:
    take(desk, code, MoneyIn())
    take_step(desk, code, Step.WITHDRAW, StepInput())
    with refused("reason_missing"):
        refund(desk, code, ["LP03"], "")
    with refused("nothing_to_refund"):
        refund(desk, code, [], "Rút hồ sơ")
    money = refund(desk, code, ["LP03"], "Rút hồ sơ")
    assert (money.money_state, money.payments[-1].kind, money.payments[-1].amount) == ("paid", "refund", -30000)
    with refused("fee_not_paid"):
        refund(desk, code, ["LP03"], "Rút hồ sơ")
    assert refund(desk, code, ["LP01", "LP02"], "Rút hồ sơ").money_state == "refunded"
    assert show(desk, code).row.status == "withdrawn"
    assert verify(desk).problems == ()


def test_money_booked_wrongly_is_owed_again(desk: DeskContext, code: str) -> None:
    take(desk, code, MoneyIn(codes=("LP01",)))
    assert refund(desk, code, ["LP01"], "Thu nhầm hồ sơ", still_owed=True).money_state == "due"
    assert take(desk, code, MoneyIn(codes=("LP01",))).number == 2
    assert [one.amount for one in fees_of(desk, code).payments] == [8000, -8000, 8000]


def test_what_is_paid_at_reception_is_booked_by_method_with_its_papers(desk: DeskContext, tmp_path: Path) -> None:
    paid = (FeeIn("LP01", True, "cash", "", " BL-17 "), FeeIn("LP02", True, "transfer", "FT9", "BL-18"))
    code = receive(desk, full_request(channel="postal", fees=paid)).code
    assert [
        (one.method, one.amount, one.number, one.reference, one.official_receipt)
        for one in fees_of(desk, code).payments
    ] == [("cash", 8000, 1, "", "BL-17"), ("transfer", 26000, 2, "FT9", "BL-18")]
    assert "Biên lai số: BL-17, BL-18" in text_of(make_paper(desk, code, "payment_note").pdf, tmp_path)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (FeeIn("LP01", True, "transfer", reference=" "), "reference_missing"),
        (FeeIn("LP01", True, "gold"), "method_unknown"),
        (FeeIn("LP01", exemption=" "), "exemption_reason_missing"),
        (FeeIn("LP01", True, exemption="Hộ nghèo"), "fee_contradicted"),
    ],
)
def test_money_at_reception_is_refused_as_it_is_later(desk: DeskContext, given: FeeIn, kind: str) -> None:
    with nothing_stored(desk), refused(kind) as refusal:
        receive(desk, full_request(fees=(given,)))
    assert refusal.value.details["fee"] == "LP01"


def test_a_program_that_tells_no_number_of_a_transfer_is_warned(desk: DeskContext) -> None:
    done = receive(desk, full_request(fees=(FeeIn("LP01", True, "transfer"),)))
    assert any("LP01" in warning and "số giao dịch" in warning for warning in done.warnings)
    (line,) = fees_of(desk, done.code).payments
    assert (line.method, line.reference) == ("transfer", "")


def test_exempted_at_reception_the_first_receipt_asks_for_nothing(desk: DeskContext, tmp_path: Path) -> None:
    code = receive(desk, full_request(fees=(FeeIn("LP01", exemption="Hộ nghèo, sổ 12"),))).code
    (row,) = fees_of(desk, code).rows
    assert (row.amount, row.full_amount, row.exemption) == (0, 8000, "Hộ nghèo, sổ 12")
    assert fees_of(desk, code).money_state == "nothing_due"
    kept = {"name": "Lệ phí trích lục", "before": 8000, "after": 0, "reason": "Hộ nghèo, sổ 12"}
    assert show(desk, code).events[0].details["exemptions"] == [kept]
    assert "Không phải nộp" in text_of(make_paper(desk, code, "receipt").pdf, tmp_path)


def test_the_book_is_never_rewritten(desk: DeskContext, code: str) -> None:
    take(desk, code, MoneyIn())
    with closing(sqlite3.connect(desk.database.path)) as connection:
        for statement in ("DELETE FROM payment", "UPDATE payment SET amount = 1"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                connection.execute(statement)


def test_the_code_for_a_transfer_names_account_amount_and_dossier(desk: DeskContext, code: str) -> None:
    assert transfer_code(desk, code, 8000) is None, "no account is set"
    account = {"bank_bin": "970415", "account": "113366668888", "holder": "UBND XA EA KAO"}
    desk = replace(desk, settings=with_changes(desk.settings, payment=account))
    shown = transfer_code(desk, code, 8000)
    assert shown is not None
    assert (shown.holder, shown.purpose) == ("UBND XA EA KAO", "H15362603101001")
    assert len(shown.rows) == len(shown.rows[0]) > 20
    assert decode(shown.text) == Transfer("970415", "113366668888", 8000, "H15362603101001")
    assert transfer_code(desk, code, 0) is None


LEVELS = [
    {"code": "P01", "name": "Phí", "amount": 160_000},
    {"code": "P02", "name": "Phí", "amount": 200_000},
    {"code": "LP01", "name": "Lệ phí", "amount": 8000},
]


@pytest.fixture
def levelled(desk: DeskContext) -> str:
    """A dossier of a procedure whose fee has two levels."""
    changed = catalogue()
    next(item for item in changed["procedures"] if item["code"] == DAYS)["fees"] = LEVELS
    import_catalogue(desk, changed)
    return receive(desk, full_request()).code


def test_a_level_that_is_taken_settles_the_fee(desk: DeskContext, levelled: str) -> None:
    assert [row.undecided for row in fees_of(desk, levelled).rows] == [True, True, False]
    with refused("fee_undecided", "P02 200000"):
        take(desk, levelled, MoneyIn())
    done = take(desk, levelled, MoneyIn(codes=("P02", "LP01")))
    assert done.amount == 208_000
    money = fees_of(desk, levelled)
    assert money.money_state == "paid"
    first = money.rows[0]
    assert (first.amount, first.full_amount, first.exemption) == (0, 160_000, NOT_APPLIED)
    assert [item["Gia"] for item in told_fees(desk, levelled)] == ["0", "200000", "8000"]


def test_a_level_chosen_at_the_desk_is_the_only_one_that_is_owed(desk: DeskContext, levelled: str) -> None:
    paid = receive(desk, full_request(fees=(FeeIn("P01", True, "cash"),))).code
    later = receive(desk, full_request(fees=(FeeIn("P02"),))).code
    assert [(fee.code, fee.paid_at is None) for fee in show(desk, paid).fees] == [("P01", False), ("LP01", True)]
    assert [fee.code for fee in show(desk, later).fees] == ["P02", "LP01"]
    assert take(desk, later, MoneyIn()).amount == 208_000


def test_the_wrong_level_is_booked_back_and_the_other_one_taken(desk: DeskContext, levelled: str) -> None:
    take(desk, levelled, MoneyIn(codes=("P01",)))
    refund(desk, levelled, ["P01"], "Nhầm mức", still_owed=True)
    assert [row.undecided for row in fees_of(desk, levelled).rows] == [True, True, False]
    take(desk, levelled, MoneyIn(codes=("P02", "LP01")))
    money = fees_of(desk, levelled)
    assert money.money_state == "paid"
    assert sum(payment.amount for payment in money.payments) == 208_000


def test_levels_are_chosen_before_any_money_comes(desk: DeskContext, levelled: str) -> None:
    assert choose_levels(desk, levelled, ("LP01",)).rows == fees_of(desk, levelled).rows
    rows = choose_levels(desk, levelled, ("P02",)).rows
    assert [(row.code, row.amount) for row in rows] == [("P01", 0), ("P02", 200_000), ("LP01", 8000)]
    assert show(desk, levelled).events[-1].reason == NOT_APPLIED


def test_while_a_payment_is_awaited_one_level_is_enough(desk: DeskContext, levelled: str) -> None:
    take_step(desk, levelled, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    take_step(desk, levelled, Step.REQUEST_PAYMENT, StepInput())
    with refused("payment_partial", "Lệ phí"):
        take(desk, levelled, MoneyIn(codes=("P01",)))
    assert [row.undecided for row in fees_of(desk, levelled).rows] == [True, True, False], "nothing is left half done"
    assert take(desk, levelled, MoneyIn(codes=("P01", "LP01"))).status == "processing"


def test_a_paper_shows_of_an_open_fee_its_lowest_level_and_then_the_one_that_was_taken(
    desk: DeskContext, levelled: str
) -> None:
    def said() -> tuple[tuple[str, int, bool], ...]:
        with desk.database.read() as session:
            return facts_now(desk, find_dossier(session, levelled), office_row(session, desk)).fees

    assert said() == (("Phí (từ mức này, theo trường hợp)", 160_000, False), ("Lệ phí", 8000, False))
    take(desk, levelled, MoneyIn(codes=("P02", "LP01")))
    assert said() == (("Phí", 200_000, True), ("Lệ phí", 8000, True))


def test_the_number_of_the_official_receipt_is_written_later_with_a_trace(
    desk: DeskContext, tmp_path: Path, clock: Clock
) -> None:
    code = receive(desk, full_request(fees=(FeeIn("LP01", True, "cash"),))).code
    (row,) = day_takings(desk, clock.now.date()).rows
    note_receipt(desk, row.id, " BL-0007 ")
    with refused("reason_missing", "BL-0007"):
        note_receipt(desk, row.id, "BL-0008")
    with refused("nothing_changed"):
        note_receipt(desk, row.id, "BL-0007")
    note_receipt(desk, row.id, "BL-0008", "Biên lai BL-0007 bị hủy")
    assert fees_of(desk, code).payments[0].official_receipt == "BL-0008"
    event = show(desk, code).events[-1]
    assert (event.step, event.reason, event.details["official_receipt"], event.details["receipt_before"]) == (
        "correct",
        "Biên lai BL-0007 bị hủy",
        "BL-0008",
        "BL-0007",
    )

    def said(number: int) -> str:
        return text_of(make_paper(desk, code, "payment_note", event_number=number).pdf, tmp_path)

    assert "BL-" not in said(1), "a note of before says what it said"
    assert "BL-0007" in said(2)
    assert "BL-0008" in said(3)
    with refused("form_not_issued", "không còn khoản"):
        make_paper(desk, code, "payment_notice")
    refund(desk, code, ["LP01"], "Thu nhầm", still_owed=True)
    close_day(desk, clock.now.date(), {"Lê Thị Hạnh": 0})
    with refused("payment_closed", "đã chốt sổ"):
        note_receipt(desk, row.id, "BL-0009", "Nhầm")
    with refused("payment_unknown"):
        note_receipt(desk, row.id + 1, "BL-0009")
    assert verify(desk).problems == ()
