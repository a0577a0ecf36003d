"""A sticker for a thermal printer as a black and white picture (203 dpi: 8 dots a millimetre)."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from PIL import Image

from printing.codes import DARK, qr_rows
from printing.content.separators import SeparatorContent
from printing.raster import Line, picture
from printing.separator_tags import STICKER_TAG, WHOLE_DOSSIER

_QUIET: Final = 4
_GAP: Final = 12
_BOLD, _SMALL = 24, 20
_NAME_LETTERS: Final = 90
_DOTS_PER_INCH: Final = 203.2


def sticker_picture(of: SeparatorContent, width: int) -> Image.Image:
    """Two QR codes with a tag between and one below, and words; *width* dots wide.

    A module has as many dots as let both codes and a tag of nine millimetres stand side by side.
    """
    rows = qr_rows(of.payload)
    modules = len(rows) + 2 * _QUIET
    tag_module = max(8, width // 60)
    tag = _bitmap([bytes(letter == "#" for letter in row) for row in STICKER_TAG], tag_module)
    module = max(1, (width - tag.width) // (2 * modules))
    code = _bitmap([bytes(cell == DARK for cell in row) for row in rows], module)
    side = modules * module
    name = of.paper_name or WHOLE_DOSSIER
    short = name if len(name) <= _NAME_LETTERS else name[:_NAME_LETTERS].rpartition(" ")[0] + "…"
    head = " · ".join(part for part in (of.dossier_code, of.paper_code, of.place) if part)
    words = picture(
        [Line(head, _BOLD, bold=True, align="center", fit=True), Line(short, _SMALL, align="center")], width
    )
    height = max(side, 2 * tag.height + 3 * _GAP)
    sheet = Image.new("1", (width, height + words.height), 1)
    for left in (0, width - side):
        sheet.paste(code, (left + _QUIET * module, (height - side) // 2 + _QUIET * module))
    for top in (_GAP, height - _GAP - tag.height):
        sheet.paste(tag, ((width - tag.width) // 2, top))
    sheet.paste(words, (0, height))
    return sheet


def pictures_pdf(pictures: Sequence[Image.Image]) -> bytes:
    """Pictures as a PDF, one a page, as large as they come out of the printer."""
    out = BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=_DOTS_PER_INCH)
    return out.getvalue()


def _bitmap(rows: list[bytes], module: int) -> Image.Image:
    """Rows of cells, 1 for dark, each *module* dots wide and high."""
    small = Image.new("1", (len(rows[0]), len(rows)), 1)
    small.putdata([0 if cell else 255 for row in rows for cell in row])
    return small.resize((small.width * module, small.height * module), Image.Resampling.NEAREST)
