"""Correcting a received dossier: the trace, whom it does not touch, what the portal and the paper say after it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_app.errors import UserError
from counter_app.models import Dossier, OutboxMessage
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.correct import (
    Change,
    Correctable,
    Corrected,
    Correction,
    FeeAmount,
    PaperCount,
    correct,
    correctable,
)
from counter_app.services.desk import DeskContext
from counter_app.services.fees import exempt
from counter_app.services.mend import entry_of, mend
from counter_app.services.papers import make_paper, make_thermal
from counter_app.services.reading import find, show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import ApplicantData, FeeIn
from counter_app.services.verify import verify
from counter_app.sync import outbox
from counter_app.sync.messages import MessageKind
from tests.catalogue_samples import DUNG, HNGAM, full_request, request
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.inspect_desk import kinds, messages, nothing_stored, payloads, refused

REASON = "Gõ nhầm"
PHONE = "0987000111"


def taken_in(desk: DeskContext, **more: Any) -> str:
    return receive(desk, full_request(**more)).code


def changed(desk: DeskContext, code: str, **entries: Any) -> Correction:
    return replace(correctable(desk, code).entries, **entries)


def new_phone(desk: DeskContext, code: str, phone: str = PHONE) -> Corrected:
    return correct(desk, code, changed(desk, code, applicant=replace(HNGAM, phone=phone)), REASON)


def refuse(desk: DeskContext, code: str, *, unseen: bool = False, field: str = "SoDienThoai") -> str:
    """The portal refuses what would go next of this dossier; the key of the message."""
    with desk.database.write() as session:
        heads = [
            one
            for kind in (MessageKind.CREATE, MessageKind.UPDATE, MessageKind.STEP)
            for one in outbox.to_send(session, desk.clock(), kind, 50)
            if one.dossier_code == code
        ]
        (message,) = heads
        outbox.mark_needs_attention(session, message, reason="Số điện thoại sai", code="03", field=field, unseen=unseen)
        return message.key


def arrived(desk: DeskContext, code: str) -> None:
    """The portal has everything so far."""
    with desk.database.write() as session:
        for row in session.query(OutboxMessage).filter_by(dossier_code=code):
            row.state = "done"


def test_every_entry_is_corrected_and_leaves_its_trace(desk: DeskContext, clock: Clock) -> None:
    code = taken_in(desk, submitter=DUNG, note="Gấp")
    before = show(desk, code)
    clock.move(hours=2)
    person = ApplicantData(
        name="H' Ngăm  Niê Kdam",
        personal_number="066190012346",
        birth_date=date(1990, 3, 8),
        sex="female",
        phone="+84 987 000 111",
        email="ngam@example.vn",
        address="Buôn Ea Chu",
    )
    wanted = changed(
        desk,
        code,
        applicant=person,
        submitter=replace(DUNG, name="Nguyễn Thị Dũng"),
        return_by="post",
        sets=2,
        note="",
        components=(PaperCount("TP01", 1, 0), PaperCount("TP02", 1, 2)),
        fees=(FeeAmount("LP01", 5000),),
    )
    done = correct(desk, code, wanted, " Nhập sai từ thẻ cũ ")
    view = show(desk, code)
    assert view.applicant == replace(person, name="H' Ngăm Niê Kdam", phone=PHONE)
    assert view.submitter == replace(DUNG, name="Nguyễn Thị Dũng")
    assert (view.return_by, view.sets, view.note) == ("post", 2, "")
    assert [(c.originals, c.copies) for c in view.components[:2]] == [(1, 0), (1, 2)]
    assert [fee.amount for fee in view.fees] == [5000]
    event = view.events[-1]
    assert (event.step, event.actor, event.at, event.reason) == (
        "correct",
        "Lê Thị Hạnh",
        clock.now,
        "Nhập sai từ thẻ cũ",
    )
    told = {item["field"]: (item["before"], item["after"]) for item in event.details["changes"]}  # type: ignore[attr-defined]
    assert told == {
        "applicant.name": ("H' Ngăm Niê Kdăm", "H' Ngăm Niê Kdam"),
        "applicant.personal_number": ("066190012345", "066190012346"),
        "applicant.birth_date": ("", "1990-03-08"),
        "applicant.sex": ("", "female"),
        "applicant.phone": ("0912345678", PHONE),
        "applicant.email": ("", "ngam@example.vn"),
        "applicant.address": ("Buôn Akõ Dhông, xã Ea Kao", "Buôn Ea Chu"),
        "submitter.name": ("Nguyễn Thị Dung", "Nguyễn Thị Dũng"),
        "return_by": ("counter", "post"),
        "sets": (1, 2),
        "note": ("Gấp", ""),
        "component.TP02.originals": (0, 1),
        "component.TP02.copies": (1, 2),
        "fee.LP01": (8000, 5000),
    }
    assert done.changes[-1] == Change("fee.LP01", 8000, 5000, "Lệ phí trích lục")
    assert (view.row.status, view.row.due, view.row.code) == (before.row.status, before.row.due, code)
    assert verify(desk).problems == ()


def test_the_dossier_is_found_by_its_new_words_and_no_longer_by_the_old(desk: DeskContext) -> None:
    code = taken_in(desk)
    new_phone(desk, code)
    assert [row.code for row in find(desk, PHONE)] == [code]
    assert find(desk, HNGAM.phone) == []


def test_another_dossier_of_the_same_person_keeps_what_was_written_for_it(desk: DeskContext) -> None:
    first, second = taken_in(desk), taken_in(desk)
    with desk.database.read() as session:
        assert len({row.applicant_id for row in session.query(Dossier)}) == 1, "one row serves both"
    new_phone(desk, second)
    assert show(desk, first).applicant == HNGAM
    assert show(desk, second).applicant == replace(HNGAM, phone=PHONE)
    assert [row.code for row in find(desk, HNGAM.phone)] == [first]


def test_submitter_added_and_taken_away(desk: DeskContext) -> None:
    code = taken_in(desk)
    added = correct(desk, code, changed(desk, code, submitter=DUNG), REASON)
    assert show(desk, code).submitter == DUNG
    assert {change.field for change in added.changes} == {
        "submitter.name",
        "submitter.personal_number",
        "submitter.phone",
    }
    gone = correct(desk, code, changed(desk, code, submitter=None), REASON)
    assert show(desk, code).submitter is None
    assert Change("submitter.phone", DUNG.phone, "") in gone.changes


def test_the_portal_is_told_by_one_update(desk: DeskContext) -> None:
    code = taken_in(desk)
    arrived(desk, code)
    assert new_phone(desk, code).mended == ()
    assert kinds(desk, code) == ["create", "update"]
    assert payloads(desk, code, "update")[0]["SoDienThoai"] == PHONE


@pytest.mark.parametrize("spaces", ["", "  "])
def test_nothing_changed_is_refused_and_nothing_stored(desk: DeskContext, spaces: str) -> None:
    code = taken_in(desk)
    same = changed(desk, code, applicant=replace(HNGAM, name=f"{spaces}{HNGAM.name}"))
    with nothing_stored(desk), refused("nothing_changed", error=UserError):
        correct(desk, code, same, REASON)


def test_a_reason_is_asked_for(desk: DeskContext) -> None:
    code = taken_in(desk)
    with nothing_stored(desk), refused("reason_missing") as caught:
        correct(desk, code, changed(desk, code, note="x"), " \n")
    assert caught.value.details["field"] == "reason"


def test_the_second_of_two_clerks_is_told_who_was_faster(desk: DeskContext) -> None:
    code = taken_in(desk)
    seen = changed(desk, code, note="của người chậm")
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    with nothing_stored(desk), refused("dossier_changed", "chuyển xử lý", "Lê Thị Hạnh"):
        correct(desk, code, seen, REASON)
    assert show(desk, code).note == ""


@pytest.mark.parametrize(
    ("entries", "kind", "field"),
    [
        ({"applicant": ApplicantData(name=" ")}, "applicant_invalid", "applicant.name"),
        ({"applicant": replace(HNGAM, birth_date=date(2027, 1, 1))}, "impossible_date", "applicant.birth_date"),
        ({"submitter": ApplicantData()}, "applicant_invalid", "submitter.name"),
        ({"return_by": "drone"}, "return_unknown", "return_by"),
        ({"sets": 0}, "sets_invalid", "sets"),
        ({"components": (PaperCount("TP99", 1, 0),)}, "component_unknown", "components"),
        ({"components": (PaperCount("TP01", -1, 0),)}, "component_invalid", "component.TP01.originals"),
        ({"components": (PaperCount("TP01", 1, 10_000),)}, "component_invalid", "component.TP01.copies"),
        ({"fees": (FeeAmount("LP99", 1),)}, "fee_unknown", "fees"),
        ({"fees": (FeeAmount("LP01", -1),)}, "fee_invalid", "fee.LP01"),
    ],
)
def test_what_cannot_be_is_refused_at_its_entry(
    desk: DeskContext, entries: dict[str, Any], kind: str, field: str
) -> None:
    code = taken_in(desk)
    with nothing_stored(desk), refused(kind, error=UserError) as caught:
        correct(desk, code, changed(desk, code, note="mới", **entries), REASON)
    assert caught.value.details["field"] == field
    assert show(desk, code).note == "", "all or nothing"


def test_a_fee_that_was_paid_stays(desk: DeskContext) -> None:
    code = taken_in(desk, fees=(FeeIn("LP01", True, "cash"),))
    assert correctable(desk, code).entries.fees == ()
    assert new_phone(desk, code).changes == (Change("applicant.phone", HNGAM.phone, PHONE),)
    with nothing_stored(desk), refused("fee_paid", "Lệ phí trích lục"):
        correct(desk, code, changed(desk, code, fees=(FeeAmount("LP01", 1),)), REASON)


def test_a_fee_corrected_to_nothing_is_due_no_more(desk: DeskContext) -> None:
    code = taken_in(desk)
    assert show(desk, code).money_state == "due"
    correct(desk, code, changed(desk, code, fees=(FeeAmount("LP01", 0),)), REASON)
    assert show(desk, code).money_state == "nothing_due"


def test_how_it_was_returned_stays_once_it_is_returned(desk: DeskContext) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.FINISH, StepInput())
    take_step(desk, code, Step.RETURN, StepInput(by="post"))
    with nothing_stored(desk), refused("return_fixed"):
        correct(desk, code, changed(desk, code, return_by="counter"), REASON)
    assert new_phone(desk, code).receipt_number is None, "nobody comes back with a receipt"


def test_a_required_paper_counted_by_mistake_is_a_warning(desk: DeskContext) -> None:
    code = taken_in(desk)
    done = correct(desk, code, changed(desk, code, components=(PaperCount("TP02", 0, 0),)), REASON)
    assert any("TP02" in warning for warning in done.warnings)


@pytest.mark.parametrize(
    ("entries", "printed"),
    [
        ({"applicant": replace(HNGAM, phone=PHONE)}, True),
        ({"components": (PaperCount("TP01", 2, 0),)}, True),
        ({"return_by": "post"}, True),
        ({"fees": (FeeAmount("LP01", 0),)}, True),
        ({"applicant": replace(HNGAM, birth_date=date(1990, 3, 8))}, False),
        ({"note": "Gọi trước khi trả"}, False),
    ],
)
def test_a_new_receipt_is_issued_where_the_old_one_says_otherwise(
    desk: DeskContext, entries: dict[str, Any], printed: bool
) -> None:
    code = taken_in(desk)
    done = correct(desk, code, changed(desk, code, **entries), REASON)
    event = show(desk, code).events[-1]
    assert (done.receipt_number, event.form, event.form_number) == ((2, "receipt", 2) if printed else (None,) * 3)


def test_a_refused_create_goes_again_corrected_and_needs_no_second_message(desk: DeskContext) -> None:
    code = taken_in(desk)
    key = refuse(desk, code)
    assert correctable(desk, code).stuck is not None
    assert new_phone(desk, code).mended == (key,)
    (message,) = messages(desk, code)
    assert (message.kind, message.state, message.error_field) == ("create", "waiting", "")
    assert json.loads(message.payload)["SoDienThoai"] == PHONE
    assert correctable(desk, code).stuck is None


def test_later_records_go_corrected_as_well_each_with_its_own_status(desk: DeskContext) -> None:
    code = taken_in(desk)
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    take_step(desk, code, Step.FINISH, StepInput())
    steps = [message.payload for message in messages(desk, code) if message.kind == "step"]
    refuse(desk, code)
    assert len(new_phone(desk, code).mended) == 3
    assert kinds(desk, code) == ["create", "step", "update", "step", "update"]
    records = payloads(desk, code, "create") + payloads(desk, code, "update")
    assert [record["SoDienThoai"] for record in records] == [PHONE] * 3
    assert [record["TrangThaiHoSo"] for record in records] == ["2", "4", "9"]
    assert [message.payload for message in messages(desk, code) if message.kind == "step"] == steps


def test_the_mended_record_is_what_an_update_would_say(desk: DeskContext) -> None:
    code, other = taken_in(desk), taken_in(desk)
    arrived(desk, other)
    refuse(desk, code)
    for one in (code, other):
        correct(
            desk,
            one,
            changed(
                desk,
                one,
                applicant=replace(DUNG, kind="enterprise", personal_number="", tax_code="0100109106", email="a@b.vn"),
                return_by="online",
                note="mới",
                components=(PaperCount("TP02", 3, 1),),
                fees=(FeeAmount("LP01", 1),),
            ),
            REASON,
        )
    (mended,), (update,) = payloads(desk, code, "create"), payloads(desk, other, "update")
    assert {**mended, "MaHoSo": ""} == {**update, "MaHoSo": ""}


def test_an_unseen_message_is_looked_up_as_it_was_and_the_update_follows(desk: DeskContext) -> None:
    code = taken_in(desk)
    refuse(desk, code, unseen=True)
    assert new_phone(desk, code).mended == ()
    create, update = messages(desk, code)
    assert (create.state, create.unseen) == ("waiting", True)
    assert json.loads(create.payload)["SoDienThoai"] == HNGAM.phone
    assert json.loads(update.payload)["SoDienThoai"] == PHONE


def test_a_refused_step_goes_again_as_it_was_and_the_update_follows(desk: DeskContext) -> None:
    code = taken_in(desk)
    arrived(desk, code)
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    refuse(desk, code, field="PhongBanXuLy")
    new_phone(desk, code)
    assert [(one.kind, one.state) for one in messages(desk, code)][1:] == [
        ("step", "waiting"),
        ("update", "waiting"),
        ("update", "waiting"),
    ]


def test_what_was_corrected_before_is_sent_again_without_another_change(desk: DeskContext) -> None:
    code = taken_in(desk)
    refuse(desk, code, unseen=True)
    new_phone(desk, code)
    with desk.database.write() as session:
        (found,) = outbox.to_look_up(session, desk.clock(), 5)
        outbox.mark_waiting(session, found, desk.clock())
    key = refuse(desk, code)
    assert key in mend(desk, code)
    assert {record["SoDienThoai"] for kind in ("create", "update") for record in payloads(desk, code, kind)} == {PHONE}
    with refused("message_not_stuck"):
        mend(desk, code)


@pytest.mark.parametrize(
    ("portal", "entry"),
    [
        ("SoDienThoai", "applicant.phone"),
        ("DinhDanhCHS[0].SoDinhDanh", "applicant.number"),
        ("ChuHoSo", "applicant.name"),
        ("DanhSachLePhi/0/Gia", "fees"),
        ("DonViXuLy", ""),
        ("", ""),
    ],
)
def test_the_portals_field_leads_to_the_entry(portal: str, entry: str) -> None:
    assert entry_of(portal) == entry


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(name=TEXT, note=TEXT, originals=st.integers(-1, 3), amount=st.integers(-1, 9000))
def test_what_was_before_is_always_told_by_the_trace(
    desk: DeskContext, name: str, note: str, originals: int, amount: int
) -> None:
    code = receive(desk, full_request(applicant=HNGAM)).code
    before: Correctable = correctable(desk, code)
    wanted = replace(
        before.entries,
        applicant=replace(HNGAM, name=name),
        note=note,
        components=(PaperCount("TP01", originals, 0),),
        fees=(FeeAmount("LP01", amount),),
    )
    try:
        done = correct(desk, code, wanted, REASON)
    except UserError:
        assert correctable(desk, code) == before
        return
    after = correctable(desk, code).entries
    told = {change.field: (change.before, change.after) for change in done.changes}
    assert all(old != new for old, new in told.values())
    pairs = {
        "applicant.name": (before.entries.applicant.name, after.applicant.name),
        "note": (before.entries.note, after.note),
        "component.TP01.originals": (before.entries.components[0].originals, after.components[0].originals),
        "fee.LP01": (before.entries.fees[0].amount, after.fees[0].amount),
    }
    assert told == {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}
    assert after.revision == before.entries.revision + 1


def test_a_dossier_without_fees_or_submitter_is_read_for_correction(desk: DeskContext) -> None:
    code = receive(desk, request()).code
    read = correctable(desk, code)
    assert (read.entries.submitter, read.entries.fees, read.stuck) == (None, (), None)
    assert read.names == {"component.TP01": "Tờ khai theo mẫu"}


def test_an_exempted_fee_is_not_corrected_over_its_exemption(desk: DeskContext) -> None:
    code = taken_in(desk)
    exempt(desk, code, "LP01", 0, "Hộ nghèo")
    assert correctable(desk, code).entries.fees == (), "nor is it offered"
    with refused("fee_exempted", "Miễn, giảm"):
        correct(desk, code, changed(desk, code, fees=(FeeAmount("LP01", 20_000),)), REASON)
    exempt(desk, code, "LP01", 8000, "Không thuộc diện miễn")
    correct(desk, code, changed(desk, code, fees=(FeeAmount("LP01", 20_000),)), REASON)
    (fee,) = show(desk, code).fees
    assert (fee.amount, fee.full_amount, fee.exemption) == (20_000, None, "")


def test_a_receipt_given_while_the_clock_stands_promises_no_day(
    desk: DeskContext, clock: Clock, tmp_path: Path
) -> None:
    code = taken_in(desk)
    due = show(desk, code).row.due
    assert due is not None
    promised = f"ngày {due.astimezone(VIETNAM):%d} tháng 3"
    take_step(desk, code, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu bản sao"))
    new_phone(desk, code)

    def said() -> str:
        return text_of(make_paper(desk, code, "receipt").pdf, tmp_path)

    assert promised not in said()
    assert "Tạm dừng, chờ bổ sung hồ sơ" in said()
    assert make_thermal(desk, code) != make_thermal(desk, code, event_number=1)
    clock.move(hours=1)
    resumed = take_step(desk, code, Step.SUPPLEMENT, StepInput()).due
    assert resumed is not None
    assert f"ngày {resumed.astimezone(VIETNAM):%d} tháng 3" in said()
