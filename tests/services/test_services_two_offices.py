"""A dossier that another office took in first: its promise holds, and the papers name both offices."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.desk import DeskContext
from counter_app.services.papers import make_paper
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.verify import verify
from tests.catalogue_samples import OFFICE
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.test_services_portal_feed import ONLINE_CODE, feed, online

PROMISED = datetime(2026, 3, 20, 17, tzinfo=VIETNAM)


def arrives(desk: DeskContext, **told: str) -> None:
    assert feed(desk, "HoSoMoi", ONLINE_CODE, online(**told))[0] == "applied"


@pytest.mark.parametrize("late", [False, True])
def test_the_date_that_the_other_office_promised_holds(desk: DeskContext, clock: Clock, late: bool) -> None:
    arrives(desk, NgayHenTra="20260320170000", NoiNopHoSo="2")
    if late:
        clock.set(24, 9)
    done = take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    view = show(desk, ONLINE_CODE)
    assert done.due == view.row.due == view.first_due == PROMISED
    assert view.row.status == "received"
    assert verify(desk).problems == ()


@pytest.mark.parametrize("told", ["", "20269999000000", "mai"])
def test_without_a_promise_the_desk_makes_one(desk: DeskContext, told: str) -> None:
    arrives(desk, NgayHenTra=told)
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    assert show(desk, ONLINE_CODE).first_due == datetime(2026, 3, 12, 17, tzinfo=VIETNAM), "two working days"


def test_a_pause_counts_from_the_promise_that_was_kept(desk: DeskContext, clock: Clock) -> None:
    arrives(desk, NgayHenTra="20260320170000")
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    clock.move(days=1)
    take_step(desk, ONLINE_CODE, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu giấy"))
    clock.move(days=1)
    take_step(desk, ONLINE_CODE, Step.SUPPLEMENT, StepInput())
    view = show(desk, ONLINE_CODE)
    assert view.first_due == PROMISED
    assert view.row.due is not None
    assert view.row.due > PROMISED


def test_the_papers_name_both_offices(desk: DeskContext, tmp_path: Path) -> None:
    arrives(desk, DonViXuLy="UBND xã Cuôr Đăng")
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    receipt = text_of(make_paper(desk, ONLINE_CODE, "receipt").pdf, tmp_path)
    assert f"Cơ quan giải quyết hồ sơ: UBND xã Cuôr Đăng; cơ quan tiếp nhận: {OFFICE.name}" in receipt
    take_step(desk, ONLINE_CODE, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    slip = text_of(make_paper(desk, ONLINE_CODE, "control_slip").pdf, tmp_path)
    assert "Cơ quan (bộ phận) giải quyết hồ sơ: Phòng Tư pháp" in slip
    assert "Cơ quan phối hợp giải quyết hồ sơ: UBND xã Cuôr Đăng" in slip


@pytest.mark.parametrize("told", [OFFICE.name.upper(), OFFICE.code, ""])
def test_the_desk_s_own_office_is_not_named_as_another(desk: DeskContext, told: str, tmp_path: Path) -> None:
    arrives(desk, DonViXuLy=told)
    take_step(desk, ONLINE_CODE, Step.RECEIVE, StepInput())
    assert "Cơ quan giải quyết hồ sơ" not in text_of(make_paper(desk, ONLINE_CODE, "receipt").pdf, tmp_path)
