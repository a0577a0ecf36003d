"""Correcting the entries of a received dossier: a trace of every change, one word to the portal, new papers.

Never the dossier's code; its procedure and its dates have rules of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Applicant, Dossier, DossierFee
from counter_app.rules import lifecycle
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.fees import money_state
from counter_app.rules.lifecycle import Status, Step, step_label
from counter_app.services.applicant_checks import checked_applicant
from counter_app.services.applicant_rows import applicant_row
from counter_app.services.completeness import MOST_COPIES, missing_papers, paper_names
from counter_app.services.desk import DeskContext
from counter_app.services.free_text import plain
from counter_app.services.history import append_event, moment_of_step
from counter_app.services.mend import Stuck, stuck_of, tell_portal
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import facts_now, frozen
from counter_app.services.reading import applicant_data, fee_view
from counter_app.services.receipt_anew import RECEIPT, held_receipt, number_of_new
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.search_text import search_text
from counter_app.services.steps import find_dossier
from counter_app.services.values import RETURN_WAYS, ApplicantData, FeeView

FIELD_OF_REFUSAL = {"applicant_invalid": "name", "impossible_date": "birth_date"}
"""The entry of a person that a refusal is about."""

MOST_MONEY = 2_000_000_000
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

    ``revision``: of the dossier as the clerk saw it. ``fees``: only those neither paid nor exempted.
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
    """A dossier as it stands, for the clerk to correct.

    ``names``: of papers and fees by ``component.TP01``, ``fee.LP01``. ``fees``: all of them.
    """

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
            entries=_entries(dossier),
            names=_names(dossier),
            fees=tuple(map(fee_view, dossier.fees)),
            stuck=stuck_of(session, dossier.id),
        )


def differences(before: Correction, after: Correction, names: Mapping[str, str]) -> tuple[Change, ...]:
    """The entries of ``after`` that differ from those of ``before``; ``names`` as in ``Correctable``."""
    old, new = _flat(before), _flat(after)
    return tuple(
        Change(field, old.get(field, ""), value, names.get(".".join(field.split(".")[:2]), ""))
        for field, value in new.items()
        if old.get(field, "") != value
    )


def correct(desk: DeskContext, code: str, wanted: Correction, reason: str) -> Corrected:
    """Correct a dossier's entries in one transaction with the trace and the word to the portal.

    Where the applicant holds a receipt that says otherwise, a new one is issued. Raises UserError
    ``dossier_unknown``, ``reason_missing``, ``dossier_changed`` (somebody else was faster), ``nothing_changed``,
    ``applicant_invalid``, ``impossible_date``, ``return_unknown``, ``return_fixed``, ``sets_invalid``,
    ``component_unknown``, ``component_invalid``, ``fee_unknown``, ``fee_paid``, ``fee_exempted``, ``fee_invalid``; its
    details name the entry as ``field``.
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
        clean, warnings = _checked(dossier, wanted, at.astimezone(VIETNAM).date())
        changes = differences(_entries(dossier), clean, _names(dossier))
        if not changes:
            raise UserError("nothing_changed", "Chưa có thông tin nào khác trước. Hãy sửa mục bị sai rồi lưu.")
        _write(session, dossier, clean, at)
        warnings += _missing(dossier, changes)
        dossier.search_text = search_text(dossier)
        facts = facts_now(desk, dossier, office)
        form = RECEIPT if facts != before and held_receipt(dossier) is not None else None
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
            form_number=number_of_new(session, office, at) if form else None,
            details={
                "changes": [_written(change) for change in changes],
                # A notice to pay keeps what is owed, also where the applicant needs no receipt any more.
                **(frozen(facts) if form or facts.fees != before.fees else {}),
            },
        )
        mended = tell_portal(session, dossier, office, entered_at)
        return Corrected(dossier.id, dossier.code, event.number, changes, event.form_number, mended, warnings)


def _check_revision(dossier: Dossier, revision: int) -> None:
    if dossier.revision == revision:
        return
    last = dossier.events[-1]
    raise UserError(
        "dossier_changed",
        f"Hồ sơ {dossier.code} vừa được thay đổi: {step_label(Step(last.step)).lower()}, {last.actor}, "
        f"{last.entered_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}. Hãy đóng, mở lại để xem bản mới rồi sửa.",
    )


def can_correct(fee: DossierFee | FeeView) -> bool:
    """What was paid is given back instead, what was exempted is exempted anew: both have a trace of their own."""
    return fee.paid_at is None and fee.full_amount is None


def _written(change: Change) -> dict[str, Any]:
    named = {"name": change.name} if change.name else {}
    return {"field": change.field, "before": change.before, "after": change.after, **named}


def _entries(dossier: Dossier) -> Correction:
    return Correction(
        revision=dossier.revision,
        applicant=applicant_data(dossier.applicant),
        submitter=applicant_data(dossier.submitter) if dossier.submitter else None,
        return_by=dossier.return_by,
        sets=dossier.sets,
        note=dossier.note,
        components=tuple(PaperCount(item.code, item.originals, item.copies) for item in dossier.components),
        fees=tuple(FeeAmount(fee.code, fee.amount) for fee in dossier.fees if can_correct(fee)),
    )


def _names(dossier: Dossier) -> dict[str, str]:
    papers = {f"component.{item.code}": item.name for item in dossier.components}
    return papers | {f"fee.{fee.code}": fee.name for fee in dossier.fees}


def _flat(entries: Correction) -> dict[str, str | int]:
    """Every entry under the name of its field, in the order of the form."""
    found: dict[str, str | int] = {}
    for which, person in (("applicant", entries.applicant), ("submitter", entries.submitter or ApplicantData())):
        for name in ApplicantData.__dataclass_fields__:
            value = getattr(person, name)
            found[f"{which}.{name}"] = value.isoformat() if isinstance(value, date) else value or ""
    found |= {"return_by": entries.return_by, "sets": entries.sets, "note": entries.note}
    for count in entries.components:
        found[f"component.{count.code}.originals"] = count.originals
        found[f"component.{count.code}.copies"] = count.copies
    return found | {f"fee.{fee.code}": fee.amount for fee in entries.fees}


def _checked(dossier: Dossier, wanted: Correction, today: date) -> tuple[Correction, tuple[str, ...]]:
    """The entries in normal form, and warnings on people who were changed; refuses what cannot be."""
    applicant, warnings = _person(dossier.applicant, wanted.applicant, "applicant", "chủ hồ sơ", today)
    submitter = None
    if wanted.submitter is not None:
        submitter, more = _person(dossier.submitter, wanted.submitter, "submitter", "người nộp", today)
        warnings += more
    _check_terms(dossier, wanted)
    _check_counts(dossier, wanted.components)
    _check_fees(dossier, wanted.fees)
    return replace(wanted, applicant=applicant, submitter=submitter, note=plain(wanted.note)), warnings


def _person(
    current: Applicant | None, wanted: ApplicantData, which: str, who: str, today: date
) -> tuple[ApplicantData, tuple[str, ...]]:
    if current is not None and wanted == applicant_data(current):
        return wanted, ()
    try:
        return checked_applicant(wanted, today, who)
    except UserError as error:
        field = f"{which}.{FIELD_OF_REFUSAL.get(error.kind, 'name')}"
        raise UserError(error.kind, error.message, field=field) from error


def _check_terms(dossier: Dossier, wanted: Correction) -> None:
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


def _check_counts(dossier: Dossier, counts: Sequence[PaperCount]) -> None:
    known = {item.code for item in dossier.components}
    for count in counts:
        if count.code not in known:
            raise UserError(
                "component_unknown",
                f"Hồ sơ không có thành phần «{count.code}». Hãy xem lại danh sách thành phần.",
                field="components",
            )
        for name in ("originals", "copies"):
            if not 0 <= getattr(count, name) <= MOST_COPIES:
                raise UserError(
                    "component_invalid",
                    f"Số bản của thành phần «{count.code}» phải từ 0 đến {MOST_COPIES}.",
                    field=f"component.{count.code}.{name}",
                )


def _check_fees(dossier: Dossier, amounts: Sequence[FeeAmount]) -> None:
    rows = {fee.code: fee for fee in dossier.fees}
    for wanted in amounts:
        row = rows.get(wanted.code)
        field = f"fee.{wanted.code}"
        if row is None:
            raise UserError(
                "fee_unknown", f"Hồ sơ không có khoản thu «{wanted.code}». Hãy xem lại các khoản thu.", field="fees"
            )
        if row.paid_at is not None:
            raise UserError(
                "fee_paid",
                f"Khoản «{row.name}» đã thu nên không sửa số tiền. Hãy hoàn trả hoặc thu thêm theo quy định.",
                field=field,
            )
        if row.full_amount is not None:
            raise UserError(
                "fee_exempted",
                f"Khoản «{row.name}» đã ghi miễn, giảm nên không sửa số tiền ở đây. Hãy sửa ở «Miễn, giảm»: nhập lại "
                "mức còn phải nộp; nhập đủ số tiền thì việc miễn, giảm được bỏ.",
                field=field,
            )
        if not 0 <= wanted.amount <= MOST_MONEY:
            raise UserError("fee_invalid", f"Số tiền của «{row.name}» phải từ 0 đến 2.000.000.000 đồng.", field=field)


def _write(session: Session, dossier: Dossier, clean: Correction, at: datetime) -> None:
    if clean.applicant != applicant_data(dossier.applicant):
        _forget_numbers(dossier, clean.applicant)
        dossier.applicant = _row(session, clean.applicant, at)
    if clean.submitter is None:
        dossier.submitter = None
    elif dossier.submitter is None or clean.submitter != applicant_data(dossier.submitter):
        dossier.submitter = _row(session, clean.submitter, at)
    dossier.return_by, dossier.sets, dossier.note = clean.return_by, clean.sets, clean.note
    papers = {item.code: item for item in dossier.components}
    for count in clean.components:
        papers[count.code].originals, papers[count.code].copies = count.originals, count.copies
    fees = {fee.code: fee for fee in dossier.fees}
    for wanted in clean.fees:
        if fees[wanted.code].amount != wanted.amount:
            fees[wanted.code].amount = wanted.amount
            dossier.money_state = money_state(dossier.fees)


def _row(session: Session, person: ApplicantData, at: datetime) -> Applicant:
    """A row that other dossiers share is never rewritten: each keeps what was written for it."""
    return session.get_one(Applicant, applicant_row(session, person, at).id)


def _forget_numbers(dossier: Dossier, applicant: ApplicantData) -> None:
    """A wrong number that the portal told of an online dossier is not given back to it any more."""
    wrong = {dossier.applicant.personal_number, dossier.applicant.tax_code}
    wrong -= {"", applicant.personal_number, applicant.tax_code}
    told = dict(dossier.portal_told or {})
    if not wrong or not told:
        return
    if told.get("SoGiayToChuHoSo") in wrong:
        told["SoGiayToChuHoSo"] = ""
    known = told.get("DinhDanhCHS") or []
    told["DinhDanhCHS"] = [item for item in known if item.get("SoDinhDanh") not in wrong]
    dossier.portal_told = told


def _missing(dossier: Dossier, changes: Sequence[Change]) -> tuple[str, ...]:
    counted = any(change.field.startswith("component.") for change in changes)
    missing = missing_papers(dossier) if counted else []
    return (f"Hồ sơ còn thiếu giấy tờ bắt buộc: {paper_names(missing)}. Hãy yêu cầu bổ sung.",) if missing else ()
