"""Correcting the entries of a received dossier: a trace of every change, one word to the portal, new papers.

Never the dossier's code; its procedure and its dates have rules of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Applicant, Dossier
from counter_app.rules import lifecycle
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, Step, step_label
from counter_app.services.applicant_checks import checked_applicant
from counter_app.services.completeness import MOST_COPIES, missing_papers, paper_names
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.history import append_event, moment_of_step
from counter_app.services.mend import Stuck, stuck_of, tell_portal
from counter_app.services.numbering import next_in_year
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import facts_now, frozen
from counter_app.services.reading import applicant_data
from counter_app.services.receive import applicant_row, money_state
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.search_text import search_text
from counter_app.services.steps import find_dossier
from counter_app.services.values import RETURN_WAYS, ApplicantData, FeeView

FIELD_OF_REFUSAL = {"applicant_invalid": "name", "impossible_date": "birth_date"}
"""The entry of a person that a refusal is about."""

PAPER_STILL_GOOD = frozenset(lifecycle.OPEN | {Status.FINISHED})
"""Statuses in which the applicant still needs a receipt: to come back with it."""

MOST_MONEY = 9_999_999_999
"""Đồng; more is a typing error."""


@dataclass(frozen=True, slots=True)
class PaperCount:
    """How many originals and copies of a component lie on the desk."""

    code: str
    originals: int
    copies: int


@dataclass(frozen=True, slots=True)
class FeeAmount:
    """What is to be paid of a fee, in đồng."""

    code: str
    amount: int


@dataclass(frozen=True, slots=True)
class Correction:
    """The entries as they should be, all of them; components and fees left out stay as they are.

    ``revision``: of the dossier as the clerk saw it. ``fees``: only those not paid yet.
    """

    revision: int
    applicant: ApplicantData
    submitter: ApplicantData | None
    return_by: str
    sets: int
    note: str
    components: tuple[PaperCount, ...] = ()
    fees: tuple[FeeAmount, ...] = ()


@dataclass(frozen=True, slots=True)
class Correctable:
    """A dossier as it stands, for the clerk to correct. ``names`` of components by code; ``fees`` with the paid."""

    code: str
    status: str
    entries: Correction
    names: dict[str, str]
    fees: tuple[FeeView, ...]
    stuck: Stuck | None


@dataclass(frozen=True, slots=True)
class Change:
    """One entry: ``applicant.phone``, ``submitter.name``, ``return_by``, ``component.TP01.copies``, ``fee.LP01`` …

    ``name`` of the component or fee; a date as ISO 8601.
    """

    field: str
    before: str | int
    after: str | int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """``receipt_number``: of the receipt issued anew, None where nothing that it says was changed.

    ``mended``: keys of messages that the portal had refused and that go again with the right entries.
    """

    dossier_id: int
    code: str
    event_number: int
    changes: tuple[Change, ...]
    receipt_number: int | None
    mended: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def correctable(desk: DeskContext, code: str) -> Correctable:
    """The entries of a dossier as they stand. Raises UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        return Correctable(
            code=dossier.code,
            status=dossier.status,
            entries=Correction(
                revision=dossier.revision,
                applicant=applicant_data(dossier.applicant),
                submitter=applicant_data(dossier.submitter) if dossier.submitter else None,
                return_by=dossier.return_by,
                sets=dossier.sets,
                note=dossier.note,
                components=tuple(PaperCount(item.code, item.originals, item.copies) for item in dossier.components),
                fees=tuple(FeeAmount(fee.code, fee.amount) for fee in dossier.fees if fee.paid_at is None),
            ),
            names={item.code: item.name for item in dossier.components},
            fees=tuple(FeeView(fee.code, fee.name, fee.amount, None, fee.paid_at, fee.method) for fee in dossier.fees),
            stuck=stuck_of(session, dossier.id),
        )


def correct(desk: DeskContext, code: str, wanted: Correction, reason: str) -> Corrected:
    """Correct a dossier's entries in one transaction with the trace and the word to the portal.

    Where the applicant holds a receipt that says otherwise, a new one is issued. Raises UserError
    ``dossier_unknown``, ``reason_missing``, ``dossier_changed`` (somebody else was faster), ``nothing_changed``,
    ``applicant_invalid``, ``impossible_date``, ``return_unknown``, ``return_fixed``, ``sets_invalid``,
    ``component_unknown``, ``component_invalid``, ``fee_unknown``, ``fee_paid``, ``fee_invalid``; its details name
    the entry as ``field``.
    """
    reason = plain(reason)
    if not reason:
        raise UserError("reason_missing", "Hãy ghi lý do sửa thông tin, ví dụ: gõ nhầm số điện thoại.", field="reason")
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        _check_revision(dossier, wanted.revision)
        office = office_row(session, desk)
        at, entered_at = moment_of_step(desk, dossier, None)
        with rules_apply():
            status = lifecycle.next_status(Status(dossier.status), Step.CORRECT)
        before = facts_now(desk, dossier, office)
        changes, warnings = _apply(session, dossier, wanted, at)
        if not changes:
            raise UserError("nothing_changed", "Chưa có thông tin nào khác trước. Hãy sửa mục bị sai rồi lưu.")
        dossier.search_text = search_text(dossier)
        facts = facts_now(desk, dossier, office)
        held = any(event.form == "receipt" for event in dossier.events) and status in PAPER_STILL_GOOD
        form = "receipt" if held and facts != before else None
        event = append_event(
            desk,
            dossier,
            Step.CORRECT,
            at=at,
            entered_at=entered_at,
            status_after=status,
            due_after=dossier.due,
            reason=reason,
            form=form,
            form_number=(
                next_in_year(session, "form:receipt", office.code, at.astimezone(VIETNAM).year) if form else None
            ),
            details={"changes": [_written(change) for change in changes], **(frozen(facts) if form else {})},
        )
        mended = tell_portal(session, dossier, office, entered_at)
        return Corrected(
            dossier.id, dossier.code, event.number, tuple(changes), event.form_number, mended, tuple(warnings)
        )


def _check_revision(dossier: Dossier, revision: int) -> None:
    if dossier.revision == revision:
        return
    last = dossier.events[-1]
    raise UserError(
        "dossier_changed",
        f"Hồ sơ {dossier.code} vừa được thay đổi: {step_label(Step(last.step)).lower()}, {last.actor}, "
        f"{last.entered_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}. Hãy đóng, mở lại để xem bản mới rồi sửa.",
    )


def _written(change: Change) -> dict[str, Any]:
    named = {"name": change.name} if change.name else {}
    return {"field": change.field, "before": change.before, "after": change.after, **named}


def _apply(session: Session, dossier: Dossier, wanted: Correction, at: datetime) -> tuple[list[Change], list[str]]:
    """Write what differs into the dossier; the changes, and what the clerk should mind."""
    today = at.astimezone(VIETNAM).date()
    changes, warnings = _change_people(session, dossier, wanted, at, today)
    changes += _change_terms(dossier, wanted)
    counted = _change_counts(dossier, wanted.components)
    changes += counted
    changes += _change_fees(dossier, wanted.fees)
    missing = missing_papers(dossier) if counted else []
    if missing:
        warnings.append(f"Hồ sơ còn thiếu giấy tờ bắt buộc: {paper_names(missing)}. Hãy yêu cầu bổ sung.")
    return changes, warnings


def _change_people(
    session: Session, dossier: Dossier, wanted: Correction, at: datetime, today: date
) -> tuple[list[Change], list[str]]:
    changes: list[Change] = []
    warnings: list[str] = []
    applicant = _checked(dossier.applicant, wanted.applicant, "applicant", "chủ hồ sơ", today)
    if applicant is not None:
        changes += applicant[1]
        warnings += applicant[2]
        dossier.applicant = _row(session, applicant[0], at)
    if wanted.submitter is None and dossier.submitter is not None:
        changes += _differences("submitter", applicant_data(dossier.submitter), ApplicantData())
        dossier.submitter = None
    elif wanted.submitter is not None:
        submitter = _checked(dossier.submitter, wanted.submitter, "submitter", "người nộp", today)
        if submitter is not None:
            changes += submitter[1]
            warnings += submitter[2]
            dossier.submitter = _row(session, submitter[0], at)
    return changes, warnings


def _checked(
    current: Applicant | None, wanted: ApplicantData, which: str, who: str, today: date
) -> tuple[ApplicantData, list[Change], tuple[str, ...]] | None:
    """The person in normal form, what differs and the warnings; None where nothing differs."""
    kept = applicant_data(current) if current is not None else ApplicantData()
    if wanted == kept and current is not None:
        return None
    try:
        clean, warnings = checked_applicant(wanted, today, who)
    except UserError as error:
        field = f"{which}.{FIELD_OF_REFUSAL.get(error.kind, '')}".rstrip(".")
        raise UserError(error.kind, error.message, field=field) from error
    changes = _differences(which, kept, clean)
    return (clean, changes, warnings) if changes else None


def _row(session: Session, person: ApplicantData, at: datetime) -> Applicant:
    """A row that other dossiers share is never rewritten: each keeps what was written for it."""
    return session.get_one(Applicant, applicant_row(session, person, at).id)


def _differences(which: str, before: ApplicantData, after: ApplicantData) -> list[Change]:
    values = [
        (name, _plain_value(getattr(before, name)), _plain_value(getattr(after, name)))
        for name in ApplicantData.__dataclass_fields__
    ]
    return [Change(f"{which}.{name}", old, new) for name, old, new in values if old != new]


def _plain_value(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _change_terms(dossier: Dossier, wanted: Correction) -> list[Change]:
    if wanted.return_by not in RETURN_WAYS:
        raise UserError(
            "return_unknown",
            f"Cách trả «{wanted.return_by}» không có. Hãy chọn: {', '.join(RETURN_WAYS)}.",
            field="return_by",
        )
    if wanted.return_by != dossier.return_by and dossier.status == Status.RETURNED:
        raise UserError(
            "return_fixed", "Kết quả đã trả nên không đổi cách trả được nữa. Hãy để như cũ.", field="return_by"
        )
    if not 1 <= wanted.sets <= MOST_COPIES:
        raise UserError("sets_invalid", f"Số lượng hồ sơ (bộ) phải từ 1 đến {MOST_COPIES}.", field="sets")
    changes = []
    for name, value in (("return_by", wanted.return_by), ("sets", wanted.sets), ("note", plain(wanted.note))):
        if getattr(dossier, name) != value:
            changes.append(Change(name, getattr(dossier, name), value))
            setattr(dossier, name, value)
    return changes


def _change_counts(dossier: Dossier, counts: Sequence[PaperCount]) -> list[Change]:
    rows = {item.code: item for item in dossier.components}
    changes = []
    for count in counts:
        field = f"component.{count.code}"
        if count.code not in rows:
            raise UserError(
                "component_unknown",
                f"Hồ sơ không có thành phần «{count.code}» (có: {', '.join(rows) or 'không có'}).",
                field="components",
            )
        row = rows[count.code]
        for name in ("originals", "copies"):
            value = getattr(count, name)
            if not 0 <= value <= MOST_COPIES:
                raise UserError(
                    "component_invalid",
                    f"Số bản của thành phần «{count.code}» phải từ 0 đến {MOST_COPIES}.",
                    field=f"{field}.{name}",
                )
            if getattr(row, name) != value:
                changes.append(Change(f"{field}.{name}", getattr(row, name), value, row.name))
                setattr(row, name, value)
    return changes


def _change_fees(dossier: Dossier, amounts: Sequence[FeeAmount]) -> list[Change]:
    rows = {fee.code: fee for fee in dossier.fees}
    changes = []
    for wanted in amounts:
        field = f"fee.{wanted.code}"
        if wanted.code not in rows:
            raise UserError(
                "fee_unknown",
                f"Hồ sơ không có khoản thu «{wanted.code}» (có: {', '.join(rows) or 'không có'}).",
                field="fees",
            )
        row = rows[wanted.code]
        if row.amount == wanted.amount:
            continue
        if row.paid_at is not None:
            raise UserError(
                "fee_paid",
                f"Khoản «{row.name}» đã thu nên không sửa số tiền. Hãy hoàn trả hoặc thu thêm theo quy định.",
                field=field,
            )
        if not 0 <= wanted.amount <= MOST_MONEY:
            raise UserError("fee_invalid", f"Số tiền của «{row.name}» phải từ 0 đến 9.999.999.999 đồng.", field=field)
        changes.append(Change(field, row.amount, wanted.amount, row.name))
        row.amount = wanted.amount
    if changes:
        dossier.money_state = money_state(dossier.fees)
    return changes
