"""Comparing a period with the portal, dossier by dossier, and keeping what differs (design, section 6).

The protocol has no call that lists a portal's dossiers: what the portal knows and the desk does not cannot be
found by asking. Such dossiers come by the feed, which never leaves one out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import CounterError, UserError
from counter_app.models import ReconciliationDifference, ReconciliationRun
from counter_app.services.desk import DeskContext
from counter_app.services.reconcile_reading import OurSide, ids_of_period, our_sides, standings
from counter_app.sync.client import BATCH_DOSSIERS, PortalClient, PortalDossier
from counter_app.sync.comparing import Difference, compare


class DifferenceState(StrEnum):
    """Where a difference stands; see ``ReconciliationDifference``."""

    OPEN = "open"
    MENDING = "mending"
    MENDED = "mended"
    ACCEPTED = "accepted"


LIVE = (DifferenceState.OPEN, DifferenceState.MENDING)
"""What is still to be worked off."""


@dataclass(frozen=True, slots=True)
class Period:
    """Office days, both included. Raises UserError ``period_invalid`` when the last is before the first."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise UserError(
                "period_invalid", "Ngày cuối của kỳ đối soát trước ngày đầu. Hãy chọn lại từ ngày, đến ngày."
            )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a comparison is: dossiers done of ``total``, and how many of them differ."""

    done: int
    total: int
    different: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a comparison came to, in dossiers; ``found`` and ``closed`` are differences new and gone.

    ``compared`` = ``equal`` + ``accepted`` (differ only in what was accepted) + ``on_the_way`` (not all sent yet,
    so nothing is said of them) + ``different``. ``our_statuses``, ``their_statuses``: dossiers by TrangThaiHoSo on
    each side, "" where the portal has none. Not ``complete``: stopped before the end.
    """

    run_id: int
    period: Period
    automatic: bool
    started_at: datetime
    ended_at: datetime | None
    compared: int
    equal: int
    accepted: int
    on_the_way: int
    different: int
    found: int
    closed: int
    our_statuses: dict[str, int]
    their_statuses: dict[str, int]
    complete: bool
    error: str


_NOT_OFFERED: Final = (
    "Cổng theo hồ sơ kết nối 2 không nhận cập nhật nên không giữ hồ sơ như ở quầy để đối soát. Cần thì tra từng hồ sơ "
    "trên cổng."
)

Stop = Callable[[], bool]
Tell = Callable[[Progress], None]


def reconcile(desk: DeskContext, client: PortalClient, period: Period, stop: Stop, tell: Tell) -> Report:
    """Compare every dossier received or changed in the period, and keep the differences.

    ``stop`` is asked before every call of at most 50 dossiers, ``tell`` hears of each. Raises what the client does
    (TransientTrouble, SignInNeeded, Refused); what was compared until then stays. Raises UserError
    ``compare_not_offered`` for a portal that takes no updates: it does not keep the record as it stands.
    """
    if not desk.settings.portal.takes_updates:
        raise UserError("compare_not_offered", _NOT_OFFERED)
    run_id = begin_run(desk, period, automatic=False)
    try:
        finished = carry_on(desk, client, run_id, stop, tell)
    except CounterError as error:
        end_run(desk, run_id, complete=False, error=error.message)
        raise
    end_run(desk, run_id, complete=finished)
    return get_report(desk, run_id)


def begin_run(desk: DeskContext, period: Period, *, automatic: bool) -> int:
    """Note that a comparison begins; returns its id."""
    with desk.database.write() as session:
        run = ReconciliationRun(
            started_at=desk.clock(),
            first_day=period.first,
            last_day=period.last,
            automatic=automatic,
            actor="" if automatic else desk.settings.clerk,
        )
        session.add(run)
        session.flush()
        return run.id


def carry_on(desk: DeskContext, client: PortalClient, run_id: int, stop: Stop, tell: Tell) -> bool:
    """Compare on from where the run stands; True when the end was reached, False when ``stop`` said so."""
    with desk.database.read() as session:
        run = session.get_one(ReconciliationRun, run_id)
        ids = ids_of_period(session, run.first_day, run.last_day, run.position)
        done, different = run.compared, run.different
    total = done + len(ids)
    tell(Progress(done, total, different))
    for start in range(0, len(ids), BATCH_DOSSIERS):
        if stop():
            return False
        block = ids[start : start + BATCH_DOSSIERS]
        with desk.database.read() as session:
            sides = our_sides(session, block)
        found = client.look_up([side.dossier.code for side in sides])
        outcomes = [_Outcome.of(side, found.get(side.dossier.code)) for side in sides]
        with desk.database.write() as session:
            different += _keep(session, run_id, outcomes, block[-1], desk.clock())
        done += len(block)
        tell(Progress(done, total, different))
    return True


def end_run(desk: DeskContext, run_id: int, *, complete: bool, error: str = "") -> None:
    """Note that a comparison has ended, and why if it did not come to its end."""
    with desk.database.write() as session:
        run = session.get_one(ReconciliationRun, run_id)
        run.ended_at, run.complete, run.error = desk.clock(), complete, error


def get_report(desk: DeskContext, run_id: int) -> Report:
    """What a comparison came to."""
    with desk.database.read() as session:
        return report_of(session.get_one(ReconciliationRun, run_id))


def report_of(run: ReconciliationRun) -> Report:
    """A run as a frozen value."""
    return Report(
        run_id=run.id,
        period=Period(run.first_day, run.last_day),
        automatic=run.automatic,
        started_at=run.started_at,
        ended_at=run.ended_at,
        compared=run.compared,
        equal=run.equal,
        accepted=run.accepted,
        on_the_way=run.on_the_way,
        different=run.different,
        found=run.found,
        closed=run.closed,
        our_statuses=run.our_statuses,
        their_statuses=run.their_statuses,
        complete=run.complete,
        error=run.error,
    )


@dataclass(slots=True)
class _Outcome:
    """One dossier compared; ``status`` is the portal's, "" where it has none."""

    side: OurSide
    differences: tuple[Difference, ...]
    status: str

    @classmethod
    def of(cls, side: OurSide, found: PortalDossier | None) -> _Outcome:
        status = "" if found is None else str(found.fields.get("TrangThaiHoSo") or "")
        differences = () if side.standing.on_the_way else compare(side.dossier, found)
        return cls(side, differences, status)


@dataclass(slots=True)
class _Known:
    """The differences of a block that are listed already, the newest of each by dossier, kind and subject."""

    rows: dict[tuple[int, str, str], ReconciliationDifference] = field(default_factory=dict)

    @classmethod
    def read(cls, session: Session, dossier_ids: Sequence[int]) -> _Known:
        query = (
            select(ReconciliationDifference)
            .where(ReconciliationDifference.dossier_id.in_(dossier_ids))
            .order_by(ReconciliationDifference.id)
        )
        return cls({(row.dossier_id, row.kind, row.subject): row for row in session.scalars(query)})

    def live(self, dossier_id: int) -> list[ReconciliationDifference]:
        return [row for row in self.rows.values() if row.dossier_id == dossier_id and row.state in LIVE]


def _keep(session: Session, run_id: int, outcomes: Sequence[_Outcome], position: int, now: datetime) -> int:
    """Write what a block came to; returns how many of its dossiers differ.

    A dossier that moved on between reading it and now (a step, an answer of the portal) is on the way: what was
    read of the two sides does not belong together.
    """
    ids = [one.side.id for one in outcomes]
    now_standing = standings(session, ids)
    known = _Known.read(session, ids)
    run = session.get_one(ReconciliationRun, run_id)
    ours, theirs = Counter(run.our_statuses), Counter(run.their_statuses)
    different = 0
    for one in outcomes:
        ours[one.side.dossier.status] += 1
        theirs[one.status] += 1
        if one.side.standing.on_the_way or now_standing.get(one.side.id) != one.side.standing:
            run.on_the_way += 1
            continue
        live = _list(session, run, known, one, now)
        different += live
        run.different += live
        run.accepted += bool(one.differences) and not live
        run.equal += not one.differences
    run.our_statuses, run.their_statuses = dict(ours), dict(theirs)
    run.compared += len(outcomes)
    run.position = position
    return different


def _list(session: Session, run: ReconciliationRun, known: _Known, outcome: _Outcome, now: datetime) -> bool:
    """List a dossier's differences, each once, and close what has gone; True when anything is to be worked off."""
    dossier_id = outcome.side.id
    gone = {(row.kind, row.subject): row for row in known.live(dossier_id)}
    live = False
    for difference in outcome.differences:
        gone.pop((difference.kind, difference.subject), None)
        row = known.rows.get((dossier_id, difference.kind, difference.subject))
        if row is not None and row.state == DifferenceState.ACCEPTED and _as_accepted(row, difference):
            row.seen_at, row.run_id = now, run.id
            continue
        live = True
        if row is None or row.state not in LIVE:
            row = _new_row(dossier_id, difference, now)
            session.add(row)
            run.found += 1
        row.ours, row.theirs, row.mendable = difference.ours, difference.theirs, difference.mendable
        row.portal_step = None if difference.portal_step is None else dict(difference.portal_step)
        row.state, row.seen_at, row.run_id = DifferenceState.OPEN, now, run.id
    for row in gone.values():
        if row.state == DifferenceState.OPEN:
            row.decided_by = ""
        row.state, row.decided_at, row.run_id = DifferenceState.MENDED, now, run.id
        run.closed += 1
    return live


def _as_accepted(row: ReconciliationDifference, difference: Difference) -> bool:
    """Somebody accepted these two values; other ones are another matter."""
    return (row.ours, row.theirs) == (difference.ours, difference.theirs)


def _new_row(dossier_id: int, difference: Difference, now: datetime) -> ReconciliationDifference:
    return ReconciliationDifference(
        dossier_id=dossier_id,
        kind=difference.kind.value,
        subject=difference.subject,
        found_at=now,
    )
