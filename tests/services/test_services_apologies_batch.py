"""Letters for many at once: refusals told, a cut batch goes on, one print job for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from counter_app.rules.apology import LetterState
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Step
from counter_app.services import apologies_batch, print_jobs
from counter_app.services.apologies import letters_of, sign, write
from counter_app.services.apologies_batch import (
    BatchItem,
    give_up_batch,
    report,
    run_batch,
    start_batch,
    suggest,
    unfinished_batch,
)
from counter_app.services.apologies_paper import letters_pdf, print_letters, reprint_job
from counter_app.services.apologies_reasons import kept_reasons
from counter_app.services.apologies_rows import LetterText
from counter_app.services.desk import DeskContext
from counter_app.services.papers import print_paper
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.settings import with_changes
from tests.catalogue_samples import full_request
from tests.conftest import Clock
from tests.pdf_words import pages_said
from tests.services.inspect_desk import kinds, nothing_stored, refused

REASON = "Hệ thống của cơ quan chuyên môn gián đoạn"
PRINTER = "tcp://127.0.0.1:9"


def moment(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=VIETNAM)


LATER = moment(17, 17)


def item(code: str, new_due: datetime = LATER, reason: str = REASON) -> BatchItem:
    return BatchItem(code, LetterText(reason, "Phòng Tư pháp", new_due))


@pytest.fixture
def codes(desk: DeskContext, clock: Clock) -> list[str]:
    """Four dossiers promised for the 13th; it is the 11th."""
    made = []
    for _ in range(4):
        made.append(receive(desk, full_request()).code)
        clock.move(minutes=5)
    clock.set(11, 8)
    return made


def test_one_refusal_does_not_hold_up_the_others(desk: DeskContext, codes: list[str]) -> None:
    take_step(desk, codes[1], Step.FINISH, StepInput())
    told: list[tuple[int, int]] = []
    items = [item(codes[0]), item(codes[1]), item(codes[2], moment(30, 17)), item(codes[3], reason="Mất điện")]
    batch = start_batch(desk, items, signed=True)
    assert show(desk, codes[0]).row.apology_count == 0, "nothing is written before the batch runs"
    done = run_batch(desk, batch, progress=lambda *numbers: told.append(numbers))
    assert [entry.code for entry in done.of("done")] == [codes[0], codes[3]]
    assert [entry.code for entry in done.of("refused")] == [codes[1], codes[2]]
    assert "Đã có kết quả" in done.of("refused")[0].words
    assert "quá mức gia hạn" in done.of("refused")[1].words
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert done.finished
    assert [show(desk, code).row.apology_count for code in codes] == [1, 0, 0, 1]
    assert [letters_of(desk, code)[0].number for code in (codes[0], codes[3])] == [1, 2]
    assert kinds(desk, codes[0])[-2:] == ["step", "update"]
    assert {kept.words for kept in kept_reasons(desk)} == {REASON, "Mất điện"}


def test_the_suggested_date_keeps_within_the_law(desk: DeskContext, clock: Clock, codes: list[str]) -> None:
    """Promised for Friday the 13th after three working days: the 18th is the last day allowed."""
    assert [one.new_due for one in suggest(desk, codes[:1], 2)] == [moment(17, 17)]
    assert [one.new_due for one in suggest(desk, codes[:1], 9)] == [moment(18, 17)]
    free = replace(desk, settings=with_changes(desk.settings, apology={"cap": "none"}))
    assert [one.new_due for one in suggest(free, codes[:1], 9)] == [moment(26, 17)]
    clock.set(16, 9)
    (late,) = suggest(desk, codes[:1], 1)
    assert (late.code, late.due, late.new_due, late.unit) == (
        codes[0],
        moment(13, 17),
        moment(17, 17),
        "UBND xã Ea Kao",
    )


def test_a_dossier_with_a_letter_on_its_way_is_refused(desk: DeskContext, codes: list[str]) -> None:
    write(desk, codes[0], LetterText(REASON, "Phòng Tư pháp", moment(17, 17)), submit=True)
    done = run_batch(desk, start_batch(desk, [item(codes[0])], signed=True))
    assert "đã trình ký" in done.of("refused")[0].words
    assert show(desk, codes[0]).row.apology_count == 0


def test_a_few_at_a_time(desk: DeskContext, codes: list[str]) -> None:
    batch = start_batch(desk, [item(code) for code in codes], signed=True)
    reports = [run_batch(desk, batch, most=3) for _ in range(2)]
    assert [(one.finished, len(one.of("done"))) for one in reports] == [(False, 3), (True, 4)]


def test_a_cancelled_batch_goes_on_and_writes_nothing_twice(desk: DeskContext, codes: list[str]) -> None:
    batch = start_batch(desk, [item(code) for code in codes], signed=True)
    seen: list[int] = []
    cut = run_batch(desk, batch, progress=lambda done, _: seen.append(done), cancelled=lambda: len(seen) > 2)
    assert (cut.finished, len(cut.of("done")), len(cut.of("waiting"))) == (False, 2, 2)
    assert unfinished_batch(desk) == cut
    done = run_batch(desk, batch)
    assert (done.finished, len(done.of("done"))) == (True, 4)
    assert unfinished_batch(desk) is None
    with nothing_stored(desk):
        assert run_batch(desk, batch) == done
    assert [show(desk, code).row.apology_count for code in codes] == [1, 1, 1, 1]


def test_a_fault_in_the_middle_leaves_no_half_letter(
    desk: DeskContext, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = start_batch(desk, [item(code) for code in codes], signed=True)
    queue_step = apologies_batch.outgoing.queue_step

    def breaks(session: object, dossier: object, *rest: object) -> None:
        if dossier.code == codes[2]:  # type: ignore[attr-defined]
            raise RuntimeError("power cut")
        queue_step(session, dossier, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(apologies_batch.outgoing, "queue_step", breaks)
        with pytest.raises(RuntimeError):
            run_batch(desk, batch)
    assert [entry.outcome for entry in report(desk, batch).outcomes] == ["done", "done", "waiting", "waiting"]
    assert show(desk, codes[2]).row.apology_count == 0
    assert letters_of(desk, codes[2]) == ()
    assert len(run_batch(desk, batch).of("done")) == 4
    assert [letters_of(desk, code)[0].number for code in codes] == [1, 2, 3, 4], "no number was lost"


def test_the_rest_of_a_batch_can_be_given_up(desk: DeskContext, codes: list[str]) -> None:
    batch = start_batch(desk, [item(code) for code in codes], signed=True)
    seen: list[int] = []
    run_batch(desk, batch, progress=lambda done, _: seen.append(done), cancelled=lambda: len(seen) > 1)
    left = give_up_batch(desk, batch)
    assert (left.finished, len(left.of("done")), len(left.of("refused"))) == (True, 1, 3)
    assert unfinished_batch(desk) is None
    assert len(run_batch(desk, batch).of("done")) == 1


def test_letters_to_be_signed_later(desk: DeskContext, codes: list[str]) -> None:
    done = run_batch(desk, start_batch(desk, [item(code) for code in codes[:2]], signed=False))
    assert [letters_of(desk, code)[0].state for code in codes[:2]] == [LetterState.SUBMITTED] * 2
    assert show(desk, codes[0]).row.due == moment(13, 17)
    assert all("Số: ." in page for page in pages_said(letters_pdf(desk, done.letters)) if "XIN LỖI" in page)


def test_a_deputy_signs_a_whole_batch(desk: DeskContext, codes: list[str]) -> None:
    batch = start_batch(
        desk, [item(codes[0])], signed=True, signer="Nguyễn Văn Phó", signer_title="KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"
    )
    done = run_batch(desk, batch)
    assert letters_of(desk, codes[0])[0].signed_by == "Nguyễn Văn Phó"
    assert "PHÓ CHỦ TỊCH" in pages_said(letters_pdf(desk, done.letters))[0]


def test_an_empty_batch_and_an_unknown_one(desk: DeskContext, codes: list[str]) -> None:
    with nothing_stored(desk), refused("batch_empty"):
        start_batch(desk, [], signed=True)
    with nothing_stored(desk), refused("reason_missing"):
        start_batch(desk, [item(codes[0]), item(codes[1], reason=" ")], signed=True)
    with refused("batch_unknown"):
        run_batch(desk, 99)
    with refused("letters_missing"):
        letters_pdf(desk, ())


def test_one_job_for_all_and_no_paper_twice(desk: DeskContext, codes: list[str]) -> None:
    done = run_batch(desk, start_batch(desk, [item(code) for code in codes[:3]], signed=True))
    with refused("printer_not_set"):
        print_letters(desk, done.letters)
    number = print_letters(desk, done.letters, PRINTER)
    (job,) = print_jobs.list_jobs(desk.database)
    assert (job.id, job.form, job.reprint) == (number, "apologies", False)
    pages = pages_said(letters_pdf(desk, done.letters))
    for code in codes[:3]:
        assert any(code in page for page in pages)
    assert not any("Bản in lại" in page for page in pages)
    with refused("already_printed", "cùng các văn bản khác"):
        print_paper(desk, codes[0], "apology", PRINTER)
    with refused("already_printed"):
        print_letters(desk, done.letters[:1], PRINTER)
    assert print_paper(desk, codes[0], "apology", PRINTER, reprint=True)


def test_a_letter_printed_alone_is_not_printed_again_with_others(desk: DeskContext, codes: list[str]) -> None:
    done = run_batch(desk, start_batch(desk, [item(code) for code in codes[:2]], signed=True))
    print_paper(desk, codes[1], "apology", PRINTER)
    with refused("already_printed"):
        print_letters(desk, done.letters, PRINTER)
    print_letters(desk, done.letters, PRINTER, reprint=True)
    assert all("Bản in lại" in page for page in pages_said(letters_pdf(desk, done.letters, reprint=True)))


def test_a_job_given_up_frees_its_letters_and_a_reprint_brings_all(desk: DeskContext, codes: list[str]) -> None:
    done = run_batch(desk, start_batch(desk, [item(code) for code in codes[:2]], signed=True))
    first = print_letters(desk, done.letters, PRINTER)
    print_jobs.cancel(desk.database, first)
    second = print_letters(desk, done.letters, PRINTER)
    third = reprint_job(desk, second)
    assert print_jobs.job(desk.database, second).state == "cancelled"
    assert print_jobs.job(desk.database, third).reprint
    with refused("already_printed"):
        print_letters(desk, done.letters, PRINTER)
    with refused("letters_missing"):
        reprint_job(desk, first)


def test_an_unsigned_letter_is_printed_as_often_as_its_signing_needs(desk: DeskContext, codes: list[str]) -> None:
    letter = write(desk, codes[0], LetterText(REASON, "Phòng Tư pháp", moment(17, 17)), submit=True)
    print_letters(desk, [letter.id], PRINTER)
    print_letters(desk, [letter.id], PRINTER)
    sign(desk, letter.id)
    assert print_letters(desk, [letter.id], PRINTER), "the signed letter was not printed yet"
