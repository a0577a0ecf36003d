"""Refusing at the counter: one transaction, no receipt, told to the portal in order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from counter_app.models import NumberSeries
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.endings import FIRST_GROUNDS, kept_grounds
from counter_app.services.online_dossiers import is_online
from counter_app.services.papers import make_paper
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.refuse import refuse_at_desk
from counter_app.services.steps import StepInput, find_dossier, take_step
from counter_app.services.undo import undo_last
from counter_app.services.values import ComponentIn, FeeIn
from counter_app.services.verify import verify
from tests.catalogue_samples import DUNG, HNGAM, UNKNOWN_LIMIT, YBHIAO, full_request, request, write_pdf
from tests.conftest import Clock
from tests.pdf_words import said
from tests.services.inspect_desk import kinds, nothing_stored, payloads, refused
from tests.services.reconcile_world import office_at_work

REASON = "Đất ở huyện khác, không thuộc thẩm quyền của xã"
LAW = "Điều 38 Luật Hộ tịch 2014"


def test_it_is_registered_and_refused_with_its_slip(desk: DeskContext, clock: Clock) -> None:
    done = refuse_at_desk(desk, full_request(components=(), submitter=YBHIAO), REASON, LAW)
    assert (done.code, done.status, done.event_number) == ("H15.36-260310-1001", "refused", 2)
    view = show(desk, done.code)
    assert [(event.step, event.status_after, event.form) for event in view.events] == [
        ("register", "registered", None),
        ("refuse", "refused", "refusal"),
    ]
    assert (view.row.is_open, view.row.due, view.row.received_at) == (False, None, clock.now)
    assert view.events[-1].details["law"] == LAW
    assert view.events[-1].form_number == 1
    text = said(make_paper(desk, done.code, "refusal").pdf)
    for words in (REASON, LAW, HNGAM.name, "PHIẾU TỪ CHỐI TIẾP NHẬN"):
        assert words in text
    assert kept_grounds(desk)[0] == LAW
    assert not verify(desk).problems


def test_the_portal_is_told_in_order_and_the_step_is_a_refusal(desk: DeskContext, tmp_path: Path) -> None:
    scan = write_pdf(tmp_path / "don.pdf")
    wanted = full_request(components=(ComponentIn("TP01", 1, 0, (scan,)),))
    code = refuse_at_desk(desk, wanted, REASON, LAW).code
    assert kinds(desk, code) == ["create", "step", "update", "upload"]
    with desk.database.read() as session:
        assert not is_online(find_dossier(session, code)), "the portal did not send it"
    (create,) = payloads(desk, code, "create")
    (step,) = payloads(desk, code, "step")
    (update,) = payloads(desk, code, "update")
    assert create["TrangThaiHoSo"] == "1"
    assert (step["TrangThai"], step["NoiDungXuLy"]) == ("3", f"Từ chối tiếp nhận: {REASON}")
    assert (update["TrangThaiHoSo"], update["NgayTuChoi"]) == ("3", "20260310083000")


def test_no_number_of_the_receipts_is_used(desk: DeskContext) -> None:
    refuse_at_desk(desk, full_request(), REASON, LAW)
    with desk.database.read() as session:
        names = list(session.scalars(select(NumberSeries.name)))
    assert any(name.startswith("form:refusal:") for name in names)
    assert not any(name.startswith("form:receipt:") for name in names)
    second = receive(desk, full_request())
    assert second.code == "H15.36-260310-1002"
    receipt = show(desk, second.code).events[0]
    assert (receipt.form, receipt.form_number) == ("receipt", 1)


@pytest.mark.parametrize("law", ["", "  ", "Luật Hộ tịch 2014", FIRST_GROUNDS[0]])
def test_nothing_is_refused_without_its_article(desk: DeskContext, law: str) -> None:
    with nothing_stored(desk), refused("law_article_missing", "iều"):
        refuse_at_desk(desk, full_request(), REASON, law)


def test_nothing_is_refused_without_a_reason_or_a_name(desk: DeskContext) -> None:
    with nothing_stored(desk), refused("reason_missing", "lý do từ chối"):
        refuse_at_desk(desk, full_request(), " ", LAW)
    with nothing_stored(desk), refused("applicant_invalid", "tên"):
        refuse_at_desk(desk, full_request(replace(DUNG, name="")), REASON, LAW)


def test_money_is_not_taken_for_what_is_refused(desk: DeskContext) -> None:
    with nothing_stored(desk), refused("fee_not_due", "trả lại tiền"):
        refuse_at_desk(desk, full_request(fees=(FeeIn("LP01", True),)), REASON, LAW)
    code = refuse_at_desk(desk, full_request(fees=(FeeIn("LP01", False),)), REASON, LAW).code
    assert [fee.paid_at for fee in show(desk, code).fees] == [None]


def test_a_limit_that_nobody_knows_is_no_obstacle(desk: DeskContext) -> None:
    assert refuse_at_desk(desk, request(UNKNOWN_LIMIT), REASON, LAW).status == "refused"


def test_entered_late_it_has_the_day_on_which_it_was_refused(desk: DeskContext, clock: Clock) -> None:
    at = clock.now
    clock.set(11, 9)
    code = refuse_at_desk(desk, full_request(at=at), REASON, LAW).code
    assert code == "H15.36-260310-1001"
    events = show(desk, code).events
    assert [(event.at, event.entered_at) for event in events] == [(at, clock.now)] * 2


def test_a_refusal_taken_back_can_be_received_with_a_promise(desk: DeskContext, clock: Clock) -> None:
    code = refuse_at_desk(desk, full_request(), REASON, LAW).code
    clock.move(minutes=5)
    assert undo_last(desk, code, "Nhầm hồ sơ").status == "registered"
    done = take_step(desk, code, Step.RECEIVE, StepInput())
    assert done.status == "received"
    assert done.due is not None
    assert done.due.astimezone(VIETNAM).strftime("%H:%M %d/%m") == "17:00 13/03"
    assert not verify(desk).problems


def test_the_portal_holds_it_as_the_desk_does(
    directory: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with office_at_work(directory, tmp_path / "portal", clock) as office:
        scan = write_pdf(tmp_path / "don.pdf")
        wanted = full_request(components=(ComponentIn("TP01", 1, 0, (scan,)),))
        code = refuse_at_desk(office.desk, wanted, REASON, LAW).code
        office.send()
        held = office.held(code)
        assert (held["TrangThaiHoSo"], held["NgayTuChoi"], held["NgayHenTra"]) == ("3", "20260310083000", "")
        assert [step["TrangThai"] for step in held["TienDo"]] == ["3"]
        assert len(held["TaiLieuNop"]) == 1
        office.compare()
        assert office.rows() == [], "compared, the two sides are alike"
