"""Which papers are digitised: the office's rules, and what is said of single papers of a dossier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import DigitisingChoice, DigitisingRule, Dossier
from counter_app.rules.digitising import LABELS, Decision, PaperKind, Treatment, expected_images
from counter_app.services.catalogue import find_procedure, national_part
from counter_app.services.desk import DeskContext
from counter_app.services.digitising_book import forget_procedure, read_book
from counter_app.services.digitising_refresh import Paper, papers_of, work_out
from counter_app.services.free_text import plain
from counter_app.services.history import append_correction
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.steps import find_dossier

MOST_MONTHS = 600


@dataclass(frozen=True, slots=True)
class RuleView:
    """A paper of a procedure and how the office treats it; ``case_name`` "" for every case."""

    kind: PaperKind
    code: str
    name: str
    case_name: str
    decision: Decision
    valid_months: int | None


def default_treatment(desk: DeskContext) -> Treatment:
    """What holds for a component of which neither a rule nor its name says anything."""
    with desk.database.read() as session:
        return read_book(session).default


def set_default(desk: DeskContext, treatment: Treatment) -> None:
    """The office-wide default (01/2023 art. 7: what the chairman lists is scanned)."""
    with desk.database.write() as session:
        _put_rule(session, desk, "", PaperKind.COMPONENT, "", treatment, None)


def procedure_rules(desk: DeskContext, procedure_code: str) -> tuple[RuleView, ...]:
    """Every component and result of a procedure's current version. Raises UserError ``procedure_unknown``."""
    with desk.database.read() as session:
        procedure, book = find_procedure(session, procedure_code), read_book(session)
        on_the_spot = procedure.limit_unit == "on_the_spot"
        found = []
        for item in procedure.components:
            decision = book.component(procedure.code, item.code, item.name, item.originals, item.copies)
            rule = book.rule(procedure.code, (PaperKind.COMPONENT, item.code))
            months = rule.valid_months if rule else None
            found.append(RuleView(PaperKind.COMPONENT, item.code, item.name, item.case_name, decision, months))
        for result in procedure.results:
            decision = book.result(procedure.code, result.code, result.name, on_the_spot=on_the_spot)
            rule = book.rule(procedure.code, (PaperKind.RESULT, result.code))
            months = rule.valid_months if rule else None
            found.append(RuleView(PaperKind.RESULT, result.code, result.name, "", decision, months))
        return tuple(found)


def set_rule(
    desk: DeskContext,
    procedure_code: str,
    kind: PaperKind,
    code: str,
    treatment: Treatment | None,
    valid_months: int | None = None,
) -> None:
    """Say how a paper of a procedure is treated; None takes the rule back, so that its name speaks again.

    Raises UserError ``procedure_unknown``, ``component_unknown``, ``months_invalid``.
    """
    if valid_months is not None and not 1 <= valid_months <= MOST_MONTHS:
        raise UserError("months_invalid", f"Số tháng dùng lại được phải từ 1 đến {MOST_MONTHS}, hoặc để trống.")
    with desk.database.write() as session:
        procedure = find_procedure(session, procedure_code)
        known = procedure.results if kind is PaperKind.RESULT else procedure.components
        if code not in {item.code for item in known}:
            raise UserError("component_unknown", f"Thủ tục {procedure.code} không có giấy tờ «{code}». Hãy chọn lại.")
        _put_rule(session, desk, procedure.code, kind, code, treatment, valid_months)


def dossier_papers(desk: DeskContext, code: str) -> tuple[Paper, ...]:
    """Every paper of a dossier with how it is treated and how far it is. Raises UserError ``dossier_unknown``."""
    with desk.database.read() as session:
        return papers_of(session, find_dossier(session, code).id)


def lacks_result_scan(desk: DeskContext, code: str) -> bool:
    """Whether a result is there that must be scanned and is not. Raises UserError ``dossier_unknown``."""
    return any(one.kind is PaperKind.RESULT and one.trouble == "missing" for one in dossier_papers(desk, code))


def choose(desk: DeskContext, code: str, kind: PaperKind, paper: str, treatment: Treatment | None, reason: str) -> None:
    """Treat one paper of one dossier otherwise than the rules say, with a reason; None: as the rules say again.

    Raises UserError ``dossier_unknown``, ``component_unknown``, ``reason_missing``, ``nothing_changed``.
    """
    why = plain(reason)
    if not why:
        raise UserError("reason_missing", "Hãy ghi lý do, ví dụ: giấy tờ chỉ xuất trình, đã trả lại người nộp.")

    def change(row: DigitisingChoice, name: str) -> str:
        if (row.treatment or None) == treatment:
            raise UserError("nothing_changed", f"«{name}» đã được ghi như vậy. Hãy chọn cách khác hoặc đóng lại.")
        row.treatment, row.reason = treatment, why
        return f"Số hóa «{name}»: {LABELS[treatment] if treatment else 'theo quy tắc chung'}. {why}"

    _change(desk, code, kind, paper, change, treatment=treatment.value if treatment else "")


def count_pages(desk: DeskContext, code: str, kind: PaperKind, paper: str, pages: int, noted: int = 0) -> int:
    """Say how many pages a paper has and how many of them bear a note; answers how many images it must have.

    Raises UserError ``dossier_unknown``, ``component_unknown``, ``images_invalid``.
    """
    with rules_apply():
        images = expected_images(pages, noted)

    def change(row: DigitisingChoice, name: str) -> str:
        row.pages, row.noted = pages, noted
        return f"Số hóa «{name}»: {pages} trang, {noted} trang có ghi chú, phải có {images} ảnh."

    _change(desk, code, kind, paper, change, pages=pages, noted=noted)
    return images


def _change(
    desk: DeskContext,
    code: str,
    kind: PaperKind,
    paper: str,
    change: Callable[[DigitisingChoice, str], str],
    **details: Any,
) -> None:
    """One paper's choice and the event that tells of it; the portal keeps nothing of it, so nothing is sent."""
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        name = _name_of(dossier, kind, paper)
        place = (
            DigitisingChoice.dossier_id == dossier.id,
            DigitisingChoice.kind == kind,
            DigitisingChoice.code == paper,
        )
        row = session.scalar(select(DigitisingChoice).where(*place))
        if row is None:
            row = DigitisingChoice(dossier_id=dossier.id, kind=kind.value, code=paper)
            session.add(row)
        reason = change(row, name)
        append_correction(desk, dossier, reason, {"digitising": {"kind": kind.value, "code": paper, **details}})
        session.flush()
        work_out(session, [dossier.id])


def _name_of(dossier: Dossier, kind: PaperKind, code: str) -> str:
    known = dossier.procedure.results if kind is PaperKind.RESULT else dossier.components
    for item in known:
        if item.code == code:
            return item.name
    raise UserError("component_unknown", f"Hồ sơ {dossier.code} không có giấy tờ «{code}». Hãy mở lại hồ sơ.")


def _put_rule(
    session: Session,
    desk: DeskContext,
    procedure_code: str,
    kind: PaperKind,
    code: str,
    treatment: Treatment | None,
    valid_months: int | None,
) -> None:
    national = national_part(procedure_code)
    place = (
        DigitisingRule.procedure_code == national,
        DigitisingRule.kind == kind,
        DigitisingRule.code == code,
    )
    session.execute(delete(DigitisingRule).where(*place))
    if treatment is not None:
        session.add(
            DigitisingRule(
                procedure_code=national,
                kind=kind.value,
                code=code,
                treatment=treatment.value,
                valid_months=valid_months,
                decided_at=desk.clock(),
                decided_by=desk.settings.clerk,
            )
        )
    forget_procedure(session, national)
