"""Sizes and paragraph styles of a paper: A5 slips, A4 letters (Nghị định 30/2020/NĐ-CP), lists, a post label."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from printing.fonts import BOLD, ITALIC, REGULAR

Paper = Literal["A5", "A4", "A4 list", "A4 landscape", "100x150"]

_LEADING = 1.17


@dataclass(frozen=True, slots=True)
class Sheet:
    """Measures of one paper, in points. ``body`` is the size of running text.

    ``tagged``: for the reader of one paper, who may be blind; a list of thousands of cells would grow by half.
    """

    size: tuple[float, float]
    left: float
    right: float
    top: float
    bottom: float
    body: float
    head: float
    title: float
    small: float
    qr: float
    head_left: float
    tagged: bool = True
    styles: dict[str, ParagraphStyle] = field(default_factory=dict)

    @property
    def width(self) -> float:
        """Width that text may take."""
        return self.size[0] - self.left - self.right

    @property
    def height(self) -> float:
        """Height that text may take."""
        return self.size[1] - self.top - self.bottom


_MARK = re.compile("[\u0300-\u036f]")


def needs_shaping(text: str) -> bool:
    """Whether a text holds letters that Unicode does not compose, whose marks HarfBuzz must set."""
    return _MARK.search(text) is not None


def style_for(of: Sheet, name: str, text: str) -> ParagraphStyle:
    """The style of this name; for a text with marks of their own, the shaped one.

    Ê Đê has letters that Unicode does not compose (ê̆, ô̆, ơ̆, ư̆): their breve would stand beside them.
    """
    return of.styles[f"{name} shaped" if needs_shaping(text) else name]


@cache
def sheet(paper: Paper) -> Sheet:
    """Measures and styles of *paper*."""
    match paper:
        case "A5":
            made = Sheet(
                size=A5, left=11 * mm, right=9 * mm, top=7 * mm, bottom=10 * mm,
                body=9.1, head=8.5, title=12, small=7, qr=25 * mm, head_left=39 * mm,
            )  # fmt: skip
        case "A4":
            made = Sheet(
                size=A4, left=30 * mm, right=15 * mm, top=18 * mm, bottom=18 * mm,
                body=13, head=11, title=14, small=9, qr=25 * mm, head_left=56 * mm,
            )  # fmt: skip
        case "A4 list":
            made = Sheet(
                size=A4, left=20 * mm, right=12 * mm, top=14 * mm, bottom=15 * mm,
                body=11, head=11, title=14, small=8, qr=25 * mm, head_left=60 * mm, tagged=False,
            )  # fmt: skip
        case "A4 landscape":
            made = Sheet(
                size=landscape(A4), left=18 * mm, right=10 * mm, top=12 * mm, bottom=13 * mm,
                body=9.5, head=10.5, title=14, small=8, qr=25 * mm, head_left=100 * mm, tagged=False,
            )  # fmt: skip
        case "100x150":
            made = Sheet(
                size=(100 * mm, 150 * mm), left=6 * mm, right=6 * mm, top=6 * mm, bottom=10 * mm,
                body=10, head=8.5, title=12, small=7, qr=20 * mm, head_left=40 * mm,
            )  # fmt: skip
    made.styles.update(_styles(made))
    return made


def _styles(of: Sheet) -> dict[str, ParagraphStyle]:
    def style(
        name: str,
        font: str,
        size: float,
        alignment: Literal[0, 1, 2, 4] = TA_LEFT,
        *,
        before: float = 0,
        after: float = 0,
        indent: float = 0,
        first: float = 0,
    ) -> ParagraphStyle:
        return ParagraphStyle(
            name,
            fontName=font,
            fontSize=size,
            leading=size * _LEADING,
            alignment=alignment,
            spaceBefore=before,
            spaceAfter=after,
            leftIndent=indent,
            firstLineIndent=first,
            splitLongWords=1,
        )

    gap = of.body * 0.12
    made = [
        style("line", REGULAR, of.body, after=gap),
        style("center", REGULAR, of.body, TA_CENTER, before=gap, after=of.body * 0.5),
        style("body", REGULAR, of.body, TA_JUSTIFY, first=10 * mm, after=of.body * 0.4),
        style("large", BOLD, of.body * 1.35, after=gap),
        style("item", REGULAR, of.body, indent=6 * mm, first=-4 * mm, after=gap),
        style("head", REGULAR, of.head, TA_CENTER),
        style("head-bold", BOLD, of.head, TA_CENTER),
        style("head-italic", ITALIC, of.head, TA_CENTER),
        style("under-qr", REGULAR, of.small),
        style("title", BOLD, of.title, TA_CENTER),
        style("copy", ITALIC, of.body, TA_CENTER),
        style("mark", BOLD, of.body, TA_CENTER),
        style("code", REGULAR, of.small, TA_CENTER),
        style("cell", REGULAR, of.body - 0.5),
        style("cell-center", REGULAR, of.body - 0.5, TA_CENTER),
        style("cell-right", REGULAR, of.body - 0.5, TA_RIGHT),
        style("cell-bold", BOLD, of.body - 0.5, TA_CENTER),
        style("sign-bold", BOLD, of.body, TA_CENTER),
        style("sign-italic", ITALIC, of.body, TA_CENTER),
        style("note", REGULAR, of.small),
        style("note-bold", BOLD, of.small),
    ]
    # Put together by HarfBuzz, with marks where the font wants them; slow, so only for texts that need it.
    shaped = [ParagraphStyle(f"{each.name} shaped", parent=each, shaping=1) for each in made]
    return {each.name: each for each in (*made, *shaped)}
