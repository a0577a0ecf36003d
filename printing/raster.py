"""Lines of text as a black and white picture, one dot a printer's dot (203 dpi: 8 dots a millimetre)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from printing.fonts import raster_font

_LEADING = 1.32
_RULE_HEIGHT = 14
_INK_FROM = 160
"""Grey below this is printed: thin strokes and marks survive the step to black and white."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph: *size* in dots; ``fit`` shrinks it until it stands on one line."""

    text: str
    size: int
    bold: bool = False
    align: Literal["left", "center"] = "left"
    fit: bool = False


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A thin line across the paper."""


def picture(lines: Sequence[Line | RuleLine], width: int) -> Image.Image:
    """The lines below each other on a white sheet *width* dots wide, wrapped, nothing cut."""
    rows = [row for line in lines for row in _rows(line, width)]
    sheet = Image.new("L", (width, max(1, sum(row.height for row in rows))), 255)
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height
    return sheet.point(lambda tone: 255 if tone >= _INK_FROM else 0, mode="1")


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """*text* in lines that are not wider than *width* dots; a word wider than that is broken."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        candidate = f"{current} {word}" if current else word
        if font.getlength(candidate) <= width:
            current = candidate
            continue
        if current:
            lines.append(current)
        while font.getlength(word) > width:
            kept = _longest_start(word, font, width)
            lines.append(word[:kept])
            word = word[kept:]
        current = word
    return [*lines, current] if current else lines or [""]


def _longest_start(word: str, font: ImageFont.FreeTypeFont, width: int) -> int:
    kept = len(word)
    while kept > 1 and font.getlength(word[:kept]) > width:
        kept -= 1
    return kept


def _rows(line: Line | RuleLine, width: int) -> list[Image.Image]:
    if isinstance(line, RuleLine):
        row = Image.new("L", (width, _RULE_HEIGHT), 255)
        ImageDraw.Draw(row).line((0, _RULE_HEIGHT // 2, width, _RULE_HEIGHT // 2), fill=0, width=2)
        return [row]
    size = line.size
    if line.fit:
        while size > 1 and raster_font(size, bold=line.bold).getlength(line.text) > width:
            size -= 1
    font = raster_font(size, bold=line.bold)
    height = round(size * _LEADING)
    rows = []
    for text in wrapped(line.text, font, width):
        row = Image.new("L", (width, height), 255)
        left = (width - font.getlength(text)) // 2 if line.align == "center" else 0
        # "ls": the baseline is the anchor, so that marks above and below a letter never move the line.
        ImageDraw.Draw(row).text((left, round(size * 1.05)), text, font=font, fill=0, anchor="ls")
        rows.append(row)
    return rows
