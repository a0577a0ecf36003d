"""The fees that the intake offers: those of the channel and the case, each saying when it falls due."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QApplication

from counter_app.services.catalogue import get_procedure
from counter_app.services.desk import DeskContext
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.values import ApplicantData, FeeIn, FeeView, ReceiveRequest
from counter_app.ui.dossier_page_text import history_html
from counter_app.ui.formatting import money
from counter_app.ui.intake.fees_box import EXEMPT, LATER, FeesBox

FEES = (
    FeeView("P01", "Phí thẩm định", 50_000),
    FeeView("P02", "Lệ phí cấp giấy", 30_000, collect_on="return"),
    FeeView("P03", "Cước gửi", 26_000, channel="postal"),
    FeeView("P01", "Phí thẩm định nhà ở", 70_000, case_name="Nhà ở"),
)


def offered(box: FeesBox) -> list[str]:
    return [row.paid.text() for row in box.rows]


def test_fees_by_channel_and_case(qapp: QApplication, desk: DeskContext, qtbot: Any) -> None:
    procedure = replace(get_procedure(desk, "2.000635"), fees=FEES)
    box = FeesBox()
    qtbot.addWidget(box)
    box.show_procedure(procedure, "counter", "")
    assert offered(box) == ["Phí thẩm định", "Lệ phí cấp giấy (khi trả kết quả)"]
    box.rows[0].paid.setChecked(True)
    box.show_procedure(procedure, "postal", "Nhà ở")
    assert offered(box) == ["Phí thẩm định nhà ở", "Lệ phí cấp giấy (khi trả kết quả)", "Cước gửi"]
    assert [fee.code for fee in box.values()] == ["P01"], "what was ticked stays so"


def test_of_several_levels_none_is_counted_before_one_is_chosen(
    qapp: QApplication, desk: DeskContext, qtbot: Any
) -> None:
    levels = (FeeView("P01", "Phí", 160_000), FeeView("P02", "Phí", 200_000), FeeView("P03", "Lệ phí", 5000))
    box = FeesBox()
    qtbot.addWidget(box)
    box.show_procedure(replace(get_procedure(desk, "2.000635"), fees=levels), "counter", "")
    assert "nhiều mức" in box.total.text()
    assert [row.paid.accessibleName() for row in box.rows[:2]] == ["Đã thu Phí 160.000 đ", "Đã thu Phí 200.000 đ"]
    box.rows[1].paid.setChecked(True)
    assert box.total.text() == "Phải thu 205.000 đ · đã thu 200.000 đ"
    later = box.rows[1].method.findText("Nộp sau")
    box.rows[1].method.setCurrentIndex(later)
    assert box.total.text() == "Phải thu 205.000 đ · đã thu 0 đ"
    assert box.values() == (FeeIn("P02", False, ""),)
    assert box.rows[2].method.findText("Nộp sau") == -1, "a fee of one level is simply not ticked"
    box.restore({"P02": LATER})
    assert box.values() == (FeeIn("P02", False, ""),), "a draft of an older version has the method alone"
    kept = box.draft()
    box.rows[1].paid.setChecked(False)
    box.restore(kept)
    assert box.values() == (FeeIn("P02", False, ""),)


def test_what_stands_behind_money_is_asked_with_it(qapp: QApplication, desk: DeskContext, qtbot: Any) -> None:
    two = (FeeView("P01", "Phí", 5000), FeeView("P02", "Lệ phí", 8000))
    box = FeesBox()
    qtbot.addWidget(box)
    box.show_procedure(replace(get_procedure(desk, "2.000635"), fees=two), "counter", "")
    box.show()
    fee, other = box.rows

    def asked() -> list[bool]:
        return [field.isVisible() for field in (fee.official_receipt, fee.reference, fee.exemption)]

    assert asked() == [False, False, False]
    fee.paid.setChecked(True)
    fee.official_receipt.setText(" BL-7 ")
    assert asked() == [True, False, False]
    assert box.values() == (FeeIn("P01", True, "cash", "", "BL-7"),)
    fee.method.setCurrentIndex(fee.method.findData("transfer"))
    fee.reference.setText("FT1")
    assert asked() == [True, True, False]
    other.paid.setChecked(True)
    other.method.setCurrentIndex(other.method.findData(EXEMPT))
    other.exemption.setText("Hộ nghèo, sổ 12")
    assert box.total.text() == "Phải thu 5.000 đ · đã thu 5.000 đ"
    entered = (FeeIn("P01", True, "transfer", "FT1", "BL-7"), FeeIn("P02", exemption="Hộ nghèo, sổ 12"))
    kept = box.draft()
    box.restore({})
    assert box.values() == ()
    box.restore(kept)
    assert box.values() == entered
    assert box.field_of("P01", "reference_missing") is fee.reference
    assert box.field_of("P02", "exemption_reason_missing") is other.exemption


def test_an_exemption_of_the_reception_stands_in_the_history(desk: DeskContext) -> None:
    fee = get_procedure(desk, "2.000635").fees[0]
    exempted = (FeeIn(fee.code, exemption="Hộ nghèo, sổ 12"),)
    whose = ApplicantData(name="Y Thắng Êban")
    asked = ReceiveRequest(procedure="2.000635", applicant=whose, fees=exempted, supplement_reason="Tờ khai")
    code = receive(desk, asked).code
    line = f"{fee.name}: {money(fee.amount)} → 0 đ (Hộ nghèo, sổ 12)"
    assert line in history_html(show(desk, code).events)
