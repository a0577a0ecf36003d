"""Which papers of a dossier get a separator, and its printing: cover sheets, or stickers for first pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from counter_app.errors import UserError
from counter_app.rules.digitising import PaperKind
from counter_app.rules.scan_sheets import Separator, SheetKind, encode
from counter_app.services import print_jobs
from counter_app.services.desk import DeskContext
from counter_app.services.digitising_refresh import Paper, papers_of
from counter_app.services.printers import choose_printer
from counter_app.services.rules_bridge import rules_apply
from counter_app.services.steps import find_dossier
from printing.content.separators import SeparatorContent
from printing.printers import ESCPOS

if TYPE_CHECKING:
    from printing.forms.separators import CoverPaper, StickerPaper

COVER, STICKER = "scan_cover", "scan_sticker"
TITLES = {COVER: "Tờ ngăn để quét", STICKER: "Nhãn để quét"}
"""Print jobs of separators. They are no papers of the dossier: printed as often as they are wanted, without a mark."""

_KINDS = {COVER: SheetKind.COVER, STICKER: SheetKind.STICKER}


def next_to_scan(desk: DeskContext, code: str) -> Paper | None:
    """The first paper of a dossier that still has to be scanned, for pages of which only the dossier is known.

    Raises UserError ``dossier_unknown``.
    """
    with desk.database.read() as session:
        return next((paper for paper in papers_of(session, find_dossier(session, code).id) if paper.trouble), None)


def separators(
    desk: DeskContext, codes: Sequence[str], form: str, papers: Collection[str] | None = None
) -> tuple[SeparatorContent, ...]:
    """A separator for each paper of these dossiers that still has to be scanned, or for those with these codes.

    With no code at all in ``papers``, one for the whole dossier: its papers are told apart after scanning. Those of
    one dossier are numbered, so that one that sticks to another sheet in the feeder is missed. ``form`` is COVER or
    STICKER. Raises UserError ``dossier_unknown``, ``component_unknown``, ``nothing_to_scan``.
    """
    found = tuple(content for code in dict.fromkeys(codes) for content in _of_dossier(desk, code, form, papers))
    if not found:
        raise UserError(
            "nothing_to_scan",
            "Không còn giấy tờ nào phải quét nên không cần tờ ngăn. Nếu vẫn muốn in, hãy chọn thành phần.",
        )
    return found


def covers_pdf(
    desk: DeskContext, codes: Sequence[str], papers: Collection[str] | None = None, *, paper: CoverPaper = "A4"
) -> bytes:
    """Cover sheets, one a page, as PDF. Raises UserError as ``separators``."""
    from printing.forms.separators import render_covers

    return render_covers(separators(desk, codes, COVER, papers), paper)


def stickers_pdf(
    desk: DeskContext,
    codes: Sequence[str],
    papers: Collection[str] | None = None,
    *,
    paper: StickerPaper = "70x42",
    skip: int = 0,
) -> bytes:
    """Stickers as PDF, for a label printer or a sheet of labels whose first ``skip`` are used up.

    Raises UserError as ``separators``.
    """
    from printing.forms.separators import render_stickers

    return render_stickers(separators(desk, codes, STICKER, papers), paper, skip=skip)


def print_covers(
    desk: DeskContext,
    codes: Sequence[str],
    papers: Collection[str] | None = None,
    *,
    paper: CoverPaper = "A4",
    printer: str | None = None,
) -> int:
    """Cover sheets into the spool, always on one side only; the job's id.

    Raises UserError ``printer_not_set`` and as ``separators``.
    """
    choice = replace(choose_printer(desk.settings.printers, COVER, printer), two_sided=False)
    return print_jobs.enqueue(
        desk.database,
        form=COVER,
        title=_title(COVER, codes),
        printer=choice,
        payload=covers_pdf(desk, codes, papers, paper=paper),
        now=desk.clock(),
        dossier_code=codes[0] if len(codes) == 1 else "",
    )


def print_stickers(
    desk: DeskContext, codes: Sequence[str], papers: Collection[str] | None = None, *, printer: str | None = None
) -> int:
    """Stickers into the spool of the thermal printer; the job's id.

    Raises UserError ``printer_not_set`` and as ``separators``.
    """
    from printing.thermal import render_thermal_stickers

    choice = choose_printer(desk.settings.printers, STICKER, printer)
    stickers = separators(desk, codes, STICKER, papers)
    return print_jobs.enqueue(
        desk.database,
        form=STICKER,
        title=_title(STICKER, codes),
        printer=choice,
        payload=render_thermal_stickers(stickers, desk.settings.printers.thermal_width_mm),
        now=desk.clock(),
        mime=ESCPOS,
        dossier_code=codes[0] if len(codes) == 1 else "",
    )


def _of_dossier(
    desk: DeskContext, code: str, form: str, wanted: Collection[str] | None
) -> tuple[SeparatorContent, ...]:
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        all_papers = papers_of(session, dossier.id)
        code, applicant = dossier.code, dossier.applicant.name
    if wanted is not None and not wanted:
        return (_content(code, applicant, None, form),)
    if wanted is None:
        chosen = [paper for paper in all_papers if paper.trouble]
    else:
        chosen = [paper for paper in all_papers if paper.code in wanted]
        unknown = set(wanted) - {paper.code for paper in all_papers}
        if unknown:
            raise UserError(
                "component_unknown",
                f"Hồ sơ {code} không có giấy tờ «{min(unknown)}». Hãy chọn lại thành phần cần in tờ ngăn.",
                component=min(unknown),
            )
    return tuple(_content(code, applicant, paper, form, number, len(chosen)) for number, paper in enumerate(chosen, 1))


def _content(
    code: str, applicant: str, paper: Paper | None, form: str, number: int = 0, total: int = 0
) -> SeparatorContent:
    name = paper.code if paper else ""
    is_result = paper is not None and paper.kind is PaperKind.RESULT
    component, result = ("", name) if is_result else (name, "")
    with rules_apply():
        payload = encode(Separator(_KINDS[form], code, component, result, number, total))
    return SeparatorContent(
        payload=payload,
        dossier_code=code,
        paper_name=paper.name if paper else None,
        paper_code=name or None,
        applicant_name=applicant,
        place=f"{number}/{total}" if total else None,
    )


def _title(form: str, codes: Sequence[str]) -> str:
    return f"{TITLES[form]} {codes[0]}" if len(codes) == 1 else f"{TITLES[form]}: {len(codes)} hồ sơ"
