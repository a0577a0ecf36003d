"""From a form (data) and values to flowables: letterhead, title, blocks."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer, Table

from printing.content import ComponentLine, FeeLine, Letterhead
from printing.fonts import BOLD, REGULAR
from printing.forms.fields import Values, filled, unknown
from printing.forms.model import (
    Block,
    ComponentList,
    ComponentTable,
    FeeTable,
    Foot,
    Form,
    Note,
    Signatures,
    TextBlock,
)
from printing.forms.style import Sheet
from printing.forms.symbols import QrCode, Rule, code128
from printing.wording import day_long, digits, money, portal_code_words

_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_SHORT_DOTS = "............"
_LEAST_DOTTED = 18 * mm
_LINE = 0.5
_ROW_LETTERS = 1200
_PAD = 2.0
# Tables would name ReportLab's own Helvetica, a font that is not embedded.
_FACE = ("FONTNAME", (0, 0), (-1, -1), REGULAR)


@dataclass(frozen=True, slots=True)
class Paper:
    """All that one copy of a paper shows, apart from the form's own wording."""

    letterhead: Letterhead
    dossier_code: str
    qr_text: str
    lookup_url: str | None
    values: Values
    components: tuple[ComponentLine, ...]
    fees: tuple[FeeLine, ...]
    signer_title: str | None
    copy: str
    is_file_copy: bool
    mark: str
    portal_code: str | None = None


class Builder:
    """Lays one copy of a paper out on a sheet."""

    def __init__(self, form: Form, sheet: Sheet, paper: Paper) -> None:
        self._form = form
        self._sheet = sheet
        self._paper = paper

    def story(self) -> list[Flowable]:
        """The flowables of this copy, top to bottom."""
        made = [self._letterhead(), Spacer(0, 1 * mm), self._title(), Spacer(0, 1 * mm)]
        for block in self._form.blocks:
            made += self._block(block)
        return made

    def _para(self, markup: str, style: str) -> Paragraph:
        return Paragraph(markup, self._sheet.styles[style])

    def _filled(self, text: str, style: str, values: Values) -> Paragraph:
        """A paragraph whose unknown fields share the rest of their line as dots."""
        missing = unknown(text, values)
        dots = _SHORT_DOTS
        if missing:
            face = self._sheet.styles[style]
            known = Paragraph(filled(text, values, ""), face)
            plain = known.getPlainText() or ""
            used = stringWidth(plain, face.fontName, face.fontSize) % self._sheet.width
            # Bold values are wider than measured: leave them a tenth.
            room = (self._sheet.width - used * 1.1) / len(missing) - 1 * mm
            dot = stringWidth(".", face.fontName, face.fontSize)
            dots = "." * int(max(room, _LEAST_DOTTED) / dot)
        return self._para(filled(text, values, dots), style)

    # -- head -----------------------------------------------------------------------------------------

    def _letterhead(self) -> Table:
        sheet, head = self._sheet, self._paper.letterhead
        right = sheet.width - sheet.qr - sheet.head_left
        motto_width = stringWidth(_MOTTO, BOLD, sheet.head)
        left_cell: list[Flowable] = [
            self._para(escape(head.governing_body), "head"),
            self._para(escape(head.desk_name), "head-bold"),
            Rule(sheet.head_left * 0.35),
            self._para(self._number(head), "head"),
        ]
        right_cell: list[Flowable] = [
            self._para(_NATION, "head-bold"),
            self._para(_MOTTO, "head-bold"),
            Rule(motto_width),
            self._para(f"{escape(head.place or _SHORT_DOTS)}, {day_long(head.issued_on)}", "head-italic"),
        ]
        address = escape(self._paper.lookup_url or "")
        return Table(
            [
                [QrCode(self._paper.qr_text, sheet.qr), left_cell, right_cell],
                # Across the sheet: in the QR's narrow column a long address would break inside its words.
                [self._para(f"Tra cứu: {address}" if address else "", "under-qr"), "", ""],
            ],
            colWidths=[sheet.qr, sheet.head_left, right],
            style=[
                _FACE,
                ("SPAN", (0, 1), (-1, 1)),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            ],
        )

    def _number(self, head: Letterhead) -> str:
        suffix = self._form.number_suffix if head.number_suffix is None else head.number_suffix
        number = escape(head.number or _SHORT_DOTS)
        return f"Số: {number}/{escape(suffix)}" if suffix else f"Số: {number}"

    def _title(self) -> Table:
        sheet = self._sheet
        bars = min(sheet.width * 0.42, 56 * mm)
        title: list[Flowable] = [self._para(self._form.title.replace("\n", "<br/>"), "title")]
        if self._paper.copy:
            title.append(self._para(f"({escape(self._paper.copy)})", "copy"))
        if self._paper.mark:
            title.append(self._para(escape(self._paper.mark), "mark"))
        code: list[Flowable] = [
            code128(self._paper.dossier_code, bars, 9 * mm),
            self._para(escape(self._paper.dossier_code), "code"),
        ]
        if self._paper.portal_code:
            code.append(self._para(escape(portal_code_words(self._paper.portal_code)), "code"))
        return Table(
            [[title, code]],
            colWidths=[sheet.width - bars, bars],
            style=[
                _FACE,
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            ],
        )

    # -- blocks ---------------------------------------------------------------------------------------

    def _block(self, block: Block) -> list[Flowable]:
        match block:
            case TextBlock():
                return self._text(block)
            case ComponentList():
                return self._component_list(block)
            case ComponentTable():
                return self._component_table(block)
            case FeeTable():
                return self._fees(block)
            case Signatures():
                return self._signatures(block)
            case Note():
                return self._note(block)
            case Foot():
                return self._foot(block)

    def _text(self, block: TextBlock) -> list[Flowable]:
        values = self._paper.values
        if block.file_copy_only and not self._paper.is_file_copy:
            return []
        if block.omit_unknown and unknown(block.text, values):
            return []
        return [self._filled(block.text, block.style, values)]

    def _component_list(self, block: ComponentList) -> list[Flowable]:
        made: list[Flowable] = [self._para(block.heading, "line")]
        for number, line in enumerate(self._paper.components, 1):
            counts = ", ".join(f"{count:02d} {name}" for name, count in _counts(block, line))
            values: Values = {"name": line.name, "counts": counts}
            made.append(self._para(f"{number}. {filled(block.line, values, _SHORT_DOTS)}", "item"))
        return made

    def _component_table(self, block: ComponentTable) -> list[Flowable]:
        rows = []
        for number, line in enumerate(self._paper.components, 1):
            counts = _counts(block, line)
            kinds = "<br/>".join(escape(name) for name, _ in counts)
            amounts = "<br/>".join(f"{count:02d}" for _, count in counts)
            rows += self._rows(number, line.name, kinds, amounts)
        widths = [9 * mm, 0.0, self._sheet.width * 0.22, self._sheet.width * 0.13]
        return [self._para(block.heading, "line"), self._grid(block.columns, rows, widths)]

    def _fees(self, block: FeeTable) -> list[Flowable]:
        fees = self._paper.fees
        if not fees:
            return [self._para(f"{block.heading} {block.none}", "line")] if block.none else []
        rows = []
        for number, fee in enumerate(fees, 1):
            rows += self._rows(number, fee.name, digits(fee.amount), block.paid if fee.paid else block.unpaid)
        widths = [9 * mm, 0.0, self._sheet.width * 0.22, self._sheet.width * 0.17]
        paid = sum(fee.amount for fee in fees if fee.paid)
        left = sum(fee.amount for fee in fees if not fee.paid)
        total = "; ".join(
            text.format(amount=money(amount))
            for text, amount in ((block.total_paid, paid), (block.total_unpaid, left))
            if amount
        )
        heading = f"{block.heading} <i>{total}</i>" if total else block.heading
        return [self._para(heading, "line"), self._grid(block.columns, rows, widths)]

    def _rows(self, number: int, name: str, third: str, fourth: str) -> list[list[Paragraph]]:
        """One row, or several for a name that would not fit on a page: a row never runs over a page's end."""
        first, *more = wrap(name, _ROW_LETTERS) or [""]
        rows = [(str(number), first, third, fourth), *(("", part, "", "") for part in more)]
        return [
            [
                self._para(cell if column != 1 else escape(cell), "cell" if column == 1 else "cell-center")
                for column, cell in enumerate(row)
            ]
            for row in rows
        ]

    def _grid(self, columns: tuple[str, ...], rows: list[list[Paragraph]], widths: list[float]) -> Table:
        """A ruled table whose head row comes again on each page; the column of width 0 takes the rest."""
        rest = self._sheet.width - sum(widths)
        return Table(
            [[self._para(column, "cell-bold") for column in columns], *rows],
            colWidths=[width or rest for width in widths],
            repeatRows=1,
            spaceBefore=1,
            spaceAfter=3,
            style=[
                _FACE,
                ("GRID", (0, 0), (-1, -1), _LINE, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), _PAD),
                ("RIGHTPADDING", (0, 0), (-1, -1), _PAD),
                ("TOPPADDING", (0, 0), (-1, -1), 0.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), _PAD),
            ],
        )

    # -- foot -----------------------------------------------------------------------------------------

    def _signing(self, lines: tuple[str, ...], hint: str, name: str | None) -> list[Flowable]:
        return [
            *(self._para(escape(line), "sign-bold") for line in lines),
            self._para(hint, "sign-italic"),
            Spacer(0, self._sheet.body * 3.6),
            self._para(escape(name or ""), "sign-bold"),
        ]

    def _side_by_side(self, cells: list[list[Flowable]]) -> list[Flowable]:
        width = self._sheet.width / len(cells)
        table = Table(
            [cells],
            colWidths=[width] * len(cells),
            spaceBefore=4,
            style=[
                _FACE,
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ],
        )
        return [KeepTogether([table])]

    def _signatures(self, block: Signatures) -> list[Flowable]:
        return self._side_by_side(
            [self._signing(column.lines, column.hint, self._paper.values.get(column.name)) for column in block.columns]
        )

    def _note(self, block: Note) -> list[Flowable]:
        lines = [self._filled(line, "note", self._paper.values) for line in block.lines]
        return [Spacer(0, 3), KeepTogether([self._para(block.heading, "note-bold"), *lines])]

    def _foot(self, block: Foot) -> list[Flowable]:
        left: list[Flowable] = [
            self._para(f"<b><i>{block.recipients_heading}</i></b>", "note"),
            *(self._para(filled(line, self._paper.values, _SHORT_DOTS), "note") for line in block.recipients),
        ]
        title = self._paper.signer_title
        lines = tuple(title.splitlines()) if title else block.signer_heading
        return self._side_by_side([left, self._signing(lines, block.hint, self._paper.values.get(block.name))])


def _counts(block: ComponentList | ComponentTable, line: ComponentLine) -> list[tuple[str, int]]:
    """Kinds of paper handed in with their numbers; a dash for a line of which nothing was counted."""
    pairs = [(block.original, line.originals), (block.copy_, line.copies)]
    return [(name, count) for name, count in pairs if count] or [("–", 0)]
