"""Lines of text as a black and white picture, one dot a printer's dot (203 dpi: 8 dots a millimetre)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal
from unicodedata import combining, normalize

from PIL import Image, ImageDraw, ImageFont

from printing.fonts import raster_font

_LEADING = 1.32
_ASCENT = 1.05
_RULE_HEIGHT = 14
_DOTS_A_MM = 8
_SCALE_HEIGHT, _BAR = 32, 4
_TICKS = ((10, 24), (5, 16), (1, 8))
"""How long the ticks of a scale are: every ten, five and single millimetres."""
_ABOVE = 230  # the combining class of marks above (Unicode, chapter 3.11)
_MARK_GAP = 0.05
_BOX, _BASELINE = 3, 2  # of the box in which one letter is measured: its side and its base line, in letter sizes
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


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """A scale in millimetres from the first dot of the paper to the last, with a thick bar at either end."""


AnyLine = Line | RuleLine | ScaleLine


def picture(lines: Sequence[AnyLine], width: int) -> Image.Image:
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
    while kept > 1 and (font.getlength(word[:kept]) > width or combining(word[kept : kept + 1] or " ")):
        kept -= 1
    return kept


def _rows(line: AnyLine, width: int) -> list[Image.Image]:
    if isinstance(line, ScaleLine):
        return [_scale(width)]
    if isinstance(line, RuleLine):
        row = Image.new("L", (width, _RULE_HEIGHT), 255)
        ImageDraw.Draw(row).line((0, _RULE_HEIGHT // 2, width, _RULE_HEIGHT // 2), fill=0, width=2)
        return [row]
    size = line.size
    if line.fit:
        while size > 1 and raster_font(size, bold=line.bold).getlength(line.text) > width:
            size -= 1
    font = raster_font(size, bold=line.bold)
    return [_row(text, size, line, width) for text in wrapped(line.text, font, width)]


def _scale(width: int) -> Image.Image:
    row = Image.new("L", (width, _SCALE_HEIGHT), 255)
    pen = ImageDraw.Draw(row)
    for mm in range(width // _DOTS_A_MM + 1):
        length = next(length for step, length in _TICKS if mm % step == 0)
        pen.line((mm * _DOTS_A_MM, _SCALE_HEIGHT - length, mm * _DOTS_A_MM, _SCALE_HEIGHT), fill=0, width=1)
    for edge in (0, width - _BAR):
        pen.rectangle((edge, 0, edge + _BAR - 1, _SCALE_HEIGHT), fill=0)
    return row


def _row(text: str, size: int, line: Line, width: int) -> Image.Image:
    font = raster_font(size, bold=line.bold)
    bare, marks = _apart(text, size, line.bold)
    # Letters without loose marks stand within this height, so that their lines are evenly spaced.
    baseline = max([round(size * _ASCENT), *(mark.rise for mark in marks)])
    row = Image.new("L", (width, round(size * _LEADING) + baseline - round(size * _ASCENT)), 255)
    left = (width - font.getlength(bare)) // 2 if line.align == "center" else 0
    # "ls": the baseline is the anchor, so that marks above and below a letter never move the line.
    ImageDraw.Draw(row).text((left, baseline), bare, font=font, fill=0, anchor="ls")
    for mark in marks:
        row.paste(0, (round(left) + mark.left, baseline - mark.rise), mark.picture)
    return row


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark to be set over its letter: its ink, how far from the start of the line, how high its top stands."""

    picture: Image.Image
    left: int
    rise: int


def _apart(text: str, size: int, bold: bool) -> tuple[str, list[_Mark]]:
    """The text without the marks that Unicode does not compose with their letter, and these marks in their places.

    Ê Đê has them (ê̆, ô̆, ơ̆, ư̆): the font alone sets their breve beside the circumflex, into the next letter.
    """
    font = raster_font(size, bold=bold)
    bare, marks = "", []
    for letter in normalize("NFC", text):
        if combining(letter) != _ABOVE or not bare:
            bare += letter
            continue
        base = bare[-1]
        # The middle of the letter, without a horn at its side.
        body = _ink(normalize("NFD", base)[0], size, bold).getbbox() or (0, 0, 0, 0)
        mark = _ink(letter, size, bold)
        picture = mark.crop(mark.getbbox())
        left = (body[0] + body[2] - picture.width) // 2
        below = _ink(base, size, bold).crop((left, 0, left + picture.width, _BOX * size)).getbbox()
        top = min(body[1], below[1] if below else body[1]) - max(2, round(size * _MARK_GAP)) - picture.height
        start = round(font.getlength(bare) - font.getlength(base))
        marks.append(_Mark(picture, start + left - size, size * _BASELINE - top))
    return bare, marks


@cache
def _ink(letter: str, size: int, bold: bool) -> Image.Image:
    """One letter, white on black, its origin *size* dots from the left, with room on all sides."""
    box = Image.new("L", (_BOX * size, _BOX * size), 0)
    origin = (size, size * _BASELINE)
    ImageDraw.Draw(box).text(origin, letter, font=raster_font(size, bold=bold), fill=255, anchor="ls")
    return box.point(lambda tone: tone if tone > 255 - _INK_FROM else 0)
