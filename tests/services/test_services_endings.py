"""Refusal, withdrawal and stop: their grounds, what becomes of papers and fees; and taking back a mistaken step."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_app.errors import UserError
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.endings import FIRST_GROUNDS, Ending, kept_grounds
from counter_app.services.handover import prepare, send
from counter_app.services.handover_lists import handover_list
from counter_app.services.handover_values import Destination
from counter_app.services.outbox import list_outbox
from counter_app.services.papers import make_paper
from counter_app.services.papers_issued import issued_forms
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.returning import deliveries, give
from counter_app.services.returning_delivery import Handing, OriginalBack
from counter_app.services.steps import StepInput, find_dossier, take_step
from counter_app.services.undo import undo_last, undoable
from counter_app.services.values import ApplicantData, FeeIn
from counter_app.services.verify import verify
from tests.catalogue_samples import HNGAM, full_request, request
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.inspect_desk import nothing_stored, refused
from tests.services.test_services_portal_feed import ONLINE_CODE, feed, online

REASON = "Nhầm hồ sơ khác"


def taken_in(desk: DeskContext) -> str:
    return receive(desk, full_request(fees=(FeeIn("LP01", True),))).code


def refusal_of(desk: DeskContext, code: str) -> str:
    with pytest.raises(UserError) as refusal:
        undo_last(desk, code, REASON)
    assert refusal.value.kind == "undo_not_possible"
    assert undoable(desk, code).refusal == refusal.value.message
    return refusal.value.message


def test_a_stop_has_its_notice_and_says_what_becomes_of_papers_and_fees(desk: DeskContext) -> None:
    code = taken_in(desk)
    ending = Ending(
        law="Nghị định 118/2025/NĐ-CP",
        requested_by="applicant",
        papers="Trả lại bản chính cho người nộp",
        fees="Hoàn trả",
        originals=(OriginalBack("TP01", 1),),
    )
    done = take_step(desk, code, Step.STOP, StepInput(reason="Người nộp xin dừng", ending=ending))
    event = show(desk, code).events[-1]
    assert (event.form, event.form_number, done.status) == ("stop_notice", 1, "stopped")
    assert event.details["requested_by"] == "Theo đề nghị của người nộp"
    assert event.details["stage"] == "Đã tiếp nhận"
    assert event.details["originals"] == [{"code": "TP01", "name": "Tờ khai theo mẫu", "count": 1}]
    assert any("phí" in warning for warning in done.warnings)


def test_nothing_is_stopped_or_withdrawn_once_a_result_exists(desk: DeskContext) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.FINISH, StepInput())
    for step in (Step.STOP, Step.WITHDRAW):
        with pytest.raises(UserError) as refusal:
            take_step(desk, code, step, StepInput(reason="Muộn"))
        assert refusal.value.kind == "step_not_permitted"


def test_a_withdrawal_gives_the_papers_back(desk: DeskContext) -> None:
    code = taken_in(desk)
    with pytest.raises(UserError) as refusal:
        take_step(desk, code, Step.WITHDRAW, StepInput(ending=Ending(originals=(OriginalBack("TP01", 3),))))
    assert refusal.value.kind == "component_invalid"
    assert show(desk, code).row.status == "received"
    take_step(desk, code, Step.WITHDRAW, StepInput(ending=Ending(originals=(OriginalBack("TP01", 1),))))
    assert show(desk, code).events[-1].details["originals"][0]["count"] == 1  # type: ignore[index]


def test_who_takes_originals_back_at_a_withdrawal_signs_a_slip(desk: DeskContext, tmp_path: Path) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.WITHDRAW, StepInput(ending=Ending(originals=(OriginalBack("TP01", 1),))))
    assert "return_slip" in issued_forms(show(desk, code))
    said = text_of(make_paper(desk, code, "return_slip").pdf, tmp_path, rows=True)
    for words in ("PHIẾU GIAO NHẬN", "1. Kết quả giao cho người nhận: không", "1 Tờ khai theo mẫu 01", HNGAM.name,
                  f"CCCD/MST: {HNGAM.personal_number}", "4. Tư cách người nhận: Chủ hồ sơ",
                  "Tại quầy (rút hồ sơ)", "08 giờ 30 phút, ngày 10 tháng 3 năm 2026"):  # fmt: skip
        assert words in said, words


def test_the_right_of_somebody_else_to_take_papers_back_is_written_by_hand(desk: DeskContext, tmp_path: Path) -> None:
    somebody = ApplicantData(name="Trần Văn Nộp", personal_number="066089001111")
    code = receive(desk, full_request(submitter=somebody)).code
    take_step(desk, code, Step.WITHDRAW, StepInput(ending=Ending(originals=(OriginalBack("TP01", 1),))))
    said = text_of(make_paper(desk, code, "return_slip").pdf, tmp_path)
    assert "Người nhận: Trần Văn Nộp" in said
    assert "Tư cách người nhận: Chủ hồ sơ" not in said


def test_a_withdrawal_that_gives_nothing_back_has_no_slip(desk: DeskContext) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.WITHDRAW, StepInput())
    with refused("form_not_issued"):
        make_paper(desk, code, "return_slip")


def test_a_corrected_name_leaves_the_slip_of_a_withdrawal_as_it_was_signed(desk: DeskContext, tmp_path: Path) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.WITHDRAW, StepInput(ending=Ending(originals=(OriginalBack("TP01", 1),))))
    with desk.database.write() as session:
        find_dossier(session, code).applicant.name = "Người Khác"
    assert HNGAM.name in text_of(make_paper(desk, code, "return_slip").pdf, tmp_path)


def test_open_hand_overs_are_settled_with_the_dossier(desk: DeskContext) -> None:
    first, second = taken_in(desk), taken_in(desk)
    draft = prepare(desk, [first], Destination("Phòng Kinh tế"))
    gone = prepare(desk, [second], Destination("Phòng Kinh tế"))
    send(desk, gone.id)
    take_step(desk, first, Step.WITHDRAW, StepInput())
    warnings = take_step(desk, second, Step.WITHDRAW, StepInput()).warnings
    assert handover_list(desk, draft.id).lines[0].state == "dropped"
    assert any("Phòng Kinh tế" in warning and "gọi về quầy" in warning for warning in warnings)


def test_papers_that_are_with_a_unit_are_called_back(desk: DeskContext) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Kinh tế"))
    warnings = take_step(desk, code, Step.WITHDRAW, StepInput()).warnings
    assert any("Giấy tờ đang ở Phòng Kinh tế" in warning for warning in warnings)


@pytest.mark.parametrize("step", [Step.REFUSE, Step.STOP])
def test_no_notice_goes_out_with_its_article_left_open(desk: DeskContext, step: Step) -> None:
    code = sent_in_for(desk, step)
    with nothing_stored(desk), refused("law_article_missing", "số điều"):
        take_step(desk, code, step, StepInput(reason="Lý do", ending=Ending(law=FIRST_GROUNDS[0])))
    take_step(desk, code, step, StepInput(reason="Lý do", ending=Ending(law=FIRST_GROUNDS[0].replace("…", "14"))))


@pytest.mark.parametrize("law", ["Luật Hộ tịch 2014", "điều kiện của thủ tục", "Điều lệ"])
def test_a_refusal_names_an_article(desk: DeskContext, law: str) -> None:
    with refused("law_article_missing"):
        take_step(desk, sent_in_for(desk, Step.REFUSE), Step.REFUSE, StepInput(reason="Lý do", ending=Ending(law=law)))


def sent_in_for(desk: DeskContext, step: Step) -> str:
    """Only what was not received yet can be refused."""
    if step is Step.STOP:
        return taken_in(desk)
    feed(desk, "HoSoMoi", ONLINE_CODE, online())
    return ONLINE_CODE


def test_the_law_of_a_refusal_is_offered_again_by_its_use(desk: DeskContext, clock: Clock) -> None:
    assert kept_grounds(desk) == list(FIRST_GROUNDS)
    often = "Luật Hộ tịch 2014, Điều 38"
    for law in ("Luật Đất đai 2024, Điều 21", often, often):
        code = taken_in(desk)
        take_step(desk, code, Step.STOP, StepInput(reason="Lý do", ending=Ending(law=law)))
        clock.move(minutes=1)
    assert kept_grounds(desk)[:2] == [often, "Luật Đất đai 2024, Điều 21"]
    assert show(desk, code).events[-1].details["law"] == often


@pytest.mark.parametrize(
    ("step", "given"),
    [
        (Step.HAND_OVER, StepInput(unit="Phòng Kinh tế")),
        (Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu bản sao")),
        (Step.FINISH, StepInput()),
        (Step.WITHDRAW, StepInput()),
        (Step.STOP, StepInput(reason="Dừng")),
    ],
)
def test_a_mistaken_step_is_taken_back_by_a_correction(
    desk: DeskContext, clock: Clock, step: Step, given: StepInput
) -> None:
    code = taken_in(desk)
    before = show(desk, code)
    clock.move(minutes=5)
    take_step(desk, code, step, given)
    clock.move(minutes=5)
    assert undoable(desk, code).refusal == ""
    done = undo_last(desk, code, REASON)
    after = show(desk, code)
    assert done.status == after.row.status == "received"
    assert (after.row.due, after.row.unit, after.row.paused_at) == (before.row.due, "", None)
    assert (after.row.finished_at, after.row.is_open) == (None, True)
    assert [event.step for event in after.events] == ["receive", step, "correct"], "nothing is deleted"
    assert after.events[-1].details == {"undoes": 2}
    assert REASON in after.events[-1].reason
    assert verify(desk).problems == ()
    assert list_outbox(desk)[-1].kind == "update", "the portal gets the record as it stands"


def test_a_request_that_was_taken_back_never_stopped_the_clock(desk: DeskContext, clock: Clock) -> None:
    """Otherwise the minutes until it was noticed would count as a wait."""
    code = receive(desk, request()).code
    other = receive(desk, request()).code
    clock.move(hours=1)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Nhầm"))
    clock.move(hours=1)
    undo_last(desk, code, REASON)
    for number in (code, other):
        take_step(desk, number, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    clock.set(11, 9)
    dues = [take_step(desk, number, Step.SUPPLEMENT, StepInput()).due for number in (code, other)]
    assert dues[0] == dues[1]


def test_an_ending_taken_back_leads_back_into_the_wait(desk: DeskContext, clock: Clock) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu"))
    paused = show(desk, code).row.paused_at
    clock.move(minutes=10)
    take_step(desk, code, Step.WITHDRAW, StepInput())
    clock.move(minutes=10)
    undo_last(desk, code, REASON)
    assert (show(desk, code).row.status, show(desk, code).row.paused_at) == ("supplement_requested", paused)
    clock.move(hours=1)
    done = take_step(desk, code, Step.SUPPLEMENT, StepInput())
    assert done.status == "received", "back to where the request found it, not to where the mistake left it"
    assert verify(desk).problems == ()


def test_only_what_was_done_today(desk: DeskContext, clock: Clock) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.FINISH, StepInput())
    clock.set(11, 8)
    assert "trong ngày" in refusal_of(desk, code)


def test_not_what_has_left_the_desk(desk: DeskContext) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.FINISH, StepInput())
    give(desk, code, Handing(by="counter", signed=True))
    assert "giao ra ngoài" in refusal_of(desk, code)


def test_a_return_without_signature_is_taken_back(desk: DeskContext) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.FINISH, StepInput())
    take_step(desk, code, Step.RETURN, StepInput())
    undo_last(desk, code, REASON)
    view = show(desk, code)
    assert (view.row.status, view.returned_at, view.delivery_state) == ("finished", None, "pending")
    assert [item.state for item in deliveries(desk, code)] == ["void"]
    give(desk, code, Handing(by="counter", signed=True))
    assert verify(desk).problems == ()


def test_not_what_was_printed(desk: DeskContext) -> None:
    from counter_app.services import print_jobs

    code = taken_in(desk)
    take_step(desk, code, Step.STOP, StepInput(reason="Dừng"))
    number = print_jobs.enqueue(
        desk.database,
        form="stop_notice",
        title="Thông báo",
        printer="tcp://127.0.0.1:9100",
        payload=b"%PDF",
        now=desk.clock(),
        dossier_code=code,
        issue=f"{code}-2",
    )
    assert "đã in" in refusal_of(desk, code)
    print_jobs.cancel(desk.database, number)
    undo_last(desk, code, REASON)


def test_not_what_has_an_undoing_of_its_own(desk: DeskContext) -> None:
    code = taken_in(desk)
    assert "«Sửa thông tin» (Ctrl+E)" in refusal_of(desk, code)
    send(desk, prepare(desk, [code], Destination("Phòng Kinh tế")).id)
    assert "Chuyển lại đúng nơi" in refusal_of(desk, code)


def test_a_taking_back_needs_a_reason_and_is_not_taken_back_itself(desk: DeskContext) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.FINISH, StepInput())
    with pytest.raises(UserError) as refusal:
        undo_last(desk, code, "  ")
    assert refusal.value.kind == "reason_missing"
    undo_last(desk, code, REASON)
    assert "làm lại bước đó" in refusal_of(desk, code)
