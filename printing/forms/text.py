"""Paragraphs of a paper: ReportLab's, less what it does twice."""

from __future__ import annotations

import re
from functools import cache

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph
from reportlab.platypus.paraparser import ParaFrag

_MARKUP = re.compile("[<&]")


class Text(Paragraph):
    """A paragraph that is broken into lines once for each width: a table asks for the same again to draw it."""

    _wrapped: tuple[float, tuple[float, float]] | None = None

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 (ReportLab's names)
        """Width and height; splitting throws the lines away, then they are made anew."""
        if self._wrapped is None or self._wrapped[0] != availWidth or not hasattr(self, "blPara"):
            self._wrapped = availWidth, super().wrap(availWidth, availHeight)
        return self._wrapped[1]


def paragraph(kind: type[Paragraph], markup: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph of ready markup; most have none, and go without ReportLab's parser."""
    if not markup or _MARKUP.search(markup):
        return kind(markup, style)
    return kind(markup, style, frags=[_fragment(style).clone(text=markup)])


@cache
def _fragment(style: ParagraphStyle) -> ParaFrag:
    """What ReportLab's parser makes of plain text in this style."""
    return Paragraph("x", style).frags[0]
