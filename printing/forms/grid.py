"""Ruled tables of a form, each with its head again on every page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Any

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from printing.content import ComponentLine, FeeLine
from printing.forms.blocks import Column, ComponentList, ComponentTable, FeeTable, RowTable
from printing.forms.fields import Values, filled, markup, places, unknown
from printing.forms.ink import BARE, FACE, SHORT_DOTS, Ink
from printing.forms.rows import BLANK_ROWS
from printing.wording import digits, money

# Of a table's style: name, first cell, last cell (column, row), and what the command needs.
_Command = tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]

_Head = list[Flowable | str]

_LINE = 0.5
_PAD = 2.0
_PAD_ABOVE = 0.5
_PADDING: list[_Command] = [
    ("LEFTPADDING", (0, 0), (-1, -1), _PAD),
    ("RIGHTPADDING", (0, 0), (-1, -1), _PAD),
    ("TOPPADDING", (0, 0), (-1, -1), _PAD_ABOVE),
    ("BOTTOMPADDING", (0, 0), (-1, -1), _PAD),
]
_NUMBER_WIDTH = 9 * mm
# A row taller than this share of the page is parted, so that none runs over a page's end.
_TALLEST_ROW = 0.3
# A letter is at most about this wide on the average, in ems.
_WIDE_LETTER = 0.6
_ALIGNED = {"left": "cell", "center": "cell-center", "right": "cell-right"}


@dataclass(frozen=True, slots=True)
class _Row:
    """Cells of equal height in points; ``begins``: not the rest of a row that was parted."""

    cells: list[list[Flowable]]
    height: float
    begins: bool


class _Ruled(Flowable):
    """Rows under a head that comes again on each page; each page gets a table of its own with a closed frame.

    A row is made and measured when its page is filled: ReportLab's own table measures all that are left at the end
    of each page, which takes a register of thousands of lines minutes.
    """

    def __init__(
        self, ink: Ink, heads: list[_Head], rows: Iterator[_Row], widths: list[float], more: list[_Command]
    ) -> None:
        super().__init__()
        self.spaceBefore, self.spaceAfter = 2, 3
        self._ink = ink
        self._heads = heads
        self._rows = rows
        self._widths = widths
        self._more = more
        self._ready: list[_Row] = []
        self._head_height = self._table([]).wrap(sum(widths), ink.sheet.height)[1]

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 (ReportLab's names)
        """Width and height; where not all fits, a height that is more than there is."""
        self._make(availHeight)
        return sum(self._widths), self._head_height + sum(row.height for row in self._ready)

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:  # noqa: N803 (ReportLab's names)
        """The part that fits, and the rest."""
        self._make(availHeight)
        room, fitting = availHeight - self._head_height, 0
        for row in self._ready:
            room -= row.height
            if room < 0:
                break
            fitting += 1
        if not fitting:
            return []
        rest = _Ruled(self._ink, self._heads, self._rows, self._widths, self._more)
        rest._ready = self._ready[fitting:]
        return [self._table(self._ready[:fitting]), rest]

    def draw(self) -> None:
        """Draw what is left, which fits."""
        table = self._table(self._ready)
        table.wrapOn(self.canv, sum(self._widths), self._ink.sheet.height)
        table.drawOn(self.canv, 0, 0)

    def _make(self, height: float) -> None:
        made = self._head_height + sum(row.height for row in self._ready)
        while made <= height and (row := next(self._rows, None)) is not None:
            self._ready.append(row)
            made += row.height

    def _table(self, rows: Sequence[_Row]) -> Table:
        first = len(self._heads)
        starts = [first + at for at, row in enumerate(rows) if row.begins]
        return Table(
            [*self._heads, *(row.cells for row in rows)],
            colWidths=self._widths,
            rowHeights=[*[None] * first, *(row.height for row in rows)],
            spaceBefore=self.spaceBefore,
            spaceAfter=self.spaceAfter,
            style=[
                FACE,
                ("GRID", (0, 0), (-1, first - 1), _LINE, colors.black),
                ("BOX", (0, 0), (-1, -1), _LINE, colors.black),
                ("LINEAFTER", (0, 0), (-1, -1), _LINE, colors.black),
                ("VALIGN", (0, 0), (-1, first - 1), "MIDDLE"),
                *_PADDING,
                *(("LINEABOVE", (0, at), (-1, at), _LINE, colors.black) for at in starts),
                *self._more,
            ],
        )


def component_table(block: ComponentTable, lines: tuple[ComponentLine, ...], ink: Ink) -> list[Flowable]:
    """The papers with their kinds and numbers."""
    rows = []
    for number, line in enumerate(lines, 1):
        kept = counts(block, line)
        kinds = "<br/>".join(markup(name) for name, _ in kept)
        amounts = "<br/>".join(f"{count:02d}" for _, count in kept)
        rows.append(_four(ink, number, line.name, kinds, amounts))
    return [ink.para(block.heading, "line"), _plain(ink, block.columns, rows, 0.13)]


def fee_table(block: FeeTable, fees: tuple[FeeLine, ...], ink: Ink) -> list[Flowable]:
    """The fees, paid or not."""
    if not fees:
        return [ink.para(f"{block.heading} {block.none}", "line")] if block.none else []
    rows = []
    for number, fee in enumerate(fees, 1):
        state = block.free if not fee.amount else block.paid if fee.paid else block.unpaid
        rows.append(_four(ink, number, fee.name, digits(fee.amount), state))
    paid = sum(fee.amount for fee in fees if fee.paid)
    left = sum(fee.amount for fee in fees if not fee.paid)
    total = "; ".join(
        text.format(amount=money(amount))
        for text, amount in ((block.total_paid, paid), (block.total_unpaid, left))
        if amount
    )
    heading = f"{block.heading} <i>{total}</i>" if total else block.heading
    return [ink.para(heading, "line"), _plain(ink, block.columns, rows, 0.17)]


def row_table(block: RowTable, rows: Sequence[Values], ink: Ink) -> list[Flowable]:
    """Rows as the set's columns want them, blank ones behind where they are written by hand."""
    heading = block.heading or ""
    if not rows and not block.least_rows:
        return [ink.para(f"{heading} {block.none}", "line")] if block.none else []
    blank = [BLANK_ROWS.get(block.rows, {})] * (block.least_rows - len(rows))
    widths = _widths(block.columns, ink.sheet.width)
    body = (
        [_cell(column, row, ink, width) for column, width in zip(block.columns, widths, strict=True)]
        for row in (*rows, *blank)
    )
    top, spans = _heads(block.columns, ink)
    table = _ruled(ink, top, body, widths, [*spans, ("VALIGN", (0, len(top)), (-1, -1), "TOP")])
    return [ink.para(heading, "line"), table] if heading else [table]


def counts(block: ComponentList | ComponentTable, line: ComponentLine) -> list[tuple[str, int]]:
    """Kinds of paper handed in with their numbers; a dash for a line of which nothing was counted."""
    pairs = [(block.original, line.originals), (block.copy_, line.copies)]
    return [(name, count) for name, count in pairs if count] or [("–", 0)]


def _four(ink: Ink, number: int, name: str, third: str, fourth: str) -> list[list[Flowable]]:
    texts = ((str(number), "cell-center"), (markup(name), "cell"), (third, "cell-center"), (fourth, "cell-center"))
    return [[ink.para(text, style)] for text, style in texts]


def _plain(ink: Ink, columns: Sequence[str], rows: list[list[list[Flowable]]], last: float) -> Flowable:
    """A table of number, name, and two more columns, the last taking the share *last* of the sheet."""
    sheet = ink.sheet
    fixed = [sheet.width * 0.22, sheet.width * last]
    widths = [_NUMBER_WIDTH, sheet.width - _NUMBER_WIDTH - sum(fixed), *fixed]
    head: _Head = [ink.para(column, "cell-bold") for column in columns]
    return _ruled(ink, [head], rows, widths, [("VALIGN", (0, 0), (-1, -1), "MIDDLE")])


def _ruled(
    ink: Ink,
    heads: list[_Head],
    rows: Iterable[list[list[Flowable]]],
    widths: list[float],
    more: list[_Command],
) -> Flowable:
    """Rows under a head that comes again on each page; a tall row goes on in further ones without a line between."""
    return _Ruled(ink, heads, _measured(ink, rows, widths), widths, more)


def _measured(ink: Ink, rows: Iterable[list[list[Flowable]]], widths: list[float]) -> Iterator[_Row]:
    for row in rows:
        for part, cells in enumerate(_parted(row, widths, ink.sheet.height * _TALLEST_ROW)):
            tallest = max(
                sum(each.wrap(width - 2 * _PAD, ink.sheet.height)[1] for each in cell)
                for cell, width in zip(cells, widths, strict=True)
            )
            yield _Row(cells, _PAD_ABOVE + tallest + _PAD, begins=not part)


def _parted(row: list[list[Flowable]], widths: list[float], tallest: float) -> list[list[list[Flowable]]]:
    """The row, as several where a cell's text is taller than *tallest*; what else is in a cell stays on top."""
    columns = []
    for (text, *rest), width in zip(row, widths, strict=True):
        pieces = _pieces(text, width - 2 * _PAD, tallest)
        columns.append([[pieces[0], *rest], *([piece] for piece in pieces[1:])])
    return [list(cells) for cells in zip_longest(*columns, fillvalue=[])]


def _pieces(text: Flowable, width: float, tallest: float) -> list[Flowable]:
    if not isinstance(text, Paragraph) or not _may_be_tall(text, width, tallest):
        return [text]
    made: list[Flowable] = []
    rest: Flowable = text
    while rest.wrap(width, tallest)[1] > tallest and len(halves := rest.split(width, tallest)) > 1:
        first, rest = halves
        made.append(first)
    return [*made, rest]


def _may_be_tall(text: Paragraph, width: float, tallest: float) -> bool:
    """A rough word on the text's height, as measuring every short cell would take as long as printing it."""
    lines = sum(1 + len(line) * text.style.fontSize * _WIDE_LETTER / width for line in (text.text or "").split("<br/>"))
    return 2 * lines * text.style.leading > tallest


def _widths(columns: Sequence[Column], room: float) -> list[float]:
    open_ones = sum(not column.width for column in columns)
    rest = room - sum(column.width * mm for column in columns)
    return [column.width * mm or rest / open_ones for column in columns]


def _heads(columns: Sequence[Column], ink: Ink) -> tuple[list[_Head], list[_Command]]:
    """The head row; two of them, with cells that span, where columns stand in groups."""
    single: _Head = [ink.para(column.heading, "cell-bold") for column in columns]
    if not any(column.group for column in columns):
        return [single], []
    upper: _Head = []
    lower: _Head = []
    spans: list[_Command] = []
    for group, members in groupby(columns, key=lambda column: column.group):
        headings = [ink.para(column.heading, "cell-bold") for column in members]
        start = len(upper)
        if group:
            upper += [ink.para(group, "cell-bold"), *[""] * (len(headings) - 1)]
            lower += headings
            spans.append(("SPAN", (start, 0), (start + len(headings) - 1, 0)))
        else:
            upper += headings
            lower += [""] * len(headings)
            spans += [("SPAN", (at, 0), (at, 1)) for at in range(start, len(upper))]
    return [upper, lower], spans


def _cell(column: Column, row: Values, ink: Ink, width: float) -> list[Flowable]:
    """A cell's text; blank, for a hand to write in, when all that it would say is not known."""
    nothing = len(unknown(column.text, row)) == len(places(column.text)) == 1 and column.text.startswith("{")
    made: list[Flowable] = [
        ink.para("" if nothing else filled(column.text, row, SHORT_DOTS), _ALIGNED[column.align]),
    ]
    if column.sign:
        room = (width - 2 * _PAD) / len(column.sign)
        signers = [[ink.para(who, "cell-center") for who in column.sign]]
        made += [Table(signers, colWidths=[room] * len(column.sign), style=BARE), Spacer(0, ink.sheet.body * 3)]
    return made
