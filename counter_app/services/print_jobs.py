"""The print spool in the database: jobs as rows, and the clerk's word on those that need one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid6 import uuid7

from counter_app.database import Database
from counter_app.errors import UserError
from counter_app.models import Dossier, PrintJob
from counter_app.services.steps import find_dossier
from printing.printers import ONE_SIDED, PDF, parse_printer
from printing.spool import (
    ASKS,
    CANCELLED,
    CONFIRMED,
    PRINTED,
    SENDING,
    UNKNOWN,
    WAITING,
)

STATE_LABELS = {
    WAITING: "Đang chờ in",
    CONFIRMED: "Đang chờ in",
    SENDING: "Đang gửi tới máy in",
    PRINTED: "Đã in",
    UNKNOWN: "Không rõ đã in chưa",
    ASKS: "Hỏi trước khi in",
    CANCELLED: "Đã hủy",
}

_TO_SIGN = re.compile(r"-lan\d+$")
_WAITS = (WAITING, CONFIRMED)
_OPEN = (WAITING, CONFIRMED, SENDING, UNKNOWN, ASKS)
MAY_BE_OUT = "may_be_out"
"""The key in what a job keeps: given up while nobody knew whether its paper had come out."""


@dataclass(frozen=True, slots=True)
class PrinterChoice:
    """Where a paper is to be printed, from which tray (empty: the printer chooses), on how many sides."""

    printer: str
    tray: str = ""
    two_sided: bool = False


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the clerk sees it; ``dossier_code`` is empty for a test page.

    ``event_number`` is that of the dossier's event that issued the paper, None for a test page.
    """

    id: int
    dossier_code: str
    form: str
    title: str
    printer: str
    state: str
    reprint: bool
    attempts: int
    last_error: str
    created_at: datetime
    next_attempt_at: datetime
    printed_at: datetime | None
    event_number: int | None

    @property
    def label(self) -> str:
        """The state in Vietnamese."""
        return STATE_LABELS[self.state]


def enqueue(
    db: Database,
    *,
    form: str,
    title: str,
    printer: str | PrinterChoice,
    payload: bytes,
    now: datetime,
    mime: str = PDF,
    dossier_code: str = "",
    issue: str = "",
    reprint: bool = False,
    kept: Mapping[str, Any] | None = None,
) -> int:
    """Put a document into the spool of the printer chosen, or of this address; returns the job's id.

    *issue* names the paper issued (the event's id, say): a second job for the same paper is refused unless
    *reprint* says that the payload carries "Bản in lại". *kept* is what no history has of the paper. Raises
    UserError ``printer_unknown``, ``already_printed``, ``dossier_unknown``.
    """
    sent = _as_sent(_choice(printer), mime, payload)
    with db.write() as session:
        dossier = find_dossier(session, dossier_code) if dossier_code else None
        if issue and not reprint:
            refuse_second(session, form, issue)
        return _add(
            session,
            now,
            key=f"{form}/{issue}/{uuid7()}",
            dossier_id=None if dossier is None else dossier.id,
            form=form,
            title=title,
            mime=mime,
            reprint=reprint,
            kept=dict(kept or {}),
            **sent,
        )


def _choice(printer: str | PrinterChoice) -> PrinterChoice:
    return printer if isinstance(printer, PrinterChoice) else PrinterChoice(printer)


def _as_sent(choice: PrinterChoice, mime: str, payload: bytes) -> dict[str, object]:
    """Address, tray, sides and the bytes of a job. Raises UserError ``printer_unknown``."""
    uri = parse_printer(choice.printer).uri
    if mime != PDF:
        return {"printer": uri, "payload": payload}
    # Their PDF libraries are for papers only.
    from printing.sheets import each_on_its_own_sheet, sides_of

    if choice.two_sided:
        payload = each_on_its_own_sheet(payload)
    return {"printer": uri, "tray": choice.tray, "sides": sides_of(payload, choice.two_sided), "payload": payload}


def list_jobs(db: Database, *, states: Sequence[str] = _OPEN, limit: int = 200) -> tuple[JobRow, ...]:
    """Jobs in these states (by default all that are not settled), newest first."""
    with db.read() as session:
        rows = session.execute(
            select(PrintJob, Dossier.code)
            .outerjoin(Dossier, Dossier.id == PrintJob.dossier_id)
            .where(PrintJob.state.in_(states))
            .order_by(PrintJob.id.desc())
            .limit(limit)
        )
        return tuple(_row(job, code or "") for job, code in rows)


def job(db: Database, job_id: int) -> JobRow:
    """One job; UserError ``job_unknown``."""
    with db.read() as session:
        found = _find(session, job_id)
        code = session.scalar(select(Dossier.code).where(Dossier.id == found.dossier_id))
        return _row(found, code or "")


def confirm(db: Database, job_id: int, now: datetime) -> None:
    """The clerk's yes: a job that asks is printed; one of unknown outcome came out and is settled.

    Raises UserError ``job_unknown``, ``job_state`` for a job that asks nothing.
    """
    with db.write() as session:
        found = _find(session, job_id)
        if found.state == ASKS:
            found.state, found.last_error, found.next_attempt_at = CONFIRMED, "", now
        elif found.state == UNKNOWN:
            found.state, found.last_error, found.printed_at = PRINTED, "", now
        else:
            raise _wrong_state(found, "không cần xác nhận")


def cancel(db: Database, job_id: int) -> None:
    """Give a job up. Raises UserError ``job_unknown``, ``job_state`` once it is printed or under way."""
    with db.write() as session:
        found = _find(session, job_id)
        if found.state in (PRINTED, SENDING, CANCELLED):
            raise _wrong_state(found, "không hủy được nữa")
        _give_up(found)


def move(db: Database, job_id: int, printer: str | PrinterChoice) -> None:
    """Let a job that has not been sent go to another printer, whose trays are others; any other job stays."""
    choice = _choice(printer)
    uri = parse_printer(choice.printer).uri
    with db.write() as session:
        found = _find(session, job_id)
        if found.state in (*_WAITS, ASKS) and found.printer != uri:
            found.printer, found.tray = uri, choice.tray


def retry_now(db: Database, job_id: int, now: datetime) -> None:
    """The printer is well again: the job is due at once. Raises UserError ``job_unknown``, ``job_state``."""
    with db.write() as session:
        found = _find(session, job_id)
        if found.state not in _WAITS:
            raise _wrong_state(found, "không đang chờ in")
        found.next_attempt_at = now


def may_be_out(db: Database, job_id: int) -> bool:
    """Whether paper of what a job was for came out or may yet, by it or by another job; UserError ``job_unknown``."""
    with db.read() as session:
        found = _find(session, job_id)
        form, issue, _ = found.key.split("/")
        if issue:
            return not_given_up(session, form, issue) is not None
        return found.state != CANCELLED or MAY_BE_OUT in found.kept


def reprint(
    db: Database,
    job_id: int,
    payload: bytes | None,
    now: datetime,
    *,
    printer: str | PrinterChoice | None = None,
    marked: bool = True,
    kept: Mapping[str, Any] | None = None,
) -> int:
    """Print again what a job was for; *payload* is the paper drawn anew, None: the same bytes.

    *marked*: it carries "Bản in lại", as whatever may be out already has to. *kept*: as of ``enqueue``, by default
    what the job kept. It goes where the job went, or to another printer. A job that was not settled is given up
    first, so that the paper cannot come out of both. Returns the new job's id. Raises UserError ``job_unknown``,
    ``job_state`` while it is under way, ``printer_unknown``.
    """
    with db.read() as session:
        before = _find(session, job_id)
        choice = PrinterChoice(before.printer, before.tray, before.sides not in ("", ONE_SIDED))
        mime, same = before.mime, before.payload
    if printer is not None:
        choice = _choice(printer)
    sent = _as_sent(choice, mime, same if payload is None else payload)
    with db.write() as session:
        old = _find(session, job_id)
        if old.state == SENDING:
            raise _wrong_state(old, "phải chờ gửi xong mới in lại được")
        if kept is None:
            kept = {name: value for name, value in old.kept.items() if name != MAY_BE_OUT}
        if old.state not in (PRINTED, CANCELLED):
            _give_up(old)
        form, issue, _ = old.key.split("/")
        return _add(
            session,
            now,
            key=f"{form}/{issue}/{uuid7()}",
            dossier_id=old.dossier_id,
            form=old.form,
            title=old.title,
            mime=mime,
            reprint=marked and payload is not None,
            kept=dict(kept),
            **sent,
        )


def _add(session: Session, now: datetime, **values: object) -> int:
    """A new job, due at once; its id."""
    job = PrintJob(state=WAITING, next_attempt_at=now, created_at=now, **values)
    session.add(job)
    session.flush()
    return job.id


def refuse_second(session: Session, form: str, issue: str) -> None:
    """A paper comes out once: UserError ``already_printed`` while a job for this issue was not given up."""
    earlier = not_given_up(session, form, issue)
    if earlier is not None:
        raise UserError(
            "already_printed",
            "Giấy này đã gửi in rồi. Nếu cần thêm bản, chọn «In lại»: bản in sẽ mang chữ «Bản in lại».",
            job=earlier,
        )


def not_given_up(session: Session, form: str, issue: str) -> int | None:
    """The first job for this issue whose paper came out, or may have, or may yet."""
    same = PrintJob.key.startswith(f"{form}/{issue}/", autoescape=True)
    jobs = session.execute(select(PrintJob.id, PrintJob.state, PrintJob.kept).where(same).order_by(PrintJob.id))
    return next((number for number, state, kept in jobs if state != CANCELLED or MAY_BE_OUT in kept), None)


def _give_up(found: PrintJob) -> None:
    if found.state == UNKNOWN:
        found.kept = {**found.kept, MAY_BE_OUT: True}
    found.state = CANCELLED


def _find(session: Session, job_id: int) -> PrintJob:
    found = session.get(PrintJob, job_id)
    if found is None:
        raise UserError("job_unknown", f"Không có lệnh in số {job_id}. Tải lại danh sách lệnh in.", job=job_id)
    return found


def _wrong_state(found: PrintJob, why: str) -> UserError:
    return UserError(
        "job_state",
        f"Lệnh in «{found.title}» {why} ({STATE_LABELS[found.state].lower()}). Tải lại danh sách lệnh in.",
        job=found.id,
        state=found.state,
    )


def _row(found: PrintJob, code: str) -> JobRow:
    return JobRow(
        id=found.id,
        dossier_code=code,
        form=found.form,
        title=found.title,
        printer=found.printer,
        state=found.state,
        reprint=found.reprint,
        attempts=found.attempts,
        last_error=found.last_error,
        created_at=found.created_at,
        next_attempt_at=found.next_attempt_at,
        printed_at=found.printed_at,
        event_number=_event_number(found.key),
    )


def _event_number(key: str) -> int | None:
    """The key is form/CODE-N/uuid, N the event's number; a slip to sign has none yet (``returning_slip``)."""
    issue, _, number = key.split("/")[1].rpartition("-")
    return int(number) if number.isdecimal() and not _TO_SIGN.search(issue) else None
