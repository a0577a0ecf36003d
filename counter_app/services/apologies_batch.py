"""Letters for several dossiers at once: each its own unit of work, so that a batch that was cut goes on.

What was asked is kept before the first letter is written; each letter and the word that it is done are written
together. A dossier that is refused keeps nobody waiting: the rest go on, and the refusals are told at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import ApologyBatch, ApologyBatchItem, Dossier
from counter_app.rules.calendar import VIETNAM, WorkCalendar
from counter_app.rules.lifecycle import Step
from counter_app.services import outgoing
from counter_app.services.apologies import write_in
from counter_app.services.apologies_rows import LetterText, clean_text, refuse_open_letter
from counter_app.services.apologies_signing import record_signed
from counter_app.services.calendars import read_calendar
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.history import moment_of_step
from counter_app.services.offices import office_row
from counter_app.services.pauses import latest_extension
from counter_app.services.settling import refuse_one_signer
from counter_app.services.steps import StepInput, Taking, carry_out, find_dossier

WAITING, DONE, REFUSED = "waiting", "done", "refused"


@dataclass(frozen=True, slots=True)
class BatchItem:
    """A letter of a batch: for which dossier, and what it says."""

    code: str
    text: LetterText


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of one dossier of a batch; ``words`` say why it was refused, or what the clerk should know."""

    code: str
    outcome: str
    words: str
    letter_id: int | None


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A batch so far. ``finished``: every dossier has its outcome."""

    id: int
    signed: bool
    finished: bool
    outcomes: tuple[BatchOutcome, ...]

    def of(self, outcome: str) -> tuple[BatchOutcome, ...]:
        """Those with this outcome, in the order of the batch."""
        return tuple(item for item in self.outcomes if item.outcome == outcome)

    @property
    def letters(self) -> tuple[int, ...]:
        """Ids of the letters that were written."""
        return tuple(item.letter_id for item in self.outcomes if item.letter_id is not None)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A dossier that a letter is to be written for: what it was promised, and a date that the rules allow."""

    code: str
    applicant: str
    due: datetime | None
    new_due: datetime | None
    unit: str


def suggest(desk: DeskContext, codes: Sequence[str], days: int) -> list[Suggestion]:
    """The close of the desk ``days`` working days after the due date, or after today where that has passed.

    Never later than the law allows (``apology.cap``). Raises UserError ``dossier_unknown``.
    """
    calendar, now = read_calendar(desk), desk.clock()
    with desk.database.read() as session:
        office = office_row(session, desk)
        found = [find_dossier(session, code) for code in codes]
        return [
            Suggestion(
                code=dossier.code,
                applicant=dossier.applicant.name,
                due=dossier.due,
                new_due=_suggested(desk, calendar, dossier, now, days),
                unit=dossier.unit or office.name,
            )
            for dossier in found
        ]


def start_batch(
    desk: DeskContext, items: Sequence[BatchItem], *, signed: bool, signer: str = "", signer_title: str = ""
) -> int:
    """Keep what is asked; the batch's id. Nothing is written to a dossier yet.

    ``signed``: the letters are signed already, else they are submitted. Raises UserError ``batch_empty``,
    ``reason_missing``, ``unit_missing``, ``signer_of_one_office``.
    """
    if not items:
        raise UserError("batch_empty", "Chưa chọn hồ sơ nào. Hãy đánh dấu các hồ sơ cần lập văn bản xin lỗi.")
    texts = [clean_text(item.text) for item in items]
    with desk.database.write() as session:
        codes = [item.code for item in items]
        dossiers = session.scalars(select(Dossier.id).where(Dossier.code.in_(codes))).all()
        refuse_one_signer(session, dossiers, office_row(session, desk), plain(signer))
        batch = ApologyBatch(
            signed=signed,
            signer=plain(signer),
            signer_title=plain(signer_title),
            started_at=desk.clock(),
            started_by=desk.settings.clerk,
        )
        for position, (item, text) in enumerate(zip(items, texts, strict=True)):
            batch.items.append(
                ApologyBatchItem(
                    position=position,
                    dossier_code=item.code,
                    reason=text.reason,
                    unit=text.unit,
                    person=text.person,
                    new_due=text.new_due,
                )
            )
        session.add(batch)
        session.flush()
        return batch.id


def run_batch(
    desk: DeskContext,
    batch_id: int,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
    most: int | None = None,
) -> BatchReport:
    """Write what is left of a batch; stopped by ``cancelled`` between two dossiers, it can be run again.

    ``progress`` is told how many of how many have their outcome. With ``most`` at most so many are done now, so that
    whoever shares the thread gets a turn. Raises UserError ``batch_unknown``.
    """
    with desk.database.read() as session:
        items = _find(session, batch_id).items
        total = len(items)
        left = [item.position for item in items if item.outcome == WAITING]
    for done, position in enumerate(left[:most], total - len(left)):
        progress(done, total)
        if cancelled():
            return report(desk, batch_id)
        _run_item(desk, batch_id, position)
    if most is not None and len(left) > most:
        return report(desk, batch_id)
    with desk.database.write() as session:
        _finish(desk, _find(session, batch_id))
    progress(total, total)
    return report(desk, batch_id)


def give_up_batch(desk: DeskContext, batch_id: int) -> BatchReport:
    """What is left of a batch is not wanted any more; letters that were written stay."""
    with desk.database.write() as session:
        batch = _find(session, batch_id)
        for item in batch.items:
            if item.outcome == WAITING:
                item.outcome, item.words = REFUSED, "Đã bỏ, không lập văn bản cho hồ sơ này."
        _finish(desk, batch)
    return report(desk, batch_id)


def unfinished_batch(desk: DeskContext) -> BatchReport | None:
    """The newest batch that was cut: by the clerk, a power cut or a fault."""
    query = select(ApologyBatch.id).where(ApologyBatch.finished_at.is_(None)).order_by(ApologyBatch.id.desc()).limit(1)
    with desk.database.read() as session:
        found = session.scalar(query)
    return None if found is None else report(desk, found)


def report(desk: DeskContext, batch_id: int) -> BatchReport:
    """A batch as it stands; UserError ``batch_unknown``."""
    with desk.database.read() as session:
        batch = _find(session, batch_id)
        outcomes = tuple(
            BatchOutcome(item.dossier_code, item.outcome, item.words, item.letter_id) for item in batch.items
        )
        return BatchReport(batch.id, batch.signed, batch.finished_at is not None, outcomes)


def _suggested(
    desk: DeskContext, calendar: WorkCalendar, dossier: Dossier, now: datetime, days: int
) -> datetime | None:
    if dossier.due is None:
        return None
    after = max(dossier.due, now).astimezone(VIETNAM).date()
    wished = calendar.closes(calendar.add_working_days(after, days))
    latest = latest_extension(calendar, dossier, now) if desk.settings.apology.cap == "first_limit" else None
    return wished if latest is None else min(wished, latest)


def _run_item(desk: DeskContext, batch_id: int, position: int) -> None:
    """One dossier: its letter and its outcome together, or the refusal alone."""
    try:
        with desk.database.write() as session:
            item = _item(session, batch_id, position)
            if item.outcome != WAITING:  # another window on the same file was quicker
                return
            item.letter_id, words = _write(desk, session, _find(session, batch_id), item)
            item.outcome, item.words = DONE, " ".join(words)
    except UserError as refusal:
        with desk.database.write() as session:
            item = _item(session, batch_id, position)
            item.outcome, item.words = REFUSED, refusal.message


def _write(desk: DeskContext, session: Session, batch: ApologyBatch, item: ApologyBatchItem) -> tuple[int, list[str]]:
    text = LetterText(item.reason, item.unit, item.new_due, item.person)
    words: list[str] = []
    if not batch.signed:
        letter = write_in(desk, session, item.dossier_code, text, submit=True)
    else:
        dossier = find_dossier(session, item.dossier_code)
        refuse_open_letter(session, dossier)
        at, entered_at = moment_of_step(desk, dossier, None)
        office = office_row(session, desk)
        given = StepInput(
            reason=text.reason,
            unit=text.unit,
            new_due=text.new_due,
            signer=batch.signer,
            signer_title=batch.signer_title,
        )
        event, words = carry_out(Taking(desk, session, dossier, Step.APOLOGISE, given, at), entered_at)
        letter = record_signed(desk, session, dossier, event, text.person)
        outgoing.queue_step(session, dossier, event, office, entered_at)
    session.flush()
    return letter.id, words


def _finish(desk: DeskContext, batch: ApologyBatch) -> None:
    if batch.finished_at is None:
        batch.finished_at = desk.clock()


def _find(session: Session, batch_id: int) -> ApologyBatch:
    found = session.get(ApologyBatch, batch_id)
    if found is None:
        raise UserError("batch_unknown", f"Không có đợt lập văn bản số {batch_id}. Hãy tải lại trang Quá hạn (F6).")
    return found


def _item(session: Session, batch_id: int, position: int) -> ApologyBatchItem:
    return session.get_one(ApologyBatchItem, (batch_id, position))
