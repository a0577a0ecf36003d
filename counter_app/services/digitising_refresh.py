"""Working out how far dossiers are digitised, a few hundred at a time, for those that have moved on since.

Every step of a dossier raises its revision; a state of another revision is stale. So nothing that changes a dossier
has to know of the rate, and a rule that changes makes the states of its procedure stale.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from counter_app.models import (
    DigitisingChoice,
    DigitisingState,
    DigitisingTodo,
    Document,
    DocumentLook,
    Dossier,
    DossierComponent,
    DossierEvent,
    PortalFile,
    Procedure,
    ProcedureResult,
)
from counter_app.rules.digitising import (
    Decision,
    Flaw,
    PaperKind,
    Quality,
    ScanFile,
    Treatment,
    add_up,
    expected_images,
    files_that_count,
    quality,
)
from counter_app.rules.lifecycle import Status, Step
from counter_app.services.desk import DeskContext
from counter_app.services.digitising_book import Place, RuleBook, read_book
from counter_app.services.insertion import insert_rows

AT_A_TIME = 400
"""Dossiers worked out in one unit of work, before whoever shares the window's worker gets a turn."""

RESULT_IS_THERE = (Status.FINISHED, Status.RETURNED)
NOTHING_TO_DO = (Status.REGISTERED, Status.REFUSED, Status.WITHDRAWN, Status.STOPPED)
"""Statuses of dossiers whose papers nobody is asked to scan any more, or not yet."""


class Choice(NamedTuple):
    """What was said of one paper of a dossier."""

    treatment: Treatment | None
    reason: str
    pages: int | None
    noted: int

    @property
    def images(self) -> int | None:
        """Images that the paper must have, where its pages were counted."""
        return None if self.pages is None else expected_images(self.pages, self.noted)


NO_CHOICE = Choice(None, "", None, 0)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of a dossier as the rate sees it. ``files``: those that count, a document and its signed one once.

    ``images``: how many it must have, None where nobody counted. ``since``: since when it must be scanned.
    """

    kind: PaperKind
    code: str
    name: str
    decision: Decision
    choice: Choice
    handed_in: bool
    files: tuple[ScanFile, ...]
    since: datetime

    @property
    def wanted(self) -> bool:
        """Whether it must be scanned and is there to be scanned."""
        return self.handed_in and self.decision.treatment is Treatment.SCAN

    @property
    def quality(self) -> Quality:
        """How far it is; nothing for a paper that need not be scanned."""
        return quality(self.files, self.choice.images) if self.wanted else Quality()

    @property
    def trouble(self) -> str:
        """missing, unreadable, images, coarse, gray, or "" where nothing is to be done."""
        found = self.quality
        if not found.wanted or found.sound:
            return ""
        if not found.complete:
            return "missing"
        if not found.whole:
            return "unreadable"
        flaw = next((one.flaw for one in self.files if one.flaw), None)
        pages = sum(one.pages for one in self.files)
        return "images" if flaw is None or pages != (self.choice.images or pages) else flaw.value


@dataclass
class _Facts:
    """What is read of one dossier."""

    id: int
    revision: int
    status: str
    procedure_id: int
    procedure_code: str
    on_the_spot: bool
    received_at: datetime
    finished_at: datetime | None
    clerk: str = ""
    components: list[tuple[str, str, int, int]] = field(default_factory=list)
    results: Sequence[tuple[str, str]] = ()
    files: dict[Place, list[ScanFile]] = field(default_factory=lambda: defaultdict(list))
    choices: dict[Place, Choice] = field(default_factory=dict)
    result_comes: bool = False
    """The portal holds the result, and its file is on its way here."""


def refresh_some(desk: DeskContext, after: int = 0) -> int | None:
    """Work out the stale states of the next dossiers behind the id ``after``; where to go on, None at the end."""
    with desk.database.read() as session:
        ids = session.scalars(_STALE.where(Dossier.id > after).order_by(Dossier.id).limit(AT_A_TIME)).all()
    if not ids:
        return None
    with desk.database.write() as session:
        work_out(session, ids)
    return ids[-1] if len(ids) == AT_A_TIME else None


def refresh_all(desk: DeskContext, go_on: Callable[[], bool] = lambda: True) -> bool:
    """Work out whatever is stale; False when ``go_on`` said to stop before the end."""
    after: int | None = 0
    while after is not None:
        if not go_on():
            return False
        after = refresh_some(desk, after)
    return True


def work_out(session: Session, ids: Sequence[int]) -> None:
    """Write state and to-do of these dossiers anew, inside the caller's unit of work."""
    book = read_book(session)
    session.execute(delete(DigitisingState).where(DigitisingState.dossier_id.in_(ids)))
    session.execute(delete(DigitisingTodo).where(DigitisingTodo.dossier_id.in_(ids)))
    states, todo = [], []
    for facts in _read(session, ids):
        papers = tuple(_papers(facts, book))
        states.append(_state(facts, papers))
        if facts.status not in NOTHING_TO_DO:
            todo += [_todo(facts, paper) for paper in papers if paper.trouble]
    insert_rows(session, states)
    insert_rows(session, todo)


def papers_of(session: Session, dossier_id: int) -> tuple[Paper, ...]:
    """Every paper of a dossier with how it is treated and how far it is."""
    return tuple(_papers(next(_read(session, [dossier_id])), read_book(session)))


def _state(facts: _Facts, papers: Sequence[Paper]) -> DigitisingState:
    numbers = {
        f"{kind}_{name}": value
        for kind in PaperKind
        for name, value in add_up(one.quality for one in papers if one.kind is kind)._asdict().items()
    }
    return DigitisingState(dossier_id=facts.id, revision=facts.revision, clerk=facts.clerk, **numbers)


def _todo(facts: _Facts, paper: Paper) -> DigitisingTodo:
    return DigitisingTodo(
        dossier_id=facts.id,
        kind=paper.kind.value,
        code=paper.code,
        name=paper.name,
        trouble=paper.trouble,
        since=paper.since,
        clerk=facts.clerk,
    )


def _papers(facts: _Facts, book: RuleBook) -> Iterator[Paper]:
    for code, name, originals, copies in facts.components:
        place = (PaperKind.COMPONENT.value, code)
        choice, files = facts.choices.get(place, NO_CHOICE), files_that_count(facts.files.get(place, ()))
        decision = book.component(facts.procedure_code, code, name, originals, copies, choice.treatment)
        handed_in = bool(originals or copies or files)
        yield Paper(PaperKind.COMPONENT, code, name, decision, choice, handed_in, files, facts.received_at)
    yield from _results(facts, book)


def _results(facts: _Facts, book: RuleBook) -> Iterator[Paper]:
    """The results that have a file, or the first that must be scanned: which of them was given is not known."""
    if facts.status not in RESULT_IS_THERE or facts.result_comes:
        return
    found = []
    for code, name in facts.results:
        place = (PaperKind.RESULT.value, code)
        choice, files = facts.choices.get(place, NO_CHOICE), files_that_count(facts.files.get(place, ()))
        decision = book.result(facts.procedure_code, code, name, on_the_spot=facts.on_the_spot, own=choice.treatment)
        since = facts.finished_at or facts.received_at
        found.append(Paper(PaperKind.RESULT, code, name, decision, choice, True, files, since))
    scanned = [one for one in found if one.files]
    yield from scanned or sorted(found, key=lambda one: one.decision.treatment is not Treatment.SCAN)[:1]


def _read(session: Session, ids: Sequence[int]) -> Iterator[_Facts]:
    dossiers = {
        row[0]: _Facts(*row)
        for row in session.execute(
            select(
                Dossier.id,
                Dossier.revision,
                Dossier.status,
                Dossier.procedure_id,
                Procedure.code,
                Dossier.limit_unit == "on_the_spot",
                Dossier.received_at,
                Dossier.finished_at,
            )
            .join(Dossier.procedure)
            .where(Dossier.id.in_(ids))
        )
    }
    _read_papers(session, dossiers)
    _read_clerks(session, dossiers)
    results: dict[int, list[tuple[str, str]]] = defaultdict(list)
    kinds = {one.procedure_id for one in dossiers.values()}
    for procedure_id, code, name in session.execute(
        select(ProcedureResult.procedure_id, ProcedureResult.code, ProcedureResult.name)
        .where(ProcedureResult.procedure_id.in_(kinds))
        .order_by(ProcedureResult.id)
    ):
        results[procedure_id].append((code, name))
    for facts in dossiers.values():
        facts.results = results[facts.procedure_id]
        yield facts


def _read_papers(session: Session, dossiers: dict[int, _Facts]) -> None:
    for dossier_id, code, name, originals, copies in session.execute(
        select(
            DossierComponent.dossier_id,
            DossierComponent.code,
            DossierComponent.name,
            DossierComponent.originals,
            DossierComponent.copies,
        )
        .where(DossierComponent.dossier_id.in_(dossiers))
        .order_by(DossierComponent.dossier_id, DossierComponent.position)
    ):
        dossiers[dossier_id].components.append((code, name, originals, copies))
    _read_files(session, dossiers)
    coming = select(PortalFile.dossier_id).where(
        PortalFile.dossier_id.in_(dossiers), PortalFile.result_code != "", PortalFile.state == "waiting"
    )
    for dossier_id in session.scalars(coming):
        dossiers[dossier_id].result_comes = True
    for row in session.scalars(select(DigitisingChoice).where(DigitisingChoice.dossier_id.in_(dossiers))):
        treatment = Treatment(row.treatment) if row.treatment else None
        dossiers[row.dossier_id].choices[row.kind, row.code] = Choice(treatment, row.reason, row.pages, row.noted)


def _read_files(session: Session, dossiers: dict[int, _Facts]) -> None:
    rows = session.execute(
        select(
            Document.id,
            Document.dossier_id,
            Document.component_code,
            Document.result_code,
            Document.pages,
            Document.signed_from_id,
            DocumentLook.flaw,
        )
        .outerjoin(DocumentLook, DocumentLook.sha256 == Document.sha256)
        .where(Document.dossier_id.in_(dossiers))
        .order_by(Document.id)
    ).all()
    signed = {row.signed_from_id for row in rows}
    for row in rows:
        if row.id not in signed:
            kind = PaperKind.RESULT if row.result_code else PaperKind.COMPONENT
            place = (kind.value, row.result_code or row.component_code)
            dossiers[row.dossier_id].files[place].append(ScanFile(row.pages, Flaw(row.flaw) if row.flaw else None))


def _read_clerks(session: Session, dossiers: dict[int, _Facts]) -> None:
    """Who received each: the rate of a clerk is of what they took in."""
    query = (
        select(DossierEvent.dossier_id, DossierEvent.actor, func.min(DossierEvent.number))
        .where(DossierEvent.dossier_id.in_(dossiers), DossierEvent.step.in_((Step.RECEIVE, Step.ACCEPT)))
        .group_by(DossierEvent.dossier_id)
    )
    for dossier_id, actor, _ in session.execute(query):
        dossiers[dossier_id].clerk = actor


_STALE = (
    select(Dossier.id)
    .outerjoin(DigitisingState, DigitisingState.dossier_id == Dossier.id)
    .where(or_(DigitisingState.dossier_id.is_(None), DigitisingState.revision != Dossier.revision))
)
"""Dossiers whose state was never worked out, or was before their last step."""
