"""Many letters of apology as one PDF and one print job."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import ApologyLetter
from counter_app.services import print_jobs
from counter_app.services.apologies import find_letter
from counter_app.services.apologies_signing import refuse_printed_together
from counter_app.services.desk import DeskContext
from counter_app.services.papers import make_paper, preview_apology
from counter_app.services.printers import choose_printer
from counter_app.services.steps import StepInput

TOGETHER = "apologies"
"""The form of a print job that holds several letters."""


def letters_pdf(desk: DeskContext, letter_ids: Sequence[int], *, reprint: bool = False) -> bytes:
    """The letters one behind the other; one that is not signed yet has no number.

    Raises UserError ``letter_unknown``, ``letters_missing`` without any.
    """
    if not letter_ids:
        raise UserError("letters_missing", "Chưa có văn bản nào để in. Hãy chọn ít nhất một văn bản.")
    from printing.sheets import joined

    return joined([_letter_pdf(desk, letter_id, reprint) for letter_id in letter_ids])


def print_letters(
    desk: DeskContext,
    letter_ids: Sequence[int],
    printer: str | None = None,
    *,
    reprint: bool = False,
    drawn: bytes | None = None,
) -> int:
    """All letters as one job in the spool of ``printer`` (by default the office's); the job's id.

    ``drawn``: what ``letters_pdf`` gave for them, where it is there already. A signed letter that was sent to a
    printer before has to come as a reprint. Raises UserError ``already_printed``, ``printer_not_set`` and as
    ``letters_pdf`` does.
    """
    choice = choose_printer(desk.settings.printers, "apology", printer)
    if not reprint:
        with desk.database.read() as session:
            for letter_id in letter_ids:
                _refuse_printed(session, find_letter(session, letter_id))
    job = print_jobs.enqueue(
        desk.database,
        form=TOGETHER,
        title=f"Văn bản xin lỗi: {len(letter_ids)} hồ sơ",
        printer=choice,
        payload=letters_pdf(desk, letter_ids, reprint=reprint) if drawn is None else drawn,
        now=desk.clock(),
        reprint=reprint,
    )
    with desk.database.write() as session:
        _note_job(session, ApologyLetter.id.in_(letter_ids) & ApologyLetter.event_id.is_not(None), job)
    return job


def reprint_job(desk: DeskContext, job_id: int, *, marked: bool = True) -> int:
    """All letters of a job again, in its place, with their mark if ``marked``; the new job's id.

    Raises UserError ``letters_missing`` when they went out with a later job, and as ``print_jobs.reprint`` does.
    """
    with desk.database.read() as session:
        query = select(ApologyLetter.id).where(ApologyLetter.print_job_id == job_id).order_by(ApologyLetter.id)
        letter_ids = tuple(session.scalars(query))
        marked = marked or any(_is_out(session, find_letter(session, letter_id)) for letter_id in letter_ids)
    payload = letters_pdf(desk, letter_ids, reprint=marked)
    new = print_jobs.reprint(desk.database, job_id, payload, desk.clock(), marked=marked)
    with desk.database.write() as session:
        _note_job(session, ApologyLetter.id.in_(letter_ids), new)
    return new


def _letter_pdf(desk: DeskContext, letter_id: int, reprint: bool) -> bytes:
    with desk.database.read() as session:
        letter = find_letter(session, letter_id)
        code, event = letter.dossier.code, letter.event
        given = StepInput(reason=letter.reason, unit=letter.unit, new_due=letter.new_due)
        number = None if event is None else event.number
    if number is None:
        return preview_apology(desk, code, given).pdf
    return make_paper(desk, code, "apology", reprint=reprint, event_number=number).pdf


def _refuse_printed(session: Session, letter: ApologyLetter) -> None:
    if letter.event is not None:
        refuse_printed_together(session, letter.event)
        print_jobs.refuse_second(session, "apology", f"{letter.dossier.code}-{letter.event.number}")


def _is_out(session: Session, letter: ApologyLetter) -> bool:
    """Whether the letter was printed by itself."""
    event = letter.event
    if event is None:
        return False
    return print_jobs.not_given_up(session, "apology", f"{letter.dossier.code}-{event.number}") is not None


def _note_job(session: Session, which: ColumnElement[bool], job: int) -> None:
    session.execute(update(ApologyLetter).where(which).values(print_job_id=job))
