"""Receipt, apology and test page as PDF: deterministic bytes, fonts embedded as subsets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
from printing.codes import QrFields, qr_text
from printing.content import APOLOGY_FILE_COPY, ApologyContent, ReceiptContent, mark, nfc
from printing.forms.fields import apology_values, receipt_values
from printing.forms.layout import Builder, Paper
from printing.forms.model import Form, FormSet
from printing.forms.style import Sheet, sheet
from printing.sample_text import sample_lines

MIME = "application/pdf"


def render_receipt(content: ReceiptContent, form_set: FormSet) -> bytes:
    """The receipt as PDF, each copy on pages of its own. The same content gives the same bytes."""
    content = nfc(content)
    form = form_set.receipt
    paper = Paper(
        letterhead=content.letterhead,
        dossier_code=content.dossier_code,
        qr_text=_qr(content, form),
        lookup_url=content.lookup_url,
        values=receipt_values(content),
        components=content.components,
        fees=content.fees,
        signer_title=None,
        copy="",
        is_file_copy=False,
        mark=mark(content.reprint, content.replaces),
        portal_code=content.portal_code,
    )
    return _render(form, form_set, [replace(paper, copy=copy) for copy in content.copies or ("",)])


def render_apology(content: ApologyContent, form_set: FormSet) -> bytes:
    """The letter of apology as PDF; the responsible unit stands on the file copy only."""
    content = nfc(content)
    form = form_set.apology
    paper = Paper(
        letterhead=content.letterhead,
        dossier_code=content.dossier_code,
        qr_text=_qr(content, form),
        lookup_url=content.lookup_url,
        values=apology_values(content),
        components=(),
        fees=(),
        signer_title=content.signer_title,
        copy="",
        is_file_copy=False,
        mark=mark(content.reprint),
    )
    copies = [replace(paper, copy=copy, is_file_copy=copy == APOLOGY_FILE_COPY) for copy in content.copies or ("",)]
    return _render(form, form_set, copies)


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
    document = _document(out, page, "Trang in thử", "")
    document.addPageTemplates([PageTemplate("page", [_frame(page)])])
    document.build(story)
    return out.getvalue()


def _qr(content: ReceiptContent | ApologyContent, form: Form) -> str:
    return qr_text(
        QrFields(
            dossier_code=content.dossier_code,
            procedure_code=content.procedure_code,
            identifier=content.identifier,
            paper_name=form.name,
            system_name=content.system_name,
            issued_at=content.issued_at,
            lookup_url=content.lookup_url,
            identifier_in_full=content.identifier_in_qr,
        )
    )


def _render(form: Form, form_set: FormSet, copies: list[Paper]) -> bytes:
    """Two passes: the first counts the pages of each copy, the second prints ``Trang 1/2`` on them."""
    fonts.register()
    page = sheet(form.paper)
    counted = _Run(form, form_set, page, copies, totals=[0] * len(copies))
    counted.build()
    run = _Run(form, form_set, page, copies, totals=counted.pages)
    return run.build()


class _Run:
    """One pass over all copies; ``pages`` is how many pages each of them took."""

    def __init__(self, form: Form, form_set: FormSet, page: Sheet, copies: list[Paper], totals: list[int]) -> None:
        self._form = form
        self._form_set = form_set
        self._page = page
        self._copies = copies
        self._totals = totals
        self.pages = [0] * len(copies)

    def build(self) -> bytes:
        out = BytesIO()
        code = self._copies[0].dossier_code
        document = _document(out, self._page, f"{self._form.name} {code}", code)
        document.addPageTemplates(
            [
                PageTemplate(f"copy{index}", [_frame(self._page)], onPage=self._footer(index))
                for index in range(len(self._copies))
            ]
        )
        story: list[Flowable] = []
        for index, copy in enumerate(self._copies):
            if index:
                story += [NextPageTemplate(f"copy{index}"), PageBreak()]
            story += Builder(self._form, self._page, copy).story()
        document.build(story)
        return out.getvalue()

    def _footer(self, index: int) -> Callable[[Canvas, BaseDocTemplate], None]:
        copy = self._copies[index]

        def draw(canvas: Canvas, _document: BaseDocTemplate) -> None:
            self.pages[index] += 1
            page = self._page
            canvas.saveState()
            canvas.setFont(fonts.REGULAR, page.small)
            y = page.bottom - page.small * 1.6
            marked = f" · {copy.mark}" if copy.mark else ""
            canvas.drawString(page.left, y, f"Mẫu số {self._form.number} – {self._form_set.regulation}{marked}")
            where = f"{copy.copy} · " if copy.copy else ""
            canvas.drawRightString(
                page.size[0] - page.right,
                y,
                f"{copy.dossier_code} · {where}Trang {self.pages[index]}/{self._totals[index]}",
            )
            canvas.restoreState()

        return draw


def _frame(page: Sheet) -> Frame:
    return Frame(
        page.left, page.bottom, page.width, page.height,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip


def _document(out: BytesIO, page: Sheet, title: str, subject: str) -> BaseDocTemplate:
    return BaseDocTemplate(
        out,
        pagesize=page.size,
        title=title,
        subject=subject,
        author="Quầy Một Cửa",
        creator="Quầy Một Cửa",
        lang="vi-VN",
        invariant=1,
        # Else the file names ReportLab's own Helvetica, a font that is not embedded.
        initialFontName=fonts.REGULAR,
    )
