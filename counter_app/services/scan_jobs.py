"""Scanned pages on their way into a dossier: a queue in the database, worked off in the background.

What the clerk sends is kept with the job, so the document follows from the job alone. A job is settled in the unit
of work that attaches its document: killed at any moment, it is either attached and done, or neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from counter_app.errors import CounterError, KnownError, UserError
from counter_app.models import BacklogResult, Dossier, ScanJob
from counter_app.rules import lifecycle
from counter_app.rules.backlog import read_backlog_code
from counter_app.rules.digitising import Flaw
from counter_app.rules.lifecycle import Status, Step
from counter_app.services.attach import attach, check_target
from counter_app.services.backlog import code_of
from counter_app.services.backlog_scan import attach_old, find_to_scan
from counter_app.services.desk import DeskContext
from counter_app.services.digitising_look import flaw_of_scan, keep_look
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.scan_pages import JobPage, ScanGroup
from counter_app.services.scan_targets import target_of
from counter_app.services.signatures import MadeDocument, ScanToSign, forget_signed, settle_signature, signed_scan
from counter_app.services.steps import find_dossier

WAITING, WORKING, DONE, TROUBLE, GIVEN_UP = "waiting", "working", "done", "trouble", "given_up"
STATE_LABELS = {
    WAITING: "Đang chờ xử lý",
    WORKING: "Đang xử lý",
    DONE: "Đã gắn",
    TROUBLE: "Chưa gắn được",
    GIVEN_UP: "Đã trả về khay",
}
OPEN = (WAITING, WORKING, TROUBLE)
"""States in which the pages are spoken for."""
IN_WORK = (WAITING, WORKING)
"""States in which a paper counts as being processed."""
MOST_ATTEMPTS = 3
_LEFT_BEHIND = "Chương trình đã dừng nhiều lần khi xử lý tài liệu này. Hãy trả trang về khay, quét lại, rồi gắn lại."
TRAYS = "scans"
"""The folder of the trays in the data directory."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the clerk sees it."""

    id: int
    tray: str
    dossier_code: str
    component_code: str
    result_code: str
    page_ids: tuple[str, ...]
    state: str
    message: str
    created_at: datetime
    settled_at: datetime | None
    sha256: str

    @property
    def label(self) -> str:
        """The state in Vietnamese."""
        return STATE_LABELS[self.state]


@dataclass(frozen=True, slots=True)
class ScanCounts:
    """How many documents are on their way, and how many need a person."""

    in_work: int
    trouble: int


@dataclass(frozen=True, slots=True)
class Queued:
    """Ids of the jobs made, and of the groups that were not taken: number in the call, and why."""

    jobs: tuple[int, ...]
    refused: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a job's pages are made."""

    job: int
    dossier_code: str
    done: int
    pages: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A job after one attempt; ``message`` says what the trouble is, or what is to be known of a document made."""

    job: int
    dossier_code: str
    state: str
    message: str = ""


def enqueue(desk: DeskContext, tray: str, groups: Sequence[ScanGroup]) -> Queued:
    """Queue each group as one document; a group that cannot be attached is named and leaves the others alone."""
    jobs: list[int] = []
    refused: list[tuple[int, str]] = []
    with desk.database.write() as session:
        taken = _taken(session, tray)
        codes = Counter(group.dossier for group in groups)
        for number, group in enumerate(groups):
            try:
                target = _check(desk, session, group, taken, codes[group.dossier])
            except UserError as error:
                refused.append((number, error.message))
                continue
            job = ScanJob(
                tray=tray,
                dossier_id=target.id if isinstance(target, Dossier) else None,
                backlog_id=target.id if isinstance(target, BacklogResult) else None,
                component_code=group.component,
                result_code=group.result,
                pages=[asdict(page) for page in group.pages],
                scanned_by=desk.settings.clerk,
                scanned_at=desk.clock(),
                created_at=desk.clock(),
            )
            session.add(job)
            session.flush()
            jobs.append(job.id)
            taken |= {page.id for page in group.pages}
    return Queued(tuple(jobs), tuple(refused))


def _check(
    desk: DeskContext, session: Session, group: ScanGroup, taken: Collection[str], documents: int
) -> Dossier | BacklogResult:
    """``documents``: how many are sent to this code at once."""
    if not group.pages:
        raise UserError("pages_missing", "Không có trang nào để gắn. Hãy quét trang, hoặc lấy lại trang đã bỏ.")
    if any(page.id in taken for page in group.pages):
        raise UserError("pages_taken", "Trang này đã được gửi gắn vào hồ sơ. Hãy chờ xử lý xong.")
    if read_backlog_code(group.dossier) is not None:
        return find_to_scan(desk, session, group.dossier, OPEN, documents)
    dossier = find_dossier(session, group.dossier)
    check_target(dossier, group.component, group.result)
    with rules_apply():
        lifecycle.next_status(Status(dossier.status), Step.ATTACH)
    return dossier


def _taken(session: Session, tray: str) -> set[str]:
    """Pages of the tray that are spoken for or already in a dossier."""
    rows = session.scalars(select(ScanJob.pages).where(ScanJob.tray == tray, ScanJob.state != GIVEN_UP))
    return {page["id"] for pages in rows for page in pages}


def jobs_of_tray(desk: DeskContext, tray: str) -> tuple[JobRow, ...]:
    """The jobs of a tray, oldest first, without those given up."""
    with desk.database.read() as session:
        return _rows(desk, session, ScanJob.tray == tray, ScanJob.state != GIVEN_UP)


def open_jobs(desk: DeskContext) -> tuple[JobRow, ...]:
    """All jobs that are not settled, oldest first."""
    with desk.database.read() as session:
        return _rows(desk, session, ScanJob.state.in_(OPEN))


def _rows(desk: DeskContext, session: Session, *conditions: Any) -> tuple[JobRow, ...]:
    query = (
        select(ScanJob, Dossier.code, BacklogResult)
        .outerjoin(Dossier, Dossier.id == ScanJob.dossier_id)
        .outerjoin(BacklogResult, BacklogResult.id == ScanJob.backlog_id)
        .where(*conditions)
    )
    return tuple(
        JobRow(
            job.id,
            job.tray,
            code if old is None else code_of(desk, old),
            job.component_code,
            job.result_code,
            tuple(page["id"] for page in job.pages),
            job.state,
            job.message,
            job.created_at,
            job.settled_at,
            job.sha256,
        )
        for job, code, old in session.execute(query.order_by(ScanJob.id))
    )


def counts(desk: DeskContext) -> ScanCounts:
    """For the status line: one look at a short index."""
    query = select(ScanJob.state, func.count()).where(ScanJob.state.in_(OPEN)).group_by(ScanJob.state)
    with desk.database.read() as session:
        by_state = dict(session.execute(query).all())
    return ScanCounts(sum(by_state.get(state, 0) for state in IN_WORK), by_state.get(TROUBLE, 0))


def in_work(session: Session, dossier_ids: Collection[int]) -> frozenset[tuple[int, str, str]]:
    """Papers that are being made into documents: dossier's id, component, result."""
    query = select(ScanJob.dossier_id, ScanJob.component_code, ScanJob.result_code).where(
        ScanJob.dossier_id.in_(dossier_ids), ScanJob.state.in_(IN_WORK)
    )
    return frozenset((row[0], row[1], row[2]) for row in session.execute(query) if row[0] is not None)


def retry(desk: DeskContext, job_id: int) -> None:
    """The trouble is mended: try again. UserError ``scan_job_state`` for a job that has none."""
    _settle_trouble(desk, job_id, WAITING)


def give_up(desk: DeskContext, job_id: int) -> None:
    """The pages go back to the tray, to be assigned anew or scanned again. UserError ``scan_job_state``."""
    _settle_trouble(desk, job_id, GIVEN_UP)


def _settle_trouble(desk: DeskContext, job_id: int, state: str) -> None:
    with desk.database.write() as session:
        job = session.get(ScanJob, job_id)
        if job is None or job.state != TROUBLE:
            raise UserError("scan_job_state", "Tài liệu quét này không còn chờ xử lý lỗi. Hãy tải lại danh sách.")
        job.state, job.message, job.attempts = state, "", 0


def recover(desk: DeskContext) -> int:
    """Jobs that a program left under way wait again; returns how many.

    One at which it ended MOST_ATTEMPTS times needs a person: it may be what ends the program.
    """
    left = ScanJob.state == WORKING
    with desk.database.write() as session:
        count = session.scalar(select(func.count()).select_from(ScanJob).where(left)) or 0
        session.execute(
            update(ScanJob).where(left, ScanJob.attempts >= MOST_ATTEMPTS).values(state=TROUBLE, message=_LEFT_BEHIND)
        )
        session.execute(update(ScanJob).where(left).values(state=WAITING))
    return count


def work_off_one(
    desk: DeskContext,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Outcome | None:
    """Make the oldest waiting job into a document of its dossier; None when nothing waits.

    ``progress`` is told when it begins and after each page. A job that was stopped waits again; one that failed has
    the trouble's words.
    """
    claimed = _claim(desk)
    if claimed is None:
        return None

    def told(done: int) -> None:
        progress(Progress(claimed.id, claimed.code, done, len(claimed.pages)))

    told(0)
    try:
        notice = _attach(desk, claimed, stop, told)
    except CounterError as error:
        if error.kind == "stopped":
            return _back(desk, claimed, WAITING, "", attempts=0)
        return _back(desk, claimed, TROUBLE, error.message)
    except BaseException:
        _back(desk, claimed, TROUBLE, "Chương trình gặp lỗi khi xử lý trang quét. Hãy thử lại, hoặc trả về khay.")
        raise
    finally:
        rmtree(claimed.folder, ignore_errors=True)
    return Outcome(claimed.id, claimed.code, DONE, notice)


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: int
    code: str
    component: str
    result: str
    pages: tuple[JobPage, ...]
    tray: Path
    folder: Path
    file_name: str
    facts: Mapping[str, Any]


def _claim(desk: DeskContext) -> _Claimed | None:
    with desk.database.write() as session:
        job = session.scalar(select(ScanJob).where(ScanJob.state == WAITING).order_by(ScanJob.id).limit(1))
        if job is None:
            return None
        job.state, job.message, job.attempts = WORKING, "", job.attempts + 1
        code, file_name, facts = target_of(desk, session, job)
        tray = desk.directory / TRAYS / job.tray
        return _Claimed(
            job.id,
            code,
            job.component_code,
            job.result_code,
            tuple(JobPage(**{**page, "crop": tuple(page["crop"]) if page["crop"] else None}) for page in job.pages),
            tray,
            tray / "pdf" / str(job.id),
            file_name,
            facts,
        )


def _attach(desk: DeskContext, job: _Claimed, stop: Callable[[], bool], told: Callable[[int], None]) -> str:
    """Build, sign and attach; returns what the clerk should know, "" for nothing."""
    from counter_app.scanning.pdf_build import BuiltPdf, DocumentFacts, PageInput, build_pdf

    missing = [page.id for page in job.pages if not (job.tray / page.file).is_file()]
    if missing:
        raise KnownError(
            "scan_missing",
            f"Không còn ảnh của trang {', '.join(missing)} trong khay quét. Hãy trả về khay và quét lại giấy tờ này.",
        )
    job.folder.mkdir(parents=True, exist_ok=True)
    clean = desk.settings.pages.despeckle
    pages = [PageInput(job.tray / page.file, page.dpi, page.turn, page.angle, page.crop, clean) for page in job.pages]
    out, facts = job.folder / job.file_name, DocumentFacts(**job.facts)

    def build(stamp: bool) -> BuiltPdf:
        return build_pdf(pages, out, facts, stamp=stamp, stop=stop, progress=told)

    is_old = read_backlog_code(job.code) is not None
    signing = ScanToSign(job.id, facts.scanned_by, is_result=is_old or bool(job.result))
    made = signed_scan(desk, signing, out, build, stop)
    flaw = flaw_of_scan((page.image_path, page.dpi) for page in pages)
    settle = partial(_settle, job_id=job.id, key=signing.key, made=made, flaw=flaw, at=desk.clock())
    if is_old:
        attach_old(desk, job.code, made.path, scanned=(facts.scanned_by, facts.scanned_at), then=settle)
    else:
        attach(desk, job.code, [made.path], component=job.component, result=job.result, then=settle)
    forget_signed(desk, signing.key)
    return made.notice


def _settle(session: Session, *, job_id: int, key: str, made: MadeDocument, flaw: Flaw | None, at: datetime) -> None:
    """The job is done; what is to be known of its document (it could not be signed) stays to be read."""
    job = session.get_one(ScanJob, job_id)
    job.state, job.message, job.sha256, job.settled_at = DONE, made.notice, made.sha256, at
    keep_look(session, made.sha256, flaw)
    settle_signature(session, key=key, at=at)


def _back(desk: DeskContext, job: _Claimed, state: str, message: str, **values: int) -> Outcome:
    with desk.database.write() as session:
        changed = update(ScanJob).where(ScanJob.id == job.id)
        session.execute(changed.values(state=state, message=message, **values))
    return Outcome(job.id, job.code, state, message)
