"""Which papers of a dossier get a separator, and its printing: cover sheets, or stickers for first pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

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
from printing.printers import ESCPOS, PDF

if TYPE_CHECKING:
    from printing.forms.separators import CoverPaper

COVER, STICKER, LABEL, LABEL_SHEET = "scan_cover", "scan_sticker", "scan_label", "scan_label_sheet"
TITLES = {
    COVER: "Tờ ngăn để quét",
    STICKER: "Nhãn để quét",
    LABEL: "Nhãn để quét",
    LABEL_SHEET: "Tờ nhãn để quét",
}
"""Print jobs of separators. They are no papers of the dossier: printed as often as they are wanted, without a mark.

STICKER goes to the receipt printer, LABEL to the printer of labels, LABEL_SHEET to that of sheets.
"""

THERMAL: Final = "thermal"
Stickers = Literal["70x42", "A4 3x7", "thermal"]
"""What stickers are printed on."""

Wanted = Mapping[str, Collection[str] | None]
"""Papers by dossier: None for each that still has to be scanned, none at all for the whole dossier at once."""

MOST_SHEETS = 200
"""At once; more paper than a feeder takes in an hour."""

_STICKER_FORMS = {"70x42": LABEL, "A4 3x7": LABEL_SHEET, THERMAL: STICKER}


def sticker_form(paper: Stickers) -> str:
    """The print job's form, which decides the printer."""
    return _STICKER_FORMS[paper]


def separators(desk: DeskContext, wanted: Wanted, kind: SheetKind) -> tuple[SeparatorContent, ...]:
    """A separator for each of these papers of these dossiers.

    Those of one dossier are numbered, so that one that sticks to another sheet in the feeder is missed; of one for a
    whole dossier the papers are told apart after scanning. Raises UserError ``dossier_unknown``,
    ``component_unknown``, ``nothing_to_scan``, ``too_many_sheets``.
    """
    found: list[SeparatorContent] = []
    for code, papers in wanted.items():
        found += _of_dossier(desk, code, kind, papers)
        if len(found) > MOST_SHEETS:
            raise UserError(
                "too_many_sheets",
                f"Mỗi lần in nhiều nhất {MOST_SHEETS} tờ ngăn hoặc nhãn. Hãy chọn ít hồ sơ hơn rồi in làm nhiều lần.",
            )
    if not found:
        raise UserError(
            "nothing_to_scan",
            "Không còn giấy tờ nào phải quét nên không cần tờ ngăn. Nếu vẫn muốn in, hãy chọn thành phần.",
        )
    return tuple(found)


def covers_pdf(desk: DeskContext, wanted: Wanted, *, paper: CoverPaper = "A4") -> bytes:
    """Cover sheets, one a page, as PDF. Raises UserError as ``separators``."""
    from printing.forms.separators import render_covers

    return render_covers(separators(desk, wanted, SheetKind.COVER), paper)


def stickers_pdf(desk: DeskContext, wanted: Wanted, *, paper: Stickers = "70x42", skip: int = 0) -> bytes:
    """Stickers as PDF, on a sheet of labels without the first ``skip``, which are used up.

    Those of the receipt printer are shown as it draws them. Raises UserError as ``separators``.
    """
    stickers = separators(desk, wanted, SheetKind.STICKER)
    if paper == THERMAL:
        from printing.thermal import show_thermal_stickers

        return show_thermal_stickers(stickers, desk.settings.printers.thermal_width_mm)
    from printing.forms.separators import render_stickers

    return render_stickers(stickers, paper, skip=skip)


def print_covers(desk: DeskContext, wanted: Wanted, *, paper: CoverPaper = "A4", printer: str | None = None) -> int:
    """Cover sheets into the spool, always on one side only; the job's id.

    Raises UserError ``printer_not_set`` and as ``separators``.
    """
    return _print(desk, wanted, COVER, partial(covers_pdf, paper=paper), printer)


def print_stickers(
    desk: DeskContext,
    wanted: Wanted,
    *,
    paper: Stickers = "70x42",
    skip: int = 0,
    printer: str | None = None,
) -> int:
    """Stickers into the spool of the printer that takes this paper; the job's id.

    Raises UserError ``printer_not_set`` and as ``separators``.
    """
    form = sticker_form(paper)
    if form == STICKER:
        return _print(desk, wanted, form, _thermal, printer, ESCPOS)
    return _print(desk, wanted, form, partial(stickers_pdf, paper=paper, skip=skip), printer)


def _thermal(desk: DeskContext, wanted: Wanted) -> bytes:
    from printing.thermal import render_thermal_stickers

    stickers = separators(desk, wanted, SheetKind.STICKER)
    return render_thermal_stickers(stickers, desk.settings.printers.thermal_width_mm)


def _print(
    desk: DeskContext,
    wanted: Wanted,
    form: str,
    draw: Callable[[DeskContext, Wanted], bytes],
    printer: str | None,
    mime: str = PDF,
) -> int:
    choice = replace(choose_printer(desk.settings.printers, form, printer), two_sided=False)
    codes = tuple(wanted)
    return print_jobs.enqueue(
        desk.database,
        form=form,
        title=_title(form, codes),
        printer=choice,
        payload=draw(desk, wanted),
        now=desk.clock(),
        mime=mime,
        dossier_code=codes[0] if len(codes) == 1 else "",
    )


def _of_dossier(
    desk: DeskContext, code: str, kind: SheetKind, wanted: Collection[str] | None
) -> tuple[SeparatorContent, ...]:
    with desk.database.read() as session:
        dossier = find_dossier(session, code)
        all_papers = papers_of(session, dossier.id)
        code, applicant = dossier.code, dossier.applicant.name
    if wanted is not None and not wanted:
        return (_content(code, applicant, None, kind),)
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
    return tuple(_content(code, applicant, paper, kind, number, len(chosen)) for number, paper in enumerate(chosen, 1))


def _content(
    code: str, applicant: str, paper: Paper | None, kind: SheetKind, number: int = 0, total: int = 0
) -> SeparatorContent:
    name = paper.code if paper else ""
    is_result = paper is not None and paper.kind is PaperKind.RESULT
    component, result = ("", name) if is_result else (name, "")
    with rules_apply():
        payload = encode(Separator(kind, code, component, result, number, total))
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
