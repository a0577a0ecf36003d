"""The papers of a dossier, or of the form that is being filled in, as whoever scans needs them: what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.errors import UserError
from counter_app.rules.digitising import LABELS, PaperKind, Treatment
from counter_app.services.catalogue import get_procedure
from counter_app.services.desk import DeskContext
from counter_app.services.digitising import dossier_papers
from counter_app.services.drafts import load_draft
from counter_app.services.reading import show
from counter_app.services.scan_form_key import is_form_key

DRAFT_NAME = "intake"
MISSING, DONE, IN_WORK, NOT_ASKED = "missing", "done", "in_work", "not_asked"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A component or a result; ``state``: missing, done, in_work, not_asked (``reason`` says why)."""

    component: str
    result: str
    name: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PaperList:
    """Where scans can go. ``code``: of the dossier, or the form's key."""

    code: str
    applicant: str
    procedure: str
    papers: tuple[PaperLine, ...]

    @property
    def is_form(self) -> bool:
        """Not received yet: pages wait for the dossier's code."""
        return is_form_key(self.code)


def papers_to_scan(desk: DeskContext, code: str) -> PaperList:
    """Components in their order, then results. UserError ``dossier_unknown``; ``form_gone`` for a form's key."""
    return _of_form(desk, code) if is_form_key(code) else _of_dossier(desk, code)


def _of_dossier(desk: DeskContext, code: str) -> PaperList:
    view = show(desk, code)
    done = {(item.component_code, item.result_code) for item in view.documents}
    lines = []
    for paper in dossier_papers(desk, view.row.code):
        is_result = paper.kind is PaperKind.RESULT
        place = ("", paper.code) if is_result else (paper.code, "")
        state, reason = MISSING, ""
        if place in view.scans_in_work:
            state = IN_WORK
        elif place in done:
            state = DONE
        elif not paper.wanted:
            state = NOT_ASKED
            if paper.decision.treatment is not Treatment.SCAN:
                reason = LABELS[paper.decision.treatment]
        lines.append(PaperLine(*place, paper.name, state, reason))
    return PaperList(view.row.code, view.applicant.name, view.row.procedure_name, tuple(lines))


def _of_form(desk: DeskContext, key: str) -> PaperList:
    """From the draft, which is written before the page of scanning is asked for."""
    draft = load_draft(desk, DRAFT_NAME) or {}
    if draft.get("scans") != key or not draft.get("procedure"):
        raise UserError("form_gone", "Hồ sơ đang nhập đã được bỏ hoặc đã tiếp nhận. Hãy chọn lại hồ sơ để quét.")
    procedure = get_procedure(desk, str(draft["procedure"]))
    case = str(draft.get("case", ""))
    papers = [
        PaperLine(item.code, "", item.name, MISSING)
        for item in procedure.components
        if item.case_name in ("", case) and item.originals + item.copies
    ]
    name = str(draft.get("applicant", {}).get("name", ""))
    return PaperList(key, name, procedure.name, tuple(papers))
