"""Writes the messages to the portal, in the transaction of the change that they tell of (design, section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from uuid6 import uuid7

from counter_app.models import Document, Dossier, DossierEvent, Office, OutboxMessage, Procedure
from counter_app.rules.dossier_code import result_code
from counter_app.rules.fees import PORTAL_NUMBERS, CollectOn
from counter_app.rules.lifecycle import Status, Step, portal_number, step_label
from counter_app.services.history import standing
from counter_app.services.insertion import insert_row, insert_rows
from counter_app.sync.messages import (
    ApplicantKind,
    BuiltMessage,
    Channel,
    DossierMessage,
    Fee,
    FeeDue,
    HandedInAt,
    Identity,
    IdentityKind,
    MessageKind,
    NamedDocument,
    PaperWithoutFile,
    ResultPaper,
    ReturnBy,
    StepMessage,
    Supplement,
    create_message,
    step_message,
    update_message,
)

CHANNEL = {"counter": Channel.COUNTER, "online": Channel.ONLINE, "postal": Channel.POSTAL}
KIND = {
    "person": ApplicantKind.PERSON,
    "enterprise": ApplicantKind.ENTERPRISE,
    "organisation": ApplicantKind.ORGANISATION,
}
RETURN_BY = {"counter": ReturnBy.COUNTER, "post": ReturnBy.POST, "online": ReturnBy.ONLINE}

SILENT_STEPS = frozenset({Step.REGISTER, Step.RECEIVE, Step.ATTACH, Step.CORRECT, Step.EXEMPT, Step.REFUND})
"""Steps that the dossier's record itself tells of: no step message of their own."""

_WHOLE = (
    select(Dossier)
    .options(
        joinedload(Dossier.applicant),
        joinedload(Dossier.procedure).joinedload(Procedure.field),
        joinedload(Dossier.procedure).selectinload(Procedure.results),
        *(selectinload(part) for part in (Dossier.components, Dossier.fees, Dossier.events, Dossier.documents)),
    )
    .execution_options(populate_existing=True)
)
"""Dossiers with all that a record tells of, as the database has them now."""


def queue_create(session: Session, dossier: Dossier, office: Office, now: datetime) -> None:
    """The record of a new dossier, its first message; its documents follow by ``queue_uploads``."""
    session.flush()
    message = create_message(dossier_message(dossier, office, documents=()))
    insert_row(session, _row(dossier, message, 1, now))


def queue_step(session: Session, dossier: Dossier, event: DossierEvent, office: Office, now: datetime) -> None:
    """A step of the lifecycle, then the record as it stands after it."""
    step = Step(event.step)
    # An online dossier is known to the portal before it is received, so its reception is a step like any other.
    if step not in SILENT_STEPS or (step is Step.RECEIVE and event.status_before is not None):
        message = step_message(
            StepMessage(
                code=dossier.code,
                handler=event.actor,
                at=event.at,
                status=portal_number(Status(event.status_after)),
                unit=event.unit or dossier.unit,
                content=f"{step_label(step)}: {event.reason}" if event.reason else step_label(step),
                started_at=dossier.received_at,
                due=dossier.due,
            )
        )
        _put(session, dossier, message, now)
    queue_update(session, dossier, office, now)


def queue_update(session: Session, dossier: Dossier, office: Office, now: datetime) -> None:
    """The record as it stands, naming every document that the portal holds whole."""
    _put(session, dossier, update_message(dossier_message(dossier, office, dossier.documents)), now)


def queue_updates(session: Session, dossier_ids: Sequence[int], office: Office, now: datetime) -> None:
    """The records of many dossiers as they stand: as many statements for a thousand dossiers as for one."""
    session.flush()
    numbers = select(OutboxMessage.dossier_id, func.max(OutboxMessage.number)).group_by(OutboxMessage.dossier_id)
    last = dict(session.execute(numbers.where(OutboxMessage.dossier_id.in_(dossier_ids))).all())
    dossiers = session.scalars(_WHOLE.where(Dossier.id.in_(dossier_ids)).order_by(Dossier.id)).all()
    messages = [update_message(dossier_message(one, office, one.documents)) for one in dossiers]
    told = zip(dossiers, messages, strict=True)
    insert_rows(session, [_row(one, message, last.get(one.id, 0) + 1, now) for one, message in told])


def queue_uploads(session: Session, dossier: Dossier, documents: Sequence[Document], now: datetime) -> None:
    """Documents to be uploaded; each is named by an update once it is whole."""
    for document in documents:
        _put(session, dossier, BuiltMessage(MessageKind.UPLOAD, b""), now, document_id=document.id)


def _put(
    session: Session, dossier: Dossier, message: BuiltMessage, now: datetime, document_id: int | None = None
) -> None:
    session.flush()
    last = session.scalar(select(func.max(OutboxMessage.number)).where(OutboxMessage.dossier_id == dossier.id))
    session.add(_row(dossier, message, (last or 0) + 1, now, document_id))


def _row(
    dossier: Dossier, message: BuiltMessage, number: int, now: datetime, document_id: int | None = None
) -> OutboxMessage:
    return OutboxMessage(
        key=str(UUID(int=uuid7().int)),
        dossier_id=dossier.id,
        dossier_code=dossier.code,
        number=number,
        kind=message.kind.value,
        payload=message.payload,
        document_id=document_id,
        revision=dossier.revision,
        next_attempt_at=now,
        created_at=now,
    )


def dossier_message(dossier: Dossier, office: Office, documents: Sequence[Document]) -> DossierMessage:
    """The dossier in the portal's vocabulary; of ``documents`` only those uploaded whole are named."""
    applicant = dossier.applicant
    whole = [item for item in documents if item.uploaded_at is not None and item.upload_url and not item.from_portal]
    with_file = {item.component_code for item in dossier.documents if item.component_code}
    return DossierMessage(
        code=dossier.code,
        procedure_code=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        field_code=dossier.procedure.field.code,
        field_name=dossier.procedure.field.name,
        channel=CHANNEL[dossier.channel],
        applicant_name=applicant.name,
        applicant_kind=KIND[applicant.kind],
        applicant_paper=applicant.personal_number or applicant.tax_code,
        identities=_identities(dossier),
        email=applicant.email,
        phone=applicant.phone,
        summary=dossier.procedure.name,
        handed_in_at=_handed_in_at(dossier),
        received_at=dossier.received_at,
        due=dossier.due,
        status=portal_number(Status(dossier.status)),
        returned_at=dossier.returned_at,
        return_by=RETURN_BY[dossier.return_by],
        finished_at=dossier.finished_at,
        refused_at=_refused_at(dossier),
        handling_unit=dossier.unit or office.name,
        handed_in=HandedInAt.PORTAL if dossier.channel == "online" else HandedInAt.DESK,
        digitised=bool(with_file),
        online_payment=any(fee.method == "online" for fee in dossier.fees),
        note=dossier.note,
        documents=tuple(
            NamedDocument(
                item.upload_url or "", item.sha256, item.file_name, item.component_code, reused=item.is_reused
            )
            for item in whole
            if not item.result_code
        ),
        papers=tuple(
            PaperWithoutFile(item.name, item.originals + item.copies)
            for item in dossier.components
            if item.originals + item.copies and item.code not in with_file
        ),
        fees=tuple(
            Fee(item.code, item.name, item.amount, FeeDue(PORTAL_NUMBERS[CollectOn(item.collect_on)]))
            for item in dossier.fees
        ),
        supplements=_supplements(dossier),
        results=_results(dossier, whole),
        held=dossier.portal_told or {},
    )


def _handed_in_at(dossier: Dossier) -> datetime:
    """NgayNopHoSo: an online dossier was handed in before it was received; its answer clock runs from then."""
    first = dossier.events[0] if dossier.events else None
    return first.at if first is not None and first.step == Step.REGISTER else dossier.received_at


def _identities(dossier: Dossier) -> tuple[Identity, ...]:
    applicant = dossier.applicant
    found = []
    if applicant.personal_number:
        found.append(Identity(IdentityKind.PERSONAL_NUMBER, applicant.personal_number))
    if applicant.tax_code:
        found.append(Identity(IdentityKind.TAX_CODE, applicant.tax_code))
    return tuple(found)


def _refused_at(dossier: Dossier) -> datetime | None:
    return next((event.at for event in dossier.events if event.step == Step.REFUSE), None)


def _supplements(dossier: Dossier) -> tuple[Supplement, ...]:
    """Each supplement request with its answer, in the order of the history; not those that were taken back.

    The number of one that was taken back is not given again: the portal may know another request by it.
    """
    found: list[Supplement] = []
    requests = [event.number for event in dossier.events if event.step == Step.REQUEST_SUPPLEMENT]
    for event in standing(dossier.events):
        if event.step == Step.REQUEST_SUPPLEMENT:
            found.append(
                Supplement(
                    id=f"{dossier.code}-BS{requests.index(event.number) + 1}",
                    requested_by=event.actor,
                    content=event.reason,
                    requested_at=event.at,
                    due_before=event.due_before,
                )
            )
        elif event.step == Step.SUPPLEMENT and found:
            asked = found[-1]
            found[-1] = Supplement(
                id=asked.id,
                requested_by=asked.requested_by,
                content=asked.content,
                requested_at=asked.requested_at,
                received_by=event.actor,
                received_note=event.reason,
                received_at=event.at,
                status="2",
                papers=tuple(str(paper["name"]) for paper in event.details.get("components", ())),
                due_before=asked.due_before,
                due_after=event.due_after,
            )
    return tuple(found)


def _results(dossier: Dossier, whole: Sequence[Document]) -> tuple[ResultPaper, ...]:
    """The desk's own results under the numbers that they were stored by, one file a number.

    A record replaces the list as it was told before: the signed file takes the place of the one that it was made of,
    once the portal holds it whole.
    """
    names = {item.code: item.name for item in dossier.procedure.results}
    replaced = {item.signed_from_id for item in whole}
    return tuple(
        ResultPaper(
            name=names.get(item.result_code, item.file_name),
            component_code=item.result_code,
            paper_id=item.sha256,
            url=item.upload_url or "",
            result_code=result_code(dossier.code, item.result_number or 0),
        )
        for item in whole
        if item.result_code and item.id not in replaced
    )
