"""The slip for a return that is still to be entered: the receiver signs it, then the clerk enters the return."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import Dossier, DossierEvent
from counter_app.rules.lifecycle import Status, Step, permitted_steps
from counter_app.services import print_jobs
from counter_app.services.desk import DeskContext
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import facts_now
from counter_app.services.papers import Paper
from counter_app.services.papers_content import Making, day_of
from counter_app.services.papers_handing import return_slip
from counter_app.services.papers_issued import FORMS
from counter_app.services.printers import choose_printer
from counter_app.services.returning import on_the_spot, way_of
from counter_app.services.returning_delivery import (
    Handing,
    check_handing,
    clean_handing,
    handing_details,
    slip_of_dossier,
)
from counter_app.services.returning_slip import FORM, SAID, slip_issue
from counter_app.services.steps import find_dossier


def slip_to_sign(desk: DeskContext, code: str, handing: Handing, *, reprint: bool = False) -> Paper:
    """Phiếu giao nhận kết quả as the return would issue it now; nothing is stored.

    Raises UserError ``dossier_unknown``, ``form_not_issued`` while there is nothing to hand out, and as ``give``
    does, but for the signature that is still to come.
    """
    with desk.database.read() as session:
        return _slip(desk, session, find_dossier(session, code), handing, reprint)


def print_slip_to_sign(
    desk: DeskContext, code: str, handing: Handing, printer: str | None = None, *, reprint: bool = False
) -> int:
    """Put that slip into the spool; the job's id. The return entered next names it as the one that was signed.

    A slip that says something else than the one before it is a new paper, not a reprint. Raises UserError
    ``already_printed``, ``printer_not_set`` and as ``slip_to_sign`` does.
    """
    choice = choose_printer(desk.settings.printers, FORM, printer)
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        paper = _slip(desk, session, dossier, handing, reprint)
        given = clean_handing(handing)
        said = slip_of_dossier(dossier, given, way_of(given, dossier))
        issue = slip_issue(session, dossier, said)
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
        kept={SAID: said},
    )


def _slip(desk: DeskContext, session: Session, dossier: Dossier, handing: Handing, reprint: bool) -> Paper:
    from printing.forms import form_set_for, render

    if not _can_be_handed_out(dossier):
        raise UserError(
            "form_not_issued",
            f"Hồ sơ {dossier.code} chưa có kết quả để giao nên chưa lập được phiếu giao nhận. "
            "Hãy ghi «Có kết quả» trước.",
        )
    given = clean_handing(handing)
    by = way_of(given, dossier)
    check_handing(replace(given, signed=True), by)
    # Not appended to the dossier's history: it lives as long as the paper is drawn.
    event = DossierEvent(
        at=desk.clock(), actor=desk.settings.clerk, step=Step.RETURN.value, details=handing_details(dossier, given, by)
    )
    facts = facts_now(desk, dossier, office_row(session, desk))
    content = return_slip(Making(desk, session, dossier, facts, event, reprint))
    forms = form_set_for(day_of(event), own_folder=desk.directory / "forms")
    return Paper(FORM, FORMS[FORM], dossier.code, render(content, forms))


def _can_be_handed_out(dossier: Dossier) -> bool:
    """There is a result that nobody has; one on the spot is ready as soon as the dossier is received."""
    status = Status(dossier.status)
    came_back = status is Status.RETURNED and dossier.delivery_state == "pending"
    return Step.RETURN in permitted_steps(status) or came_back or (status is Status.RECEIVED and on_the_spot(dossier))
