"""The return page: what is looked for, what is checked, what is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from counter_app.app import RunningApp
from counter_app.models import Procedure
from counter_app.rules.lifecycle import Step
from counter_app.services.reading import show
from counter_app.services.returning import deliveries
from counter_app.services.steps import StepInput, find_dossier, take_step
from counter_app.services.values import ApplicantData, Received
from counter_app.ui.return_page import ReturnPage
from counter_app.ui.return_page_delivery import PUBLIC_POST
from tests.ui.vietnamese_typing import type_vietnamese
from tests.ui.window_fixtures import Clock, press, settle

TakeIn = Callable[..., Received]


def return_page(running: RunningApp, qtbot: Any) -> ReturnPage:
    """The window with the return page in front."""
    window = running.window
    window.show_page("return")
    window.show()
    qtbot.waitExposed(window)
    shown = window.page("return")
    assert isinstance(shown, ReturnPage)
    return shown


@pytest.fixture
def page(running: RunningApp, qtbot: Any) -> ReturnPage:
    return return_page(running, qtbot)


def look(page: ReturnPage, text: str, qtbot: Any) -> None:
    page.code.clear()
    type_vietnamese(page.code, text)
    qtbot.keyClick(page.code, Qt.Key.Key_Return)
    settle(qtbot, page.context.executor)


def lines(page: ReturnPage) -> str:
    return "\n".join(label.text() for label in page.card._check_labels)


def tick(page: ReturnPage, row: int) -> None:
    page.card.evidence.originals.items()[row].setCheckState(Qt.CheckState.Checked)


def to_somebody_else(page: ReturnPage) -> None:
    page.card.authorised.setChecked(True)
    page.card.to_name.setText("Y Thắng Êban")
    page.card.evidence.authority.setText("Giấy ủy quyền số 12")


def test_a_finished_dossier_may_be_returned(page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code.lower(), qtbot)
    assert page.card.who.text() == "H' Ngăm Niê Kdăm"
    assert "✓ Kết quả đã có" in lines(page)
    assert page.card.evidence.originals.items(), "originals are listed, to be ticked"
    assert page.card.evidence.originals_back() == ()
    assert page.card.return_button.isEnabled()


def test_the_text_of_a_receipts_qr_finds_the_dossier(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in().code
    look(page, f"https://dvc.example.vn/tra-cuu?ma={code}#MaTTHC=1.013314&DinhDanh=2345", qtbot)
    assert page.card.dossier_code.text() == code


def test_an_unfinished_dossier_is_not_returned_and_says_what_to_do(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in().code
    look(page, code, qtbot)
    assert "✗ Chưa trả được: hồ sơ đang ở trạng thái «Đã tiếp nhận»" in lines(page)
    assert not page.card.return_button.isEnabled()
    assert page.card.finish_button.isVisible()
    page.give()
    settle(qtbot, running.executor)
    assert show(running.desk, code).row.status == "received"


def test_late_without_a_letter_warns_and_never_blocks(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, clock: Clock, qtbot: Any
) -> None:
    code = take_in().code
    clock.move(days=60)
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    assert "mà chưa có văn bản xin lỗi" in lines(page)
    page.card.evidence.signed.setChecked(True)
    qtbot.mouseClick(page.card.return_button, Qt.MouseButton.LeftButton)
    settle(qtbot, running.executor)
    assert show(running.desk, code).row.status == "returned"


def test_post_asks_for_the_tracking_number(page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    code = take_in(return_by="post").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    assert page.card.way() == "post"
    page.give()
    assert page.line.text() == "Hãy nhập số vận đơn của bưu chính rồi trả kết quả."
    assert page.card.tracking.hasFocus()
    qtbot.keyClicks(page.card.tracking, "EB123456789VN")
    parcel, owner = page.card.parcel, show(running.desk, code).applicant
    assert (parcel.address.text(), parcel.phone.text()) == (owner.address, owner.phone)
    to_somebody_else(page)
    assert (parcel.address.text(), parcel.phone.text()) == ("", ""), "of somebody else nothing is known"
    page.give()
    assert page.line.text() == "Hãy nhập địa chỉ nơi bưu chính phát rồi trả kết quả."
    assert parcel.address.hasFocus()
    parcel.address.setText("12 Lê Duẩn")
    page.give()
    settle(qtbot, running.executor)
    view = show(running.desk, code)
    assert view.delivery_state == "posted"
    told: Any = view.events[-1].details
    assert (told["tracking"], told["address"], told["carrier"]) == ("EB123456789VN", "12 Lê Duẩn", PUBLIC_POST)


def test_online_without_a_file_asks_why(page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    assert page.card.parcel.isHidden()
    page.card.ways["online"].click()
    page.give()
    assert page.line.text().startswith("Chưa có bản điện tử của kết quả")
    assert page.card.parcel.reason.hasFocus()
    page.card.parcel.reason.setText("Bộ trả trên hệ thống của mình")
    page.give()
    settle(qtbot, running.executor)
    assert show(running.desk, code).delivery_state == "online"


def test_an_authorised_person_is_named(page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    code = take_in(submitter=ApplicantData(name="Trần Văn Nộp", personal_number="066089001111")).code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    assert page.card.authorised.isChecked()
    assert page.card.to_name.text() == "Trần Văn Nộp"
    page.card.to_name.clear()
    page.give()
    assert page.line.text() == "Hãy nhập họ tên người được ủy quyền rồi trả kết quả."
    type_vietnamese(page.card.to_name, "Y Thắng Êban")
    page.give()
    assert page.line.text().startswith("Hãy ghi giấy ủy quyền")
    assert page.card.evidence.authority.hasFocus()
    type_vietnamese(page.card.evidence.authority, "Giấy ủy quyền số 12")
    page.give()
    assert page.card.evidence.signed.hasFocus()
    qtbot.keyClick(page.card.evidence.signed, Qt.Key.Key_Space)
    page.give()
    settle(qtbot, running.executor)
    details = show(running.desk, code).events[-1].details
    assert (details["to"], details["to_number"]) == ("Y Thắng Êban", "066089001111")
    assert details["authority"] == "Giấy ủy quyền số 12"


def test_originals_that_were_ticked_go_back_and_results_are_numbered(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    box = page.card.evidence
    box.results.setPlainText("Giấy khai sinh | 17/2026/KS\n\nBản sao trích lục|")
    tick(page, 0)
    box.signed.setChecked(True)
    page.give()
    settle(qtbot, running.executor)
    (made,) = deliveries(running.desk, code)
    assert made.results == ((f"{code}-KQ1", "Giấy khai sinh"), (f"{code}-KQ2", "Bản sao trích lục"))
    assert len(made.originals) == 1
    told: Any = show(running.desk, code).events[-1].details
    assert [result.get("number") for result in told["results"]] == ["17/2026/KS", None]


def test_originals_lie_above_the_button_on_a_small_screen_with_their_whole_names(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    running.window.resize(1366, 768)
    code = take_in(procedure="1.001193").code
    with running.desk.database.write() as session:
        dossier = find_dossier(session, code)
        for row in dossier.components:
            row.name, row.originals = (
                f"{row.code} " + "Giấy chứng sinh do cơ sở khám bệnh, chữa bệnh cấp, " * 8 + "hết",
                1,
            )
        names = [row.name for row in dossier.components]
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    to_somebody_else(page)
    box = page.card.evidence.originals
    assert [item.text() for item in box.items()] == [f"{name} (1 bản)" for name in names]
    window = running.window
    qtbot.waitUntil(lambda: page.card.return_button.y() > 0)
    place = [part.mapTo(window, part.rect().bottomLeft()).y() for part in (box.list, page.card.return_button)]
    assert place[0] < place[1] < 768, "above the primary button, and that is on the screen"
    heights = [box.list.visualItemRect(item).height() for item in box.items()]
    assert min(heights) > 3 * box.list.fontMetrics().height(), "wrapped, not cut"
    assert box.list.verticalScrollBar().maximum() > 0, "what is longer is scrolled inside"


def test_originals_are_ticked_by_keyboard(page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any) -> None:
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    press(Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    box = page.card.evidence.originals
    qtbot.waitUntil(box.list.hasFocus)
    press(Qt.Key.Key_Space)
    assert len(box.ticked()) == 1
    assert box.caption.text() == f"Trả lại &bản chính: 1/{box.list.count()} (phím cách để đánh dấu)"


def test_by_post_the_number_of_the_parcel_is_next(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(page.card.tracking.hasFocus)


def test_a_result_on_the_spot_needs_no_step_before(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in(procedure=on_the_spot(running)).code
    look(page, code, qtbot)
    assert "không cần giấy hẹn" in lines(page)
    page.card.evidence.signed.setChecked(True)
    page.give()
    settle(qtbot, running.executor)
    assert show(running.desk, code).row.status == "returned"


def on_the_spot(running: RunningApp) -> str:
    """A procedure of the sample catalogue that is answered at once, made so if there is none."""
    with running.desk.database.write() as session:
        procedure = session.scalars(select(Procedure).where(Procedure.code == "1.013314")).one()
        procedure.limit_unit = "on_the_spot"
        for limit in procedure.limits:
            limit.unit = "on_the_spot"
        return procedure.code


def test_a_name_offers_those_who_match(page: ReturnPage, take_in: TakeIn, qtbot: Any) -> None:
    first, second = take_in(1).code, take_in(1, procedure="1.001193").code
    look(page, "nguyễn văn đức", qtbot)
    assert page.choices.count() == 2
    assert page.choices.hasFocus()
    qtbot.keyClick(page.choices, Qt.Key.Key_Down)
    qtbot.keyClick(page.choices, Qt.Key.Key_Return)
    settle(qtbot, page.context.executor)
    assert page.card.dossier_code.text() in (first, second)
    assert not page.choices.isVisible()


def test_nobody_found_says_so_and_the_code_is_ready_to_be_typed_over(
    page: ReturnPage, take_in: TakeIn, qtbot: Any
) -> None:
    look(page, "H15.36-260310-4321", qtbot)
    assert page.line.text().startswith("Không tìm thấy hồ sơ nào khớp «H15.36-260310-4321»")
    assert page.code.selectedText() == "H15.36-260310-4321"


def test_fees_still_due_are_named_and_taken_from_here(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in(procedure="2.000635").code
    if show(running.desk, code).money_state != "due":
        pytest.fail("the procedure of this test has a fee")
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    assert "Còn phải thu" in lines(page)
    qtbot.mouseClick(page.card.pay_button, Qt.MouseButton.LeftButton)
    settle(qtbot, running.executor)
    page._dialog.submit()  # type: ignore[union-attr]
    settle(qtbot, running.executor)
    assert show(running.desk, code).money_state == "paid"
    assert "Không còn phí, lệ phí phải thu" in lines(page)


def test_read_anew_it_leaves_the_keyboard_where_it_is(
    page: ReturnPage, running: RunningApp, take_in: TakeIn, qtbot: Any
) -> None:
    code = take_in(procedure="1.001193").code
    take_step(running.desk, code, Step.FINISH, StepInput())
    look(page, code, qtbot)
    page.card.authorised.setChecked(True)
    page.card.to_name.setFocus()
    running.context.announce("dossier", dossiers=(code,))
    settle(qtbot, running.executor)
    assert page.card.to_name.hasFocus(), "the portal has answered while a name was typed"
    running.window.show_page("queue")
    settle(qtbot, running.executor)
    focused = running.window.focusWidget()
    running.context.announce("dossier", dossiers=(code,))
    settle(qtbot, running.executor)
    assert running.window.focusWidget() is focused, "it lies behind another page"
