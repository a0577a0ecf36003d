"""The print spool as the spooler sees it: what is due, what became of it."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy import ColumnElement, func, select, update

from counter_app.database import Database
from counter_app.models import PrintJob
from counter_app.rules.calendar import VIETNAM
from printing.printers import Handling
from printing.spool import ASKS, CONFIRMED, LEASE, PRINTED, SENDING, UNKNOWN, WAITING, SpoolJob

_WAITS = (WAITING, CONFIRMED)
_LEFT_BEHIND = "Chương trình dừng khi đang in. Xem máy in: giấy đã ra đủ thì bấm «Giấy đã ra», chưa thì bấm «In lại»."
_EARLIER_DAY = "Lệnh in từ ngày trước. Còn cần giấy này thì bấm «Vẫn in», không thì bấm «Hủy lệnh»."


class DatabaseJobStore:
    """The spooler's view of the jobs (:class:`printing.spool.JobStore`); one transaction a call."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def printers(self) -> list[str]:
        """Printers with jobs that wait, due or not."""
        with self._db.read() as session:
            waiting = select(PrintJob.printer).where(PrintJob.state.in_(_WAITS)).distinct()
            return list(session.scalars(waiting.order_by(PrintJob.printer)))

    def claim(self, printer: str, now: datetime) -> SpoolJob | None:
        """The oldest due job, now ``sending`` under a lease; jobs of an earlier day ask instead."""
        with self._db.write() as session:
            session.execute(
                update(PrintJob)
                .where(
                    PrintJob.printer == printer,
                    PrintJob.state == WAITING,
                    PrintJob.created_at < _start_of_day(now),
                )
                .values(state=ASKS, last_error=_EARLIER_DAY)
            )
            found = session.scalar(
                select(PrintJob)
                .where(
                    PrintJob.printer == printer,
                    PrintJob.state.in_(_WAITS),
                    PrintJob.next_attempt_at <= now,
                )
                .order_by(PrintJob.id)
                .limit(1)
            )
            if found is None:
                return None
            found.state = SENDING
            found.attempts += 1
            found.next_attempt_at = now + LEASE
            return SpoolJob(
                id=found.id,
                key=found.key.rpartition("/")[2],
                printer=found.printer,
                title=found.title,
                mime=found.mime,
                payload=found.payload,
                attempts=found.attempts,
                handling=Handling(found.tray, found.sides),
            )

    def mark_printed(self, job_id: int, now: datetime, word: str = "") -> None:
        """Also when a start in the meantime called the job unknown: now it is known."""
        self._settle(job_id, (SENDING, UNKNOWN), state=PRINTED, last_error=word, printed_at=now)

    def mark_waiting(self, job_id: int, reason: str, next_attempt: datetime) -> None:
        """Back to waiting; a job of an earlier day was confirmed once and need not ask again."""
        with self._db.write() as session:
            found = session.get_one(PrintJob, job_id)
            if found.state == SENDING:
                old = found.created_at < _start_of_day(next_attempt)
                found.state = CONFIRMED if old else WAITING
                found.last_error, found.next_attempt_at = reason, next_attempt

    def mark_unknown(self, job_id: int, reason: str) -> None:
        """The clerk is asked."""
        self._settle(job_id, (SENDING,), state=UNKNOWN, last_error=reason)

    def recover(self, left_before: datetime | None) -> int:
        """Jobs that a program left behind while sending them become ``unknown``."""
        stale: list[ColumnElement[bool]] = [PrintJob.state == SENDING]
        if left_before is not None:
            stale.append(PrintJob.next_attempt_at < left_before)
        with self._db.write() as session:
            count = session.scalar(select(func.count()).select_from(PrintJob).where(*stale)) or 0
            session.execute(update(PrintJob).where(*stale).values(state=UNKNOWN, last_error=_LEFT_BEHIND))
            return count

    def _settle(self, job_id: int, states: tuple[str, ...], **values: object) -> None:
        with self._db.write() as session:
            session.execute(update(PrintJob).where(PrintJob.id == job_id, PrintJob.state.in_(states)).values(**values))


def _start_of_day(now: datetime) -> datetime:
    """Midnight in Viet Nam of the day of *now*."""
    return datetime.combine(now.astimezone(VIETNAM).date(), time.min, VIETNAM).astimezone(UTC)
