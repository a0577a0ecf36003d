"""The slip for a return that is still to be entered: the receiver signs it, then the clerk enters the return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, DossierEvent, PrintJob
from counter_app.rules.lifecycle import Status, Step, permitted_steps
from counter_app.services import print_jobs
from counter_app.services.desk import DeskContext
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import facts_now
from counter_app.services.papers import Paper, make_paper
from counter_app.services.papers_content import Making, day_of
from counter_app.services.papers_handing import return_slip
from counter_app.services.papers_issued import FORMS, issuing
from counter_app.services.printers import choose_printer
from counter_app.services.returning import on_the_spot, way_of
from counter_app.services.returning_delivery import (
    Handing,
    OriginalBack,
    ResultOut,
    checked_handing,
    handing_details,
    slip_of_dossier,
)
from counter_app.services.returning_slip import AT, CLERK, FORM, SAID, is_of_next, slip_issue, slips_of_next
from counter_app.services.steps import find_dossier


def slip_to_sign(desk: DeskContext, code: str, handing: Handing, *, reprint: bool = False) -> Paper:
    """Phiếu giao nhận kết quả as the return would issue it now; nothing is stored.

    A reprint bears the moment and the clerk of the slip that was printed. Raises UserError ``dossier_unknown``,
    ``form_not_issued`` while there is nothing to hand out, and as ``give`` does, but for the signature that is
    still to come.
    """
    with desk.database.read() as session:
        return _slip(desk, session, find_dossier(session, code), handing, reprint)[0]


def print_slip_to_sign(
    desk: DeskContext, code: str, handing: Handing, printer: str | None = None, *, reprint: bool = False
) -> int:
    """Put that slip into the spool; the job's id. The return entered next names it as the one that was signed.

    A slip that says something else than the one before it is a new paper, not a reprint. Raises UserError
    ``already_printed``, ``printer_not_set`` and as ``slip_to_sign`` does.
    """
    choice = choose_printer(desk.settings.printers, FORM, printer)
    with desk.database.read() as session:
        paper, issue = _slip(desk, session, find_dossier(session, code), handing, reprint)
    return print_jobs.enqueue(
        desk.database,
        form=FORM,
        title=f"{paper.title} {paper.code}",
        printer=choice,
        payload=paper.pdf,
        now=desk.clock(),
        dossier_code=paper.code,
        issue=issue,
        reprint=reprint,
        kept=paper.kept,
    )


def slip_again(desk: DeskContext, job_id: int, *, marked: bool) -> Paper:
    """The slip that a print job was for, drawn again; once the return is entered, the slip of that return.

    ``marked``: as a reprint. Raises UserError ``slip_not_signed`` for one that another slip took the place of, and
    as ``slip_to_sign`` does.
    """
    with desk.database.read() as session:
        job = session.get_one(PrintJob, job_id)
        dossier, issue = session.get_one(Dossier, job.dossier_id), job.key.split("/")[1]
        signed = [event for event in issuing(dossier.events, FORM) if event.details.get("slip", [""])[0] == issue]
        if not signed:
            said = job.kept.get(SAID)
            if said and is_of_next(session, dossier, issue):
                return _slip(desk, session, dossier, _handing(said), marked)[0]
            raise UserError(
                "slip_not_signed",
                f"Kết quả hồ sơ {dossier.code} đã giao theo phiếu khác. Hãy in phiếu của lần giao ở trang hồ sơ "
                "(Ctrl+Shift+P).",
            )
        code, number = dossier.code, signed[-1].number
    return make_paper(desk, code, FORM, reprint=marked, event_number=number)


def _handing(said: Mapping[str, Any]) -> Handing:
    """The handing out that a slip tells of."""
    return Handing(
        **{name: said[name] for name in ("by", "to", "to_number", "authority")},
        results=tuple(ResultOut(*each) for each in said["results"]),
        originals=tuple(OriginalBack(*each) for each in said["originals"]),
    )


def _slip(desk: DeskContext, session: Session, dossier: Dossier, handing: Handing, reprint: bool) -> tuple[Paper, str]:
    """The paper, and its name in the spool."""
    from printing.forms import form_set_for, render

    if not _can_be_handed_out(dossier):
        raise UserError(
            "form_not_issued",
            f"Hồ sơ {dossier.code} không có kết quả đang chờ giao nên không lập được phiếu giao nhận để ký. "
            "Chưa có kết quả thì ghi «Có kết quả» trước; đã trả rồi thì in phiếu ở trang hồ sơ.",
        )
    by = way_of(handing, dossier)
    given, _ = checked_handing(dossier, replace(handing, signed=True), by)
    said = slip_of_dossier(dossier, given, by)
    at, clerk = _as_printed(session, dossier, said) if reprint else (None, "")
    # Not appended to the dossier's history: it lives as long as the paper is drawn.
    event = DossierEvent(
        at=at or desk.clock(),
        actor=clerk or desk.settings.clerk,
        step=Step.RETURN.value,
        details=handing_details(dossier, given, by),
    )
    facts = facts_now(desk, dossier, office_row(session, desk))
    content = return_slip(Making(desk, session, dossier, facts, event, reprint))
    forms = form_set_for(day_of(event), own_folder=desk.directory / "forms")
    kept = {SAID: said, AT: event.at.isoformat(), CLERK: event.actor}
    paper = Paper(FORM, FORMS[FORM], dossier.code, render(content, forms), kept)
    return paper, slip_issue(session, dossier, said)


def _as_printed(session: Session, dossier: Dossier, said: Mapping[str, Any]) -> tuple[datetime | None, str]:
    """When and by whom the slip that says this was made, (None, "") where there is none."""
    return next(((s.printed_at, s.clerk) for s in slips_of_next(session, dossier) if s.said == said), (None, ""))


def _can_be_handed_out(dossier: Dossier) -> bool:
    """There is a result that nobody has; one on the spot is ready as soon as the dossier is received."""
    status = Status(dossier.status)
    came_back = status is Status.RETURNED and dossier.delivery_state == "pending"
    return Step.RETURN in permitted_steps(status) or came_back or (status is Status.RECEIVED and on_the_spot(dossier))
