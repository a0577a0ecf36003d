"""Cover sheets and stickers that part a stack of paper in the feeder.

Everything that a machine reads stands on them more than once: QR codes with the same text, and fiducial tags
(AprilTag 36h11) by which a separator is known for one even when no QR on it can be read. The measures keep a QR
module above half a millimetre and a tag's above one, at 200 dpi four and eight dots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from printing import fonts
from printing.content import nfc
from printing.content.separators import SeparatorContent
from printing.forms.archive import archival
from printing.forms.fields import markup
from printing.forms.style import needs_shaping
from printing.forms.symbols import QrCode
from printing.separator_tags import COVER_TAG, STICKER_TAG, WHOLE_DOSSIER

CoverPaper = Literal["A4", "A5"]
StickerPaper = Literal["70x42", "A4 3x7"]
"""A label printer's label, or a sheet of 21 labels (70 × 42.4 mm)."""

TITLE: Final = "TỜ NGĂN"
SUBTITLE: Final = "không phải giấy tờ hồ sơ"

_LABELS_ACROSS, _LABELS_DOWN = 3, 7
_LABEL: Final = (70 * mm, 42.4 * mm)
_ELLIPSIS: Final = "…"


def render_covers(sheets: Sequence[SeparatorContent], paper: CoverPaper = "A4") -> bytes:
    """One page a sheet, as PDF/A; the same content gives the same bytes."""
    scale = 1.0 if paper == "A4" else A5[0] / A4[0]

    def draw(canvas: Canvas) -> None:
        for sheet in sheets:
            canvas.saveState()
            canvas.scale(scale, scale)
            _cover(canvas, nfc(sheet))
            canvas.restoreState()
            canvas.showPage()

    return _pdf(A4 if paper == "A4" else A5, draw, "Tờ ngăn để quét hồ sơ", sheets)


def render_stickers(stickers: Sequence[SeparatorContent], paper: StickerPaper = "70x42", *, skip: int = 0) -> bytes:
    """Stickers as PDF/A; on a sheet of labels the first *skip* are left free, for they are used up."""

    def one_by_one(canvas: Canvas) -> None:
        for sticker in stickers:
            _sticker(canvas, nfc(sticker))
            canvas.showPage()

    def on_sheets(canvas: Canvas) -> None:
        many = _LABELS_ACROSS * _LABELS_DOWN
        for at, sticker in enumerate(stickers, skip % many):
            place = at % many
            if place == 0 and at > skip % many:
                canvas.showPage()
            canvas.saveState()
            canvas.translate(place % _LABELS_ACROSS * _LABEL[0], A4[1] - (place // _LABELS_ACROSS + 1) * _LABEL[1])
            _sticker(canvas, nfc(sticker))
            canvas.restoreState()
        canvas.showPage()

    if paper == "70x42":
        return _pdf(_LABEL, one_by_one, "Nhãn để quét hồ sơ", stickers)
    return _pdf(A4, on_sheets, "Nhãn để quét hồ sơ", stickers)


def _pdf(
    size: tuple[float, float], draw: Callable[[Canvas], None], title: str, contents: Sequence[SeparatorContent]
) -> bytes:
    if not contents:
        raise ValueError("no separators to print")
    fonts.register()
    out = BytesIO()
    canvas = Canvas(
        out,
        pagesize=size,
        invariant=1,
        pageCompression=0,
        initialFontName=fonts.REGULAR,  # type: ignore[arg-type]  # a name, whatever its types say
    )
    draw(canvas)
    canvas.save()
    codes = sorted({content.dossier_code for content in contents})
    return archival(out.getvalue(), title, ", ".join(codes[:20]), None)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes lines in the middle of a column, from *top* downwards."""

    canvas: Canvas
    left: float
    width: float

    def write(self, text: str, top: float, size: float, *, bold: bool = False, lines: int = 1) -> float:
        """Write *text* on at most *lines* lines, the rest left out; returns where the next line may begin."""
        style = ParagraphStyle(
            "separator",
            fontName=fonts.BOLD if bold else fonts.REGULAR,
            fontSize=size,
            leading=size * 1.2,
            alignment=TA_CENTER,
            splitLongWords=1,
            shaping=int(needs_shaping(text)),
        )
        room = lines * style.leading + 0.1
        paragraph = Paragraph(markup(text), style)
        kept = len(text)
        while (height := paragraph.wrap(self.width, room)[1]) > room and kept > 1:
            kept = min(kept - 1, int(kept * room / height) + 1)
            whole_words = text[:kept].rpartition(" ")[0] or text[:kept]
            paragraph = Paragraph(markup(whole_words + _ELLIPSIS), style)
        paragraph.drawOn(self.canvas, self.left, top - height)
        return top - height


def _cover(canvas: Canvas, of: SeparatorContent) -> None:
    """One sheet in the measures of A4: QR codes in the corners and the middle, tags half way along each edge."""
    width, height = A4
    edge, corner, tag, middle = 10 * mm, 32 * mm, 22 * mm, 84 * mm
    far_x, far_y = width - edge, height - edge
    for x in (edge, far_x - corner):
        for y in (edge, far_y - corner):
            _draw_qr(canvas, of.payload, x, y, corner)
    for x, y in (
        ((width - tag) / 2, edge + 4 * mm),
        ((width - tag) / 2, far_y - tag - 4 * mm),
        (edge + 2 * mm, (height - tag) / 2),
        (far_x - tag - 2 * mm, (height - tag) / 2),
    ):
        _draw_tag(canvas, COVER_TAG, x, y, tag)
    _draw_qr(canvas, of.payload, (width - middle) / 2, (height - middle) / 2, middle)
    write = _Writer(canvas, edge + 4 * mm, width - 2 * edge - 8 * mm).write
    below = write(TITLE, far_y - corner - 4 * mm, 44, bold=True)
    write(SUBTITLE, below - 1 * mm, 20)
    below = write(of.dossier_code, (height - middle) / 2 - 3 * mm, 30, bold=True)
    name = of.paper_name or WHOLE_DOSSIER
    below = write(f"{of.paper_code}: {name}" if of.paper_code else name, below - 2 * mm, 17, lines=4)
    people = " · ".join(part for part in (of.applicant_name, f"Tờ {of.place}" if of.place else None) if part)
    if people:
        write(people, below - 2 * mm, 13)


def _sticker(canvas: Canvas, of: SeparatorContent) -> None:
    """One label: a QR at either side, tags between them, words below."""
    width, height = _LABEL
    edge, side, tag = 2 * mm, 25 * mm, 10 * mm
    top = height - edge
    _draw_qr(canvas, of.payload, edge, top - side, side)
    _draw_qr(canvas, of.payload, width - edge - side, top - side, side)
    for y in (top - tag - 1.5 * mm, top - 2 * tag - 3.5 * mm):
        _draw_tag(canvas, STICKER_TAG, (width - tag) / 2, y, tag)
    write = _Writer(canvas, edge, width - 2 * edge).write
    code = " · ".join(part for part in (of.dossier_code, of.paper_code, of.place) if part)
    below = write(code, top - side, 9, bold=True)
    write(of.paper_name or WHOLE_DOSSIER, below, 7.5, lines=2)


def _draw_qr(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    code = QrCode(text, side)
    code.wrap(side, side)
    code.drawOn(canvas, x, y)


def _draw_tag(canvas: Canvas, rows: Sequence[str], x: float, y: float, side: float) -> None:
    """Dark modules, each a little over its edge, so that no hairline parts them."""
    module = side / len(rows)
    for down, row in enumerate(rows, 1):
        for across, letter in enumerate(row):
            if letter == "#":
                canvas.rect(
                    x + across * module, y + side - down * module, module + 0.05, module + 0.05, stroke=0, fill=1
                )
