"""The test page of an office printer: every letter, and marks that show what the printer cuts off."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, Paragraph, Spacer

from printing import fonts
from printing.forms.archive import archival
from printing.forms.style import Paper, Sheet, sheet, style_for
from printing.pdfa import LANGUAGE
from printing.sample_text import ede_lines, lower_lines, sample_lines, upper_lines

_FREE = 16 * mm
"""Left to the marks at all four edges."""
_DEEPEST = 12
_TICK, _LONG_TICK = 3 * mm, 6 * mm
_TITLE = "TRANG IN THỬ"
_ADVICE = (
    "Nếu mọi chữ và dấu đều rõ thì máy in dùng được cho giấy tờ. Số nhỏ nhất thấy được trên thước ở mỗi cạnh là "
    "phần lề, tính bằng mm, mà máy không in được; phải nhỏ hơn 6 mm. Khung góc cách mép giấy 10 mm."
)


def render_test_page(printer: str = "", paper: Paper = "A5", *, two_sided: bool = False) -> bytes:
    """A sheet that shows whether a printer prints every letter, Vietnamese and Ê Đê, and how near to the edges.

    It names the printer; *two_sided* gives it a back.
    """
    fonts.register()
    page = sheet(paper)
    # A label has room for one style, in the letters of a slip.
    letters, styles = (sheet("A5"), 1) if paper == "100x150" else (page, 3)
    out = BytesIO()
    canvas = Canvas(
        out,
        pagesize=page.size,
        lang=LANGUAGE,
        invariant=1,
        pageCompression=0,
        initialFontName=fonts.REGULAR,  # type: ignore[arg-type]  # ReportLab's types have a number here
    )
    for side in ("Mặt trước", "Mặt sau") if two_sided else ("",):
        _marks(canvas, page)
        frame = Frame(
            _FREE, _FREE, page.size[0] - 2 * _FREE, page.size[1] - 2 * _FREE,
            leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
        )  # fmt: skip
        frame.addFromList([*_head(letters, page.size, printer, side), *_samples(letters, styles)], canvas)
        canvas.showPage()
    canvas.save()
    return archival(out.getvalue(), "Trang in thử", "", None)


def _head(letters: Sheet, size: tuple[float, float], printer: str, side: str) -> Iterator[Flowable]:
    yield Paragraph(_TITLE, letters.styles["title"])
    measures = " × ".join(str(round(length / mm)) for length in size)
    for words in (f"Máy in: {escape(printer)}" if printer else "", f"Khổ giấy: {measures} mm", f"<b>{side}</b>"):
        yield Paragraph(words, letters.styles["line"])


def _samples(letters: Sheet, styles: int) -> Iterator[Flowable]:
    samples = (
        ("Thường", "{}", sample_lines()),
        ("Đậm", "<b>{}</b>", [*upper_lines(), *ede_lines()]),
        ("Nghiêng", "<i>{}</i>", [*lower_lines(), *ede_lines()]),
    )
    for label, tag, lines in samples[:styles]:
        yield Spacer(0, 2 * mm)
        yield Paragraph(f"<b>{label}</b>", letters.styles["line"])
        for line in lines:
            yield Paragraph(tag.format(escape(line)), style_for(letters, "line", line))
    yield Spacer(0, 2 * mm)
    yield Paragraph(_ADVICE, letters.styles["line"])


def _marks(canvas: Canvas, page: Sheet) -> None:
    """A scale from the middle of each edge inwards, and an angle at each corner."""
    width, height = page.size
    canvas.saveState()
    canvas.setLineWidth(0.4)
    canvas.setFont(fonts.REGULAR, 6)
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    for quarter, corner in enumerate(corners):
        canvas.saveState()
        # Turned so that the edge lies below, from left to right.
        canvas.translate(*corner)
        canvas.rotate(90 * quarter)
        _scale(canvas, (height if quarter % 2 else width) / 2)
        angle = canvas.beginPath()
        angle.moveTo(10 * mm, 14 * mm)
        angle.lineTo(10 * mm, 10 * mm)
        angle.lineTo(14 * mm, 10 * mm)
        canvas.drawPath(angle)
        canvas.restoreState()
    canvas.restoreState()


def _scale(canvas: Canvas, middle: float) -> None:
    canvas.line(middle, 0, middle, _DEEPEST * mm)
    for depth in range(_DEEPEST + 1):
        length = _TICK if depth % 5 else _LONG_TICK
        canvas.line(middle - length / 2, depth * mm, middle + length / 2, depth * mm)
    for depth in range(2, _DEEPEST + 1):
        # To the left and to the right in turn, so that the numbers stand clear of each other.
        place = middle + (_LONG_TICK / 2 + 1 * mm) * (1 if depth % 2 else -1)
        (canvas.drawString if depth % 2 else canvas.drawRightString)(place, depth * mm - 2, str(depth))
