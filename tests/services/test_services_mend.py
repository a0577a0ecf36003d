"""What a real portal refuses is corrected at the desk and arrives right, every record of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from counter_app.rules.lifecycle import Step
from counter_app.sandbox import PracticePortal, integration, validation
from counter_app.sandbox.validation import Fault
from counter_app.services.correct import correct, correctable
from counter_app.services.desk import DeskContext
from counter_app.services.outbox import outbox_counts
from counter_app.services.portal_link import make_client, make_engine
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.settings import with_changes
from counter_app.sync.client import PortalClient
from tests.catalogue_samples import HNGAM, full_request, write_pdf
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, messages, payloads

WRONG, RIGHT = "09123", "0987000111"


@pytest.fixture(params=[True, False], ids=["knows-keys", "knows-no-keys"])
def linked(
    desk: DeskContext,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[DeskContext]:
    """A desk before a portal that insists on telephone numbers of ten digits."""
    checked = validation.check_dossier

    def picky(item: dict[str, Any], *others: Any) -> Any:
        kept, fault = checked(item, *others)
        if fault is None and not re.fullmatch(r"\d{10}", kept.get("SoDienThoai", "")):
            fault = Fault("SoDienThoai", "Số điện thoại phải có 10 chữ số")
        return kept, fault

    monkeypatch.setattr(integration, "check_dossier", picky)
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with PracticePortal(tmp_path / "portal.db", knows_idempotency=request.param) as portal:
        settings = with_changes(desk.settings, portal={"url": portal.url, "user": "canbo"})
        yield replace(desk, settings=settings)


def sync(desk: DeskContext) -> None:
    engine = make_engine(desk)
    while engine.run_pass().sent:
        pass
    engine.close()


def held(desk: DeskContext, code: str) -> dict[str, Any] | None:
    """What the portal says of the dossier."""
    client: PortalClient = make_client(desk)
    try:
        found = client.look_up([code]).get(code)
    finally:
        client.close()
    return None if found is None else {**found.fields, "TienDo": found.steps}


def test_a_day_of_work_behind_a_wrong_number_arrives_after_one_correction(
    linked: DeskContext, clock: Clock, tmp_path: Path
) -> None:
    code = receive(linked, full_request(applicant=replace(HNGAM, phone=WRONG))).code
    for step, given in ((Step.HAND_OVER, StepInput(unit="Phòng Tư pháp")), (Step.FINISH, StepInput())):
        clock.move(hours=1)
        take_step(linked, code, step, given)
    sync(linked)
    stuck = correctable(linked, code).stuck
    assert stuck is not None
    assert (stuck.kind, stuck.error_code, stuck.field) == ("create", "03", "SoDienThoai")
    assert held(linked, code) is None
    wanted = replace(correctable(linked, code).entries, applicant=replace(HNGAM, phone=RIGHT))
    before = kinds(linked, code)
    correct(linked, code, wanted, "Gõ thiếu số")
    assert kinds(linked, code) == before, "no second message"
    sync(linked)
    assert set(outbox_counts(linked)) == {"done"}
    there = held(linked, code)
    assert there is not None
    told = payloads(linked, code, "update")[-1]
    assert {name: there[name] for name in told} == told
    assert (there["SoDienThoai"], there["TrangThaiHoSo"]) == (RIGHT, "9")
    assert [step["TrangThai"] for step in there["TienDo"]] == ["4", "9"]


def test_an_update_that_is_refused_is_mended_and_the_one_before_stays_as_it_went(linked: DeskContext) -> None:
    code = receive(linked, full_request()).code
    sync(linked)
    first = messages(linked, code)[0].payload
    for phone in (WRONG, RIGHT):
        wanted = replace(correctable(linked, code).entries, applicant=replace(HNGAM, phone=phone))
        correct(linked, code, wanted, "Số mới")
        sync(linked)
    assert kinds(linked, code) == ["create", "update"]
    assert messages(linked, code)[0].payload == first
    assert set(outbox_counts(linked)) == {"done"}
    there = held(linked, code)
    assert there is not None
    assert there["SoDienThoai"] == RIGHT


def test_scans_wait_for_the_record_and_follow_it(linked: DeskContext, tmp_path: Path) -> None:
    request = full_request(applicant=replace(HNGAM, phone=WRONG))
    papers = (replace(request.components[0], files=(write_pdf(tmp_path / "a.pdf"),)), *request.components[1:])
    code = receive(linked, replace(request, components=papers)).code
    sync(linked)
    wanted = replace(correctable(linked, code).entries, applicant=replace(HNGAM, phone=RIGHT))
    correct(linked, code, wanted, "Gõ thiếu số")
    sync(linked)
    there = held(linked, code)
    assert there is not None
    assert [one["TenTepDinhKem"] for one in there["TaiLieuNop"]] == ["a.pdf"]
    assert there["SoDienThoai"] == RIGHT
