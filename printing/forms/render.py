"""Each paper as PDF: deterministic bytes, fonts embedded as subsets, PDF/A-2b."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)

from printing import fonts
from printing.forms.archive import LANGUAGE, archival
from printing.forms.layout import Builder, Paper
from printing.forms.model import FormSet
from printing.forms.papers import Content, Plan, plan
from printing.forms.style import Sheet, sheet
from printing.sample_text import sample_lines

MIME = "application/pdf"

# Room that the line above a further page takes.
_RUNNING_HEAD = 5 * mm


def render(content: Content, form_set: FormSet) -> bytes:
    """The paper that *content* is about, in the wording of *form_set*; each copy on pages of its own.

    The same content gives the same bytes. Raises ``ValueError`` for a form that the set does not have, and for
    a time without a zone.
    """
    made = plan(content, form_set)
    return _render(made, form_set)


def render_test_page() -> bytes:
    """One A5 page that shows whether a printer prints every letter: Vietnamese and Ê Đê, four styles."""
    fonts.register()
    page = sheet("A5")
    story: list[Flowable] = [Paragraph("TRANG IN THỬ", page.styles["title"]), Spacer(0, 4 * mm)]
    for label, tag in (("Thường", "{}"), ("Đậm", "<b>{}</b>"), ("Nghiêng", "<i>{}</i>")):
        story.append(Paragraph(f"<b>{label}</b>", page.styles["line"]))
        story += [Paragraph(tag.format(line), page.styles["line"]) for line in sample_lines()]
        story.append(Spacer(0, 2 * mm))
    story.append(Paragraph("Nếu mọi chữ và dấu ở trên đều rõ, máy in dùng được cho giấy tờ.", page.styles["line"]))
    out = BytesIO()
    document = _document(out, page)
    document.addPageTemplates([PageTemplate("page", [_frame(page)])])
    document.build(story)
    return archival(out.getvalue(), "Trang in thử", "", None)


def _render(made: Plan, form_set: FormSet) -> bytes:
    """Most papers take one page a copy; when they take more, a second pass prints ``Trang 1/2`` on them."""
    fonts.register()
    totals = [1] * len(made.copies)
    run = _Run(made, form_set, totals)
    pdf = run.build()
    if run.pages != totals:
        pdf = _Run(made, form_set, run.pages).build()
    running = made.copies[0].running
    return archival(pdf, f"{made.form.name} {running}".strip(), running, made.issued_at)


class _Run:
    """One pass over all copies; ``pages`` is how many pages each of them took."""

    def __init__(self, made: Plan, form_set: FormSet, totals: list[int]) -> None:
        self._form = made.form
        self._regulation = made.form.regulation or form_set.regulation
        self._page = sheet(made.form.paper)
        self._copies = made.copies
        self._totals = totals
        self.pages = [0] * len(made.copies)

    def build(self) -> bytes:
        out = BytesIO()
        document = _document(out, self._page)
        story: list[Flowable] = []
        for index, copy in enumerate(self._copies):
            name = f"copy{index}"
            draw = self._margins(index)
            further = PageTemplate(f"{name}-further", [_frame(self._page, _RUNNING_HEAD)], onPage=draw)
            document.addPageTemplates(
                [PageTemplate(name, [_frame(self._page)], onPage=draw, autoNextPageTemplate=further.id), further]
            )
            if index:
                story += [NextPageTemplate(name), PageBreak()]
            story += Builder(self._form, self._page, copy).story()
        document.build(story)
        return out.getvalue()

    def _margins(self, index: int) -> Callable[[Canvas, BaseDocTemplate], None]:
        copy = self._copies[index]

        def draw(canvas: Canvas, _document: BaseDocTemplate) -> None:
            self.pages[index] += 1
            canvas.saveState()
            canvas.setFont(fonts.REGULAR, self._page.small)
            self._foot_line(canvas, copy, f"Trang {self.pages[index]}/{self._totals[index]}")
            if self.pages[index] > 1:
                self._running_head(canvas, copy)
            canvas.restoreState()

        return draw

    def _foot_line(self, canvas: Canvas, copy: Paper, which: str) -> None:
        page, form = self._page, self._form
        y = page.bottom - page.small * 1.6
        source = f"Mẫu số {form.number} – {self._regulation}" if form.number else form.name
        canvas.drawString(page.left, y, " · ".join(part for part in (source, copy.head.mark) if part))
        right = " · ".join(part for part in (copy.running, copy.head.copy, which) if part)
        canvas.drawRightString(page.size[0] - page.right, y, right)

    def _running_head(self, canvas: Canvas, copy: Paper) -> None:
        page = self._page
        y = page.size[1] - page.top - page.small
        canvas.drawString(page.left, y, f"{self._form.name} (tiếp theo)")
        canvas.drawRightString(page.size[0] - page.right, y, copy.running)


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
        # Else the file names ReportLab's own Helvetica, a font that is not embedded.
        initialFontName=fonts.REGULAR,
    )
