"""Letters of apology step by step, the kept reasons, and letters of an older file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_app import storage
from counter_app.errors import UserError
from counter_app.models import ApologyStep
from counter_app.rules.apology import OPEN_LETTERS, LetterState, LetterStep
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services.apologies import (
    Delivery,
    Signing,
    deliver,
    drop,
    edit,
    letter_history,
    letters_of,
    send_back,
    sign,
    submit,
    write,
)
from counter_app.services.apologies_paper import print_letters
from counter_app.services.apologies_reasons import change_reason, forget_reason, keep_reason, kept_reasons
from counter_app.services.apologies_rows import LetterText
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.papers import make_paper, print_paper
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.register import RegisterFilter, register_ids, register_lines
from counter_app.services.steps import StepInput, take_step
from counter_app.services.undo import undo_last, undoable
from counter_app.settings import with_changes
from tests.catalogue_samples import full_request
from tests.conftest import Clock
from tests.pdf_words import said
from tests.services.inspect_desk import kinds, nothing_stored, refused
from tests.storage.test_storage_migrations import downgrade

REASON = "Chờ kết quả xác minh của cơ quan công an"
PRINTER = "tcp://127.0.0.1:9"


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=VIETNAM)


LATER = moment(17, 17)


def text(new_due: datetime = LATER, **more: str) -> LetterText:
    return LetterText(more.get("reason", REASON), more.get("unit", "Phòng Tư pháp"), new_due, more.get("person", ""))


@pytest.fixture
def code(desk: DeskContext, clock: Clock) -> str:
    """Received on Tuesday the 10th, promised for Friday the 13th at 17:00; it is Wednesday morning."""
    made = receive(desk, full_request()).code
    clock.set(11, 8)
    return made


def test_the_date_moves_with_the_signing_and_not_before(desk: DeskContext, clock: Clock, code: str) -> None:
    sent = kinds(desk, code)
    letter = write(desk, code, text(person="Trần Văn Tư"))
    letter = submit(desk, letter.id)
    view = show(desk, code)
    assert (letter.state, view.row.due, view.row.apology_count) == (LetterState.SUBMITTED, moment(13, 17), 0)
    assert (letter.due, letter.new_due, letter.number) == (moment(13, 17), moment(17, 17), None)
    assert kinds(desk, code) == sent, "the portal is told of a signed letter alone"
    clock.set(11, 14)
    letter, warnings = sign(desk, letter.id)
    view = show(desk, code)
    assert (view.row.due, view.row.apology_count, warnings) == (moment(17, 17), 1, ())
    assert (letter.state, letter.number, letter.signed_at) == (LetterState.SIGNED, 1, moment(11, 14))
    assert letter.due == moment(13, 17)
    event = view.events[-1]
    assert (event.step, event.reason, event.unit, event.at) == ("apologise", REASON, "Phòng Tư pháp", moment(11, 14))
    assert len(kinds(desk, code)) == len(sent) + 2
    letter = deliver(desk, letter.id, Delivery("counter", to="Nguyễn Thị Dung"))
    assert (letter.state, letter.in_time, letter.delivered_to) == (LetterState.DELIVERED, True, "Nguyễn Thị Dung")
    assert [(line.step, line.actor) for line in letter_history(desk, letter.id)] == [
        (step, "Lê Thị Hạnh") for step in (LetterStep.WRITE, LetterStep.SUBMIT, LetterStep.SIGN, LetterStep.DELIVER)
    ]
    assert "Nguyễn Thị Dung" in letter_history(desk, letter.id)[-1].note


@pytest.mark.parametrize(
    ("at", "in_time"),
    [(moment(12, 16, 59), True), (moment(12, 20), True), (moment(13, 7), False), (moment(16, 9), False)],
)
def test_a_letter_that_goes_out_late_is_marked_not_refused(
    desk: DeskContext, clock: Clock, code: str, at: datetime, in_time: bool
) -> None:
    letter, _ = sign(desk, write(desk, code, text(), submit=True).id)
    clock.now = at
    assert letters_of(desk, code)[0].can_be_in_time == in_time
    done = deliver(desk, letter.id, Delivery("post"))
    assert (done.in_time, done.delivered_at) == (in_time, at)


def test_lead_days_are_a_setting_for_the_delivery_too(desk: DeskContext, code: str) -> None:
    strict = replace(desk, settings=with_changes(desk.settings, apology={"lead_days": 3}))
    letter, warnings = sign(strict, write(strict, code, text(), submit=True).id)
    assert "3 ngày" in warnings[0]
    assert deliver(strict, letter.id, Delivery("counter")).in_time is False


def test_sent_back_changed_and_signed_by_a_deputy(desk: DeskContext, clock: Clock, code: str) -> None:
    letter = write(desk, code, text(), submit=True)
    with refused("reason_missing", "lý do trả lại"):
        send_back(desk, letter.id, " ")
    clock.move(hours=1)
    back = send_back(desk, letter.id, "Ghi rõ cơ quan xác minh")
    assert back.state is LetterState.DRAFT
    with refused("letter_step_not_permitted", "Trình ký"):
        sign(desk, letter.id)
    edit(desk, letter.id, text(moment(16, 17), reason="Chờ Công an tỉnh xác minh"))
    submit(desk, letter.id)
    signed, _ = sign(desk, letter.id, Signing("Nguyễn Văn Phó", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"))
    assert (signed.signed_by, signed.new_due) == ("Nguyễn Văn Phó", moment(16, 17))
    lines = letter_history(desk, letter.id)
    assert [line.step.value for line in lines] == ["write", "submit", "send_back", "edit", "submit", "sign"]
    assert "Ghi rõ" in lines[2].note
    assert REASON in lines[3].note
    assert "17/03/2026" in lines[3].note
    words = said(make_paper(desk, code, "apology").pdf)
    assert "KT. CHỦ TỊCH PHÓ CHỦ TỊCH" in words
    assert "Nguyễn Văn Phó" in words
    assert "Chờ Công an tỉnh xác minh" in words


def test_a_signed_letter_is_not_taken_back(desk: DeskContext, code: str) -> None:
    letter, _ = sign(desk, write(desk, code, text(), submit=True).id)
    for step in (
        lambda: edit(desk, letter.id, text(moment(18, 17))),
        lambda: send_back(desk, letter.id, "Sai ngày"),
        lambda: drop(desk, letter.id, "Không cần nữa"),
        lambda: sign(desk, letter.id),
        lambda: submit(desk, letter.id),
    ):
        with nothing_stored(desk), refused("letter_step_not_permitted", "Giao cho người nộp"):
            step()


def test_the_history_names_the_signer_not_only_who_entered_it(desk: DeskContext, code: str) -> None:
    letter, _ = sign(desk, write(desk, code, text(), submit=True).id, Signing("Y Phó", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"))
    line = letter_history(desk, letter.id)[-1]
    assert (line.actor, line.note) == ("Lê Thị Hạnh", "Người ký: Y Phó, KT. CHỦ TỊCH, PHÓ CHỦ TỊCH")
    other = receive(desk, full_request()).code
    take_step(desk, other, Step.APOLOGISE, StepInput(reason=REASON, unit="Phòng", new_due=LATER))
    (at_once,) = letters_of(desk, other)
    assert letter_history(desk, at_once.id)[-1].note == "Người ký: CHỦ TỊCH", "the head by the title"


@pytest.mark.parametrize("together", [False, True])
def test_a_signing_by_mistake_is_taken_back_while_no_paper_left(
    desk: DeskContext, clock: Clock, code: str, together: bool
) -> None:
    before = show(desk, code).row
    letter, _ = sign(desk, write(desk, code, text(), submit=True).id)
    clock.move(minutes=5)
    undo_last(desk, code, "Nhầm hồ sơ")
    (waits,) = letters_of(desk, code)
    assert (waits.state, waits.number, waits.signed_by, waits.signed_at) == (LetterState.SUBMITTED, None, "", None)
    after = show(desk, code).row
    assert (after.due, after.due_soon_from, after.apology_count) == (before.due, before.due_soon_from, 0)
    assert letter_history(desk, letter.id)[-1].step is LetterStep.UNSIGN
    assert letter_history(desk, letter.id)[-1].at == clock.now
    (line,) = register_lines(desk, register_ids(desk, RegisterFilter()))
    assert line.note == ""
    edit(desk, send_back(desk, letter.id, "Sai ngày").id, text(moment(16, 17)))
    submit(desk, letter.id)
    again, _ = sign(desk, letter.id)
    assert (again.number, show(desk, code).row.due) == (2, moment(16, 17))
    (line,) = register_lines(desk, register_ids(desk, RegisterFilter()))
    assert line.note == "Hẹn lần đầu 17:00 13/03/2026; văn bản xin lỗi số 2 ngày 11/03/2026"
    print_letters(desk, [letter.id], PRINTER) if together else print_paper(desk, code, "apology", PRINTER)
    assert "đã in" in undoable(desk, code).refusal


def test_a_letter_that_was_handed_over_stays_signed(desk: DeskContext, code: str) -> None:
    letter, _ = sign(desk, write(desk, code, text(), submit=True).id)
    deliver(desk, letter.id, Delivery("email"))
    with nothing_stored(desk), refused("undo_not_possible", "đã giao ra ngoài"):
        undo_last(desk, code, "Nhầm")


def test_a_dropped_draft_makes_room_for_another(desk: DeskContext, code: str) -> None:
    letter = write(desk, code, text())
    with nothing_stored(desk), refused("apology_open", code, "dự thảo"):
        write(desk, code, text())
    with nothing_stored(desk), refused("apology_open", code):
        take_step(desk, code, Step.APOLOGISE, StepInput(reason=REASON, unit="Phòng", new_due=moment(17, 17)))
    drop(desk, letter.id, "Trả kịp hạn")
    second = write(desk, code, text())
    assert [item.state.value for item in letters_of(desk, code)] == ["dropped", "draft"]
    assert second.id != letter.id


@pytest.mark.parametrize(
    ("letter", "kind", "word"),
    [
        (text(reason=" "), "reason_missing", "lý do"),
        (text(unit=""), "unit_missing", "đơn vị"),
        (text(moment(13, 17)), "new_due_invalid", "phải sau ngày hẹn cũ"),
        (text(moment(19, 8)), "new_due_invalid", "quá mức gia hạn"),
    ],
)
def test_what_the_rules_refuse_is_refused_when_it_is_written(
    desk: DeskContext, code: str, letter: LetterText, kind: str, word: str
) -> None:
    with nothing_stored(desk), refused(kind, word, error=UserError):
        write(desk, code, letter)


def test_a_second_letter_is_refused_with_the_article(desk: DeskContext, code: str) -> None:
    sign(desk, write(desk, code, text(), submit=True).id)
    with nothing_stored(desk), refused("apology_repeated", "118/2025/NĐ-CP", "1 lần"):
        write(desk, code, text(moment(18, 17)))
    lenient = replace(desk, settings=with_changes(desk.settings, apology={"max": 2}))
    assert write(lenient, code, text(moment(18, 17))).state is LetterState.DRAFT


def test_a_date_that_passed_before_the_signing_is_refused_then(desk: DeskContext, clock: Clock, code: str) -> None:
    letter = write(desk, code, text(moment(16, 17)), submit=True)
    clock.set(17, 8)
    with nothing_stored(desk), refused("new_due_invalid", "đã qua"):
        sign(desk, letter.id)
    assert show(desk, code).row.apology_count == 0


def test_a_dossier_that_was_finished_meanwhile_gets_no_letter(desk: DeskContext, code: str) -> None:
    letter = write(desk, code, text(), submit=True)
    take_step(desk, code, Step.FINISH, StepInput())
    with nothing_stored(desk), refused("step_not_permitted"):
        sign(desk, letter.id)
    assert drop(desk, letter.id, "Đã có kết quả").state is LetterState.DROPPED


def test_signed_and_delivered_earlier_on_paper(desk: DeskContext, clock: Clock, code: str) -> None:
    letter = write(desk, code, text(), submit=True)
    clock.set(13, 9)
    with refused("impossible_time", "trước bước liền trước"):
        sign(desk, letter.id, Signing(at=moment(11, 7)))
    letter, warnings = sign(desk, letter.id, Signing(at=moment(12, 10)))
    assert (letter.signed_at, warnings) == (moment(12, 10), ())
    with refused("impossible_time"):
        deliver(desk, letter.id, Delivery("counter", at=moment(13, 10)))
    assert deliver(desk, letter.id, Delivery("counter", at=moment(12, 16))).in_time is True
    with refused("delivery_unknown", "portal"):
        deliver(desk, letter.id, Delivery("bồ câu"))


def test_draft_and_signing_in_one_keep_a_letter_too(desk: DeskContext, code: str) -> None:
    answers = StepInput(reason=REASON, unit="Phòng Tư pháp", new_due=moment(17, 17), person="Trần Văn Tư")
    take_step(desk, code, Step.APOLOGISE, answers)
    (letter,) = letters_of(desk, code)
    assert (letter.state, letter.number, letter.person) == (LetterState.SIGNED, 1, "Trần Văn Tư")
    assert letter.event_number == show(desk, code).events[-1].number
    assert [line.step.value for line in letter_history(desk, letter.id)] == ["write", "submit", "sign"]


STEPS = (*LetterStep, Step.APOLOGISE, Step.FINISH)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), max_size=10))
def test_whatever_is_tried_one_signed_letter_moves_the_date_once(desk: DeskContext, steps: list[LetterStep]) -> None:
    """At most one letter is open, and the dossier's date and count are those of its signed letters."""
    code = receive(desk, full_request()).code
    promised = show(desk, code).row.due
    for step in steps:
        with suppress(UserError):
            _try(desk, code, step)
        row, letters = show(desk, code).row, letters_of(desk, code)
        signed = [letter for letter in letters if letter.state in (LetterState.SIGNED, LetterState.DELIVERED)]
        assert sum(letter.state in OPEN_LETTERS for letter in letters) <= 1
        assert row.apology_count == len(signed) <= 1
        assert row.due == (signed[0].new_due if signed else promised)
        for letter in letters:
            lines = [line.step for line in letter_history(desk, letter.id)]
            assert lines[0] is LetterStep.WRITE
            assert lines.count(LetterStep.SIGN) - lines.count(LetterStep.UNSIGN) == int(letter in signed)


def _try(desk: DeskContext, code: str, step: LetterStep | Step) -> None:
    if step in (LetterStep.WRITE, Step.APOLOGISE, Step.FINISH):
        if step is LetterStep.WRITE:
            write(desk, code, text())
        else:
            take_step(desk, code, Step(step), StepInput(reason=REASON, unit="Phòng", new_due=LATER))
        return
    for letter in letters_of(desk, code):
        acts: dict[LetterStep, Callable[[], object]] = {
            LetterStep.EDIT: partial(edit, desk, letter.id, text(moment(16, 17))),
            LetterStep.SUBMIT: partial(submit, desk, letter.id),
            LetterStep.SEND_BACK: partial(send_back, desk, letter.id, "Sửa lại"),
            LetterStep.SIGN: partial(sign, desk, letter.id),
            LetterStep.DELIVER: partial(deliver, desk, letter.id, Delivery("counter")),
            LetterStep.DROP: partial(drop, desk, letter.id, "Thôi"),
            LetterStep.UNSIGN: partial(undo_last, desk, code, "Ký nhầm"),
        }
        acts[LetterStep(step)]()


def test_the_history_of_a_letter_is_append_only(desk: DeskContext, code: str) -> None:
    letter = write(desk, code, text())
    path = desk.database.path
    for statement in ("UPDATE apology_step SET actor = 'ai khác'", "DELETE FROM apology_step"):
        with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    with desk.database.read() as session:
        assert session.query(ApologyStep).filter_by(letter_id=letter.id).count() == 1


def test_reasons_are_kept_by_use_and_can_be_changed(desk: DeskContext, clock: Clock) -> None:
    codes = [receive(desk, full_request()).code for _ in range(3)]
    for code, reason in zip(codes, ("Mất điện", REASON, REASON), strict=True):
        clock.move(minutes=1)
        write(desk, code, text(reason=reason))
    keep_reason(desk, "  Thiếu cán bộ  ")
    assert [(item.words, item.uses) for item in kept_reasons(desk)] == [
        (REASON, 2),
        ("Mất điện", 1),
        ("Thiếu cán bộ", 0),
    ]
    with refused("reason_kept", "Mất điện"):
        keep_reason(desk, "Mất điện")
    first, second, third = kept_reasons(desk)
    change_reason(desk, first.id, "Chờ xác minh")
    with refused("reason_kept"):
        change_reason(desk, second.id, "Chờ xác minh")
    change_reason(desk, second.id, "Mất điện")
    forget_reason(desk, third.id)
    forget_reason(desk, third.id)
    assert [item.words for item in kept_reasons(desk)] == ["Chờ xác minh", "Mất điện"]
    assert letters_of(desk, codes[1])[0].reason == REASON, "what a letter says stays"
    with refused("reason_unknown"):
        change_reason(desk, third.id, "Khác")
    with refused("reason_missing"):
        keep_reason(desk, " ")


def test_letters_of_an_older_file_are_there_after_the_migration(directory: Path, clock: Clock) -> None:
    desk = open_desk(directory, clock)
    code = receive(desk, full_request()).code
    take_step(desk, code, Step.APOLOGISE, StepInput(reason=REASON, unit="Phòng", new_due=moment(17, 17)))
    desk.close()
    path = directory / "counter.db"
    downgrade(path, "0007")
    storage.migrate(path)
    desk = open_desk(directory, clock)
    (letter,) = letters_of(desk, code)
    assert (letter.state, letter.number, letter.reason, letter.unit) == (LetterState.SIGNED, 1, REASON, "Phòng")
    assert (letter.due, letter.new_due) == (moment(13, 17), moment(17, 17))
    assert [line.step.value for line in letter_history(desk, letter.id)] == ["sign"]
    assert deliver(desk, letter.id, Delivery("counter")).in_time is True
    desk.close()
