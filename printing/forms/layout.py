"""From a form (data) and values to flowables: head and blocks, top to bottom."""

from __future__ import annotations

from dataclasses import dataclass, field

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer, Table

from printing.content import ComponentLine, FeeLine
from printing.forms import grid
from printing.forms.blocks import (
    BarcodeBlock,
    Block,
    CodeBeside,
    ComponentList,
    ComponentTable,
    FeeTable,
    Foot,
    Note,
    Panel,
    QrBlock,
    RowList,
    RowTable,
    Signatures,
    TextBlock,
)
from printing.forms.fields import Values, filled, markup, unknown
from printing.forms.head import Head, head
from printing.forms.ink import BARE, FACE, SHORT_DOTS, Ink
from printing.forms.model import Form
from printing.forms.rows import Rows
from printing.forms.style import Sheet
from printing.forms.symbols import QrCode, code128

_PAYMENT_QR = 30 * mm
# As high as the room to sign, which it stands beside.
_SIGNING_QR = 22 * mm
_GUTTER = 4 * mm
_LABEL_BARS = 16 * mm
_PANEL_PAD = 2 * mm
_SHORT_TEXT = 400
# Times the height of running text: room for a signature and, on a letter, a seal.
_SIGNING_ROOM = 3.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All that a paper shows, apart from the form's own wording.

    ``running`` is what its foot line calls it: the dossier's code, or what stands for it.
    """

    head: Head
    running: str
    values: Values
    rows: Rows = field(default_factory=dict)
    components: tuple[ComponentLine, ...] = ()
    fees: tuple[FeeLine, ...] = ()
    signer_title: str | None = None
    is_file_copy: bool = False


class Builder:
    """Lays a paper out on a sheet."""

    def __init__(self, form: Form, sheet: Sheet, paper: Paper) -> None:
        self._form = form
        self._sheet = sheet
        self._paper = paper
        self._ink = Ink(sheet, paper.values)

    def story(self) -> list[Flowable]:
        """The flowables, top to bottom."""
        made = head(self._form, self._ink, self._paper.head)
        for block in self._form.blocks:
            added = self._block(block)
            if isinstance(block, Signatures | Foot) and isinstance(made[-1], Paragraph) and _is_short(made[-1]):
                # Signatures alone on a page would sign nothing.
                added = [KeepTogether([made.pop(), *added])]
            made += added
        return made

    def _block(self, block: Block) -> list[Flowable]:
        paper, ink = self._paper, self._ink
        match block:
            case TextBlock():
                return self._text(block)
            case ComponentList():
                return self._component_list(block)
            case ComponentTable():
                return grid.component_table(block, paper.components, ink)
            case FeeTable():
                return grid.fee_table(block, paper.fees, ink)
            case RowList():
                return self._list(block)
            case RowTable():
                return grid.row_table(block, paper.rows.get(block.rows, []), ink)
            case QrBlock():
                return self._qr(block)
            case BarcodeBlock():
                return self._barcode(block)
            case Panel():
                return self._panel(block)
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
        return [self._ink.filled(block.text, block.style)]

    def _component_list(self, block: ComponentList) -> list[Flowable]:
        made: list[Flowable] = [self._ink.para(block.heading, "line")]
        for number, line in enumerate(self._paper.components, 1):
            counts = ", ".join(f"{count:02d} {name}" for name, count in grid.counts(block, line))
            values: Values = {"name": line.name, "counts": counts}
            made.append(self._ink.para(f"{number}. {filled(block.line, values, SHORT_DOTS)}", "item"))
        return made

    def _list(self, block: RowList) -> list[Flowable]:
        rows = self._paper.rows.get(block.rows, [])
        return [
            self._ink.para(block.heading, "line"),
            *(self._ink.para(filled(block.line, row, SHORT_DOTS), "item") for row in rows),
        ]

    def _qr(self, block: QrBlock) -> list[Flowable]:
        text = self._paper.values.get(block.field)
        if not text:
            return []
        beside = self._sheet.width - _PAYMENT_QR - _GUTTER
        known = [line for line in block.lines if not unknown(line, self._paper.values)]
        lines = [self._ink.para(block.heading, "line"), *(self._ink.filled(line, "line", beside) for line in known)]
        widths = [_PAYMENT_QR + _GUTTER, beside]
        middle = [*BARE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
        return [KeepTogether([Table([[QrCode(text, _PAYMENT_QR), lines]], colWidths=widths, style=middle)])]

    def _barcode(self, block: BarcodeBlock) -> list[Flowable]:
        text = self._paper.values.get(block.field)
        caption = self._ink.filled(block.caption, "center" if text else "line")
        if not text:
            return [caption]
        return [KeepTogether([Spacer(0, 2 * mm), code128(text, self._sheet.width, _LABEL_BARS), caption])]

    def _panel(self, block: Panel) -> list[Flowable]:
        width = self._sheet.width - 2 * _PANEL_PAD
        styles = ["large" if block.large else "line", *["line"] * (len(block.lines) - 1)]
        cells = [
            self._ink.para(block.heading, "note-bold"),
            *(self._ink.filled(line, style, width) for line, style in zip(block.lines, styles, strict=True)),
        ]
        return [
            Table(
                [[cell] for cell in cells],
                colWidths=[self._sheet.width],
                spaceAfter=_PANEL_PAD,
                style=[
                    FACE,
                    ("BOX", (0, 0), (-1, -1), 0.8, colors.black),
                    ("LEFTPADDING", (0, 0), (-1, -1), _PANEL_PAD),
                    ("RIGHTPADDING", (0, 0), (-1, -1), _PANEL_PAD),
                    ("TOPPADDING", (0, 0), (-1, -1), 1),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ],
            )
        ]

    # -- foot -----------------------------------------------------------------------------------------

    def _signing(self, lines: tuple[str, ...], hint: str, name: str | None) -> list[Flowable]:
        return [
            *(self._ink.para(markup(line), "sign-bold") for line in lines),
            self._ink.para(hint, "sign-italic"),
            Spacer(0, self._sheet.body * _SIGNING_ROOM),
            self._ink.para(markup(name or ""), "sign-bold"),
        ]

    def _beside_code(self, code: CodeBeside, cells: list[list[Flowable]]) -> list[Flowable]:
        """The code, the cells at its right, below them the words about it on one line where they fit."""
        values = self._paper.values
        known = [filled(line, values, "") for line in code.lines if not unknown(line, values)]
        width = (self._sheet.width - _SIGNING_QR) / len(cells)
        row = [QrCode(values[code.field] or "", _SIGNING_QR), *cells]
        beside = Table([row], colWidths=[_SIGNING_QR, *[width] * len(cells)], style=BARE)
        words = self._ink.para(" · ".join(known), "note")
        return [
            Table(
                [[beside], [words]],
                colWidths=[self._sheet.width],
                spaceBefore=2,
                style=[*BARE, ("NOSPLIT", (0, 0), (-1, -1))],
            )
        ]

    def _side_by_side(self, cells: list[list[Flowable]]) -> list[Flowable]:
        width = self._sheet.width / len(cells)
        table = Table(
            [cells],
            colWidths=[width] * len(cells),
            spaceBefore=4,
            style=[
                FACE,
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ],
        )
        return [table]

    def _signatures(self, block: Signatures) -> list[Flowable]:
        cells = [
            self._signing(column.lines, column.hint, self._paper.values.get(column.name)) for column in block.columns
        ]
        if block.qr is not None and self._paper.values.get(block.qr.field):
            return self._beside_code(block.qr, cells)
        return self._side_by_side(cells if len(cells) > 1 else [[], *cells])

    def _note(self, block: Note) -> list[Flowable]:
        lines = [self._ink.filled(line, "note") for line in block.lines]
        return [Spacer(0, 3), KeepTogether([self._ink.para(block.heading, "note-bold"), *lines])]

    def _foot(self, block: Foot) -> list[Flowable]:
        left: list[Flowable] = [
            self._ink.para(f"<b><i>{block.recipients_heading}</i></b>", "note"),
            *(self._ink.para(filled(line, self._paper.values, SHORT_DOTS), "note") for line in block.recipients),
        ]
        title = self._paper.signer_title
        lines = tuple(title.splitlines()) if title else block.signer_heading
        return self._side_by_side([left, self._signing(lines, block.hint, self._paper.values.get(block.name))])


def _is_short(text: Paragraph) -> bool:
    return len(text.text or "") < _SHORT_TEXT
