"""Text on one sheet: paragraphs in its styles, with a dotted line for what is not known."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph

from printing.fonts import REGULAR
from printing.forms.fields import Values, filled, unknown
from printing.forms.style import Sheet, style_for
from printing.forms.tags import Tagged
from printing.forms.text import Text, paragraph

SHORT_DOTS = "............"
_LEAST_DOTTED = 18 * mm

# Tables would name ReportLab's own Helvetica, a font that is not embedded.
FACE = ("FONTNAME", (0, 0), (-1, -1), REGULAR)
BARE = [
    FACE,
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
]
"""A table that only sets things side by side."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Writes on a sheet what *values* say."""

    sheet: Sheet
    values: Values

    def para(self, markup: str, style: str) -> Paragraph:
        """A paragraph of ready markup."""
        return paragraph(Tagged if self.sheet.tagged else Text, markup, style_for(self.sheet, style, markup))

    def filled(self, text: str, style: str, width: float | None = None) -> Paragraph:
        """A paragraph whose unknown fields share the rest of their line (*width* or the sheet's) as dots."""
        missing = unknown(text, self.values)
        dots = SHORT_DOTS
        if missing:
            face = self.sheet.styles[style]
            room = width or self.sheet.width
            known = Paragraph(filled(text, self.values, ""), face)
            plain = known.getPlainText() or ""
            used = (face.firstLineIndent + stringWidth(plain, face.fontName, face.fontSize)) % room
            # Bold values are wider than measured: leave them a tenth.
            each = (room - used * 1.1) / len(missing) - 1 * mm
            dot = stringWidth(".", face.fontName, face.fontSize)
            dots = "." * int(max(each, min(_LEAST_DOTTED, room / 2)) / dot)
        return self.para(filled(text, self.values, dots), style)
