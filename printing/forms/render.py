"""Each paper as PDF: deterministic bytes, fonts embedded as subsets, PDF/A-2b."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
)

from printing import fonts
from printing.forms.archive import archival
from printing.forms.layout import Builder, Paper
from printing.forms.model import FormSet
from printing.forms.papers import Content, Plan, plan
from printing.forms.style import Sheet, sheet
from printing.forms.symbols import CopyName
from printing.forms.tags import begin_artifact, end_artifact
from printing.pdfa import LANGUAGE

MIME = "application/pdf"

# Room that the line above a further page takes.
_RUNNING_HEAD = 5 * mm


def render(content: Content, form_set: FormSet, on_page: Callable[[int], None] | None = None) -> bytes:
    """The paper that *content* is about, in the wording of *form_set*; each copy on pages of its own.

    The same content gives the same bytes. *on_page* hears of each page laid out, and ends the work by raising.
    Raises ``ValueError`` for a form that the set does not have, and for a time without a zone.
    """
    return _render(plan(content, form_set), form_set, on_page or _unheard)


def _unheard(_page: int) -> None: ...


def _render(made: Plan, form_set: FormSet, on_page: Callable[[int], None]) -> bytes:
    fonts.register()
    running = made.layouts[0].running
    pdf, marked = _Run(made, form_set, on_page).build()
    return archival(pdf, f"{made.form.name} {running}".strip(), running, made.issued_at, marked)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it goes into the file: the page laid out at ``at``, for copy number ``copy`` of ``paper``."""

    at: int
    paper: Paper
    copy: int
    number: int
    total: int


class _HeldCanvas(Canvas):
    """Holds its pages back until their number is known; then each goes into the file once for every copy.

    *order* tells the pages of the file, *margins* draws on each what differs from copy to copy. ``roles``: those of
    the marked paragraphs, of each page of the file.
    """

    def __init__(
        self, *given: Any, order: Callable[[], list[_Page]], margins: Callable[[Canvas, _Page], None], **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self._order = order
        self._margins = margins
        self._held: list[dict[str, Any]] = []
        self.copy_name: tuple[CopyName, float, float] | None = None
        self.marked: list[str] = []
        self.roles: list[list[str]] = []

    def showPage(self) -> None:  # noqa: N802 (ReportLab's name)
        """Keep the page as it stands."""
        self._held.append(dict(self.__dict__))
        self.copy_name, self.marked = None, []
        self._startPage()  # type: ignore[attr-defined]  # as ReportLab's own showPage ends; its types leave it out

    def save(self) -> None:
        """Finish the pages one by one, and the file; the labels of the pages begin anew with each copy."""
        for place, page in enumerate(self._order()):
            if page.number == 1:
                self.addPageLabel(place, style="ARABIC", start=1)
            held = self._held[page.at]
            self.__dict__.update(held, _code=list(held["_code"]), marked=list(held["marked"]))
            self._margins(self, page)
            if self.copy_name is not None:
                name, x, y = self.copy_name
                name.write(self, page.copy, x, y)
            self.roles.append(self.marked)
            super().showPage()
        super().save()


class _Run:
    """Lays out a paper."""

    def __init__(self, made: Plan, form_set: FormSet, on_page: Callable[[int], None]) -> None:
        self._on_page = on_page
        self._form = made.form
        self._regulation = made.form.regulation or form_set.regulation
        self._page = sheet(made.form.paper)
        self._layouts = made.layouts
        # Of each page laid out, to which layout it belongs.
        self._of_layout: list[int] = []

    def build(self) -> tuple[bytes, list[list[str]]]:
        """The file, and of each page the roles of its marked paragraphs."""
        out = BytesIO()
        document = _document(out, self._page)
        story: list[Flowable] = []
        for index, paper in enumerate(self._layouts):
            name = f"layout{index}"
            count = self._counting(index)
            further = PageTemplate(f"{name}-further", [_frame(self._page, _RUNNING_HEAD)], onPage=count)
            document.addPageTemplates(
                [PageTemplate(name, [_frame(self._page)], onPage=count, autoNextPageTemplate=further.id), further]
            )
            if index:
                story += [NextPageTemplate(name), PageBreak()]
            story += Builder(self._form, self._page, paper).story()
        document.build(story, canvasmaker=partial(_HeldCanvas, order=self._order, margins=self._margins))
        canvas: Any = document.canv
        return out.getvalue(), canvas.roles

    def _counting(self, index: int) -> Callable[[Canvas, BaseDocTemplate], None]:
        def count(_canvas: Canvas, _document: BaseDocTemplate) -> None:
            self._of_layout.append(index)
            self._on_page(len(self._of_layout))

        return count

    def _order(self) -> list[_Page]:
        made = []
        for index, paper in enumerate(self._layouts):
            places = [at for at, layout in enumerate(self._of_layout) if layout == index]
            for copy in range(len(paper.head.copies)):
                made += [_Page(at, paper, copy, number, len(places)) for number, at in enumerate(places, 1)]
        return made

    def _margins(self, canvas: Canvas, page: _Page) -> None:
        """The foot line of the page, and above a further page what it goes on with."""
        canvas.saveState()
        canvas.setFont(fonts.REGULAR, self._page.small)
        begin_artifact(canvas)
        self._foot_line(canvas, page)
        if page.number > 1:
            self._running_head(canvas, page.paper)
        end_artifact(canvas)
        canvas.restoreState()

    def _foot_line(self, canvas: Canvas, of: _Page) -> None:
        page, form, head = self._page, self._form, of.paper.head
        y = page.bottom - page.small * 1.6
        source = f"Mẫu số {form.number} – {self._regulation}" if form.number else form.name
        canvas.drawString(page.left, y, " · ".join(part for part in (source, head.mark) if part))
        right = (of.paper.running, head.copies[of.copy], f"Trang {of.number}/{of.total}")
        canvas.drawRightString(page.size[0] - page.right, y, " · ".join(part for part in right if part))

    def _running_head(self, canvas: Canvas, paper: Paper) -> None:
        page = self._page
        y = page.size[1] - page.top - page.small
        canvas.drawString(page.left, y, f"{self._form.name} (tiếp theo)")
        canvas.drawRightString(page.size[0] - page.right, y, paper.running)


def _frame(page: Sheet, lowered: float = 0) -> Frame:
    return Frame(
        page.left, page.bottom, page.width, page.height - lowered,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip


def _document(out: BytesIO, page: Sheet) -> BaseDocTemplate:
    return BaseDocTemplate(
        out,
        pagesize=page.size,
        lang=LANGUAGE,
        invariant=1,
        pageCompression=0,  # the file is written once more, and packed then
        # Else the file names ReportLab's own Helvetica, a font that is not embedded.
        initialFontName=fonts.REGULAR,
    )
