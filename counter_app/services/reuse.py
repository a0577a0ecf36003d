"""Papers that an applicant gave before, or was given: used again instead of scanning them once more.

The stored file is linked to the new dossier, the portal is told so (``DuocTaiSuDung``), and the histories of both
dossiers say it (45/2020 as amended by 107/2021: nothing is asked again that is already known).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from counter_app.errors import KnownError, UserError
from counter_app.models import (
    Applicant,
    BacklogResult,
    Document,
    DocumentReuse,
    Dossier,
    DossierComponent,
    ProcedureResult,
)
from counter_app.rules import lifecycle
from counter_app.rules.backlog import BacklogPlace, backlog_code
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.digitising import Treatment, same_paper, still_valid
from counter_app.rules.lifecycle import Status, Step
from counter_app.services import outgoing
from counter_app.services.desk import DeskContext
from counter_app.services.digitising_book import RuleBook, read_book
from counter_app.services.digitising_refresh import Paper, papers_of
from counter_app.services.history import append_event, moment_of_step
from counter_app.services.new_documents import named
from counter_app.services.reading import document_view
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.steps import find_dossier
from counter_app.services.values import DocumentView

MOST_OFFERS = 5
"""For one component, the latest first."""


class PaperSource(NamedTuple):
    """A document of an earlier dossier, or an older result; the other is 0."""

    document_id: int = 0
    backlog_id: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper that may stand for a component. ``code``: of the dossier or older result that it comes from."""

    component: str
    component_name: str
    source: PaperSource
    code: str
    name: str
    given_on: date
    pages: int
    is_result: bool
    """It was given to the applicant, not by them."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A stored file of the same person."""

    source: PaperSource
    code: str
    name: str
    is_result: bool
    given_on: date
    until: date | None
    file_name: str
    sha256: str
    size: int
    pages: int


def offers(desk: DeskContext, code: str) -> tuple[Offer, ...]:
    """What may be used again for the components of a dossier that have no file. UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        book, today = read_book(session), _today(desk)
        found = _of_person(session, desk, dossier)
        return tuple(
            offer
            for paper in papers_of(session, dossier.id)
            if _may_be_offered(paper)
            for offer in _offers(dossier, book, paper, found, today)
        )


def reuse(desk: DeskContext, code: str, component: str, source: PaperSource) -> DocumentView:
    """Use a paper again for a component of a dossier, told to the portal as such and in both histories.

    Raises UserError ``dossier_unknown``, ``reuse_not_possible`` (it is not this person's, not this paper or no
    longer valid); KnownError ``document_damaged``.
    """
    _check_file(desk, code, component, source)
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        paper, found = _chosen(session, desk, dossier, component, source)
        at, entered_at = moment_of_step(desk, dossier, None)
        with rules_apply():
            status = lifecycle.next_status(Status(dossier.status), Step.ATTACH)
        document = Document(
            component_code=component,
            file_name=found.file_name,
            sha256=found.sha256,
            size=found.size,
            pages=found.pages,
            added_at=entered_at,
            is_reused=True,
        )
        dossier.documents.append(document)
        append_event(
            desk,
            dossier,
            Step.ATTACH,
            at=at,
            entered_at=entered_at,
            status_after=status,
            due_after=dossier.due,
            reason=f"Tái sử dụng «{found.name}» của {found.code} cho «{paper.name}»",
            details={"component": component, "files": named([document]), "reused_from": found.code},
        )
        session.flush()
        _trace(desk, session, dossier, document, found, entered_at)
        outgoing.queue_uploads(session, dossier, [document], entered_at)
        return document_view(document)


def _trace(
    desk: DeskContext, session: Session, dossier: Dossier, document: Document, found: _Found, entered_at: datetime
) -> None:
    """Where the file came from; an earlier dossier's history says where it went. Its papers stay as they are."""
    session.add(
        DocumentReuse(
            document_id=document.id,
            source_id=found.source.document_id or None,
            backlog_id=found.source.backlog_id or None,
            at=entered_at,
            actor=desk.settings.clerk,
        )
    )
    if not found.source.document_id:
        return
    earlier = session.get_one(Dossier, session.get_one(Document, found.source.document_id).dossier_id)
    at, _ = moment_of_step(desk, earlier, None)
    append_event(
        desk,
        earlier,
        Step.CORRECT,
        at=at,
        entered_at=entered_at,
        status_after=Status(earlier.status),
        due_after=earlier.due,
        reason=f"«{found.name}» được tái sử dụng cho hồ sơ {dossier.code}",
        details={"reused_for": dossier.code, "files": named([document])},
    )


def _check_file(desk: DeskContext, code: str, component: str, source: PaperSource) -> None:
    """The bytes are read outside the unit of work that writes."""
    with desk.database.read() as session:
        _, found = _chosen(session, desk, find_dossier(session, code), component, source)
    problem = desk.documents.problem(found.sha256, found.size)
    if problem:
        raise KnownError(
            "document_damaged",
            f"Tệp «{found.file_name}» của {found.code} không dùng lại được: {problem}. Hãy quét giấy tờ này.",
        )


def _chosen(
    session: Session, desk: DeskContext, dossier: Dossier, component: str, source: PaperSource
) -> tuple[Paper, _Found]:
    book, today = read_book(session), _today(desk)
    paper = next(
        (one for one in papers_of(session, dossier.id) if one.code == component and _may_be_offered(one)), None
    )
    of_person = {one.source: one for one in _of_person(session, desk, dossier)}
    found = of_person.get(source)
    if paper is None or found is None or not _fits(dossier, book, paper, found, today):
        raise UserError(
            "reuse_not_possible",
            "Giấy tờ này không dùng lại được: không phải của người nộp, khác loại, hết giá trị, hoặc thành phần đã có "
            "tệp. Hãy quét giấy tờ.",
        )
    return paper, found


def _may_be_offered(paper: Paper) -> bool:
    return paper.kind == "component" and not paper.files and paper.decision.treatment is not Treatment.SECRET


def _offers(dossier: Dossier, book: RuleBook, paper: Paper, found: list[_Found], today: date) -> Iterator[Offer]:
    """The latest of each file first."""
    seen: set[str] = set()
    for one in found:
        if len(seen) < MOST_OFFERS and one.sha256 not in seen and _fits(dossier, book, paper, one, today):
            seen.add(one.sha256)
            yield Offer(paper.code, paper.name, one.source, one.code, one.name, one.given_on, one.pages, one.is_result)


def _fits(dossier: Dossier, book: RuleBook, paper: Paper, found: _Found, today: date) -> bool:
    rule = book.rule(dossier.procedure.code, (paper.kind, paper.code))
    months = rule.valid_months if rule else None
    return same_paper(paper.name, found.name, found.is_result) and still_valid(
        found.given_on, months, found.until, today
    )


def _of_person(session: Session, desk: DeskContext, dossier: Dossier) -> list[_Found]:
    """Every stored file of the applicant, known by a number and never by a name; the latest first."""
    applicant = dossier.applicant
    if applicant.personal_number:
        same = Applicant.personal_number == applicant.personal_number
    elif applicant.tax_code:
        same = Applicant.tax_code == applicant.tax_code
    else:
        return []
    found = [*_components(session, same, dossier.id), *_results(session, same, dossier.id)]
    number = applicant.personal_number or applicant.tax_code
    found += _older(session, desk, number)
    return sorted(found, key=lambda one: one.given_on, reverse=True)


def _components(session: Session, same: ColumnElement[bool], own: int) -> Iterator[_Found]:
    named_by = (DossierComponent.dossier_id == Document.dossier_id) & (DossierComponent.code == Document.component_code)
    return _files(session, same, own, DossierComponent, named_by & (Document.component_code != ""), is_result=False)


def _results(session: Session, same: ColumnElement[bool], own: int) -> Iterator[_Found]:
    named_by = (ProcedureResult.procedure_id == Dossier.procedure_id) & (ProcedureResult.code == Document.result_code)
    return _files(session, same, own, ProcedureResult, named_by & (Document.result_code != ""), is_result=True)


def _files(
    session: Session,
    same: ColumnElement[bool],
    own: int,
    paper: type[DossierComponent | ProcedureResult],
    named_by: ColumnElement[bool],
    *,
    is_result: bool,
) -> Iterator[_Found]:
    """The person's files in other dossiers, each with the name of its paper."""
    query = (
        select(Document, Dossier.code, paper.name)
        .join(Dossier, Dossier.id == Document.dossier_id)
        .join(Applicant, Applicant.id == Dossier.applicant_id)
        .join(paper, named_by)
        .where(same, Dossier.id != own, Document.pages > 0, Document.id.not_in(_SIGNED))
    )
    for document, code, name in session.execute(query):
        yield _found(document, code, name, is_result=is_result)


_SIGNED = select(Document.signed_from_id).where(Document.signed_from_id.is_not(None))
"""Documents of which there is one with the office's signature: that one is offered."""


def _found(document: Document, code: str, name: str, *, is_result: bool) -> _Found:
    return _Found(
        source=PaperSource(document_id=document.id),
        code=code,
        name=name,
        is_result=is_result,
        given_on=document.added_at.astimezone(VIETNAM).date(),
        until=None,
        file_name=document.file_name,
        sha256=document.sha256,
        size=document.size,
        pages=document.pages,
    )


def _older(session: Session, desk: DeskContext, number: str) -> Iterator[_Found]:
    query = select(BacklogResult).where(
        BacklogResult.owner_number == number, BacklogResult.sha256.is_not(None), BacklogResult.pages > 0
    )
    for row in session.scalars(query):
        place = BacklogPlace(row.batch_id, row.position)
        yield _Found(
            source=PaperSource(backlog_id=row.id),
            code=backlog_code(desk.settings.office, place),
            name=row.kind,
            is_result=True,
            given_on=row.issued_on,
            until=row.valid_until,
            file_name=row.file_name,
            sha256=row.sha256 or "",
            size=row.size,
            pages=row.pages,
        )


def _today(desk: DeskContext) -> date:
    return desk.clock().astimezone(VIETNAM).date()
