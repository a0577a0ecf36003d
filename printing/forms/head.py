"""Top of a paper: letterhead with the QR, title with the Code 128; names and title alone on the register."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, Spacer, Table

from printing.content import Letterhead
from printing.fonts import BOLD
from printing.forms.fields import markup
from printing.forms.ink import BARE, SHORT_DOTS, Ink
from printing.forms.model import Form
from printing.forms.symbols import CopyName, QrCode, Rule, code128
from printing.wording import day_long, portal_code_words

_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_WIDEST_BARS = 56 * mm
_RULE_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a form's blocks. ``code`` is printed as Code 128 beside the title, ``qr_text`` as QR at
    the top left; both are "" on a paper that is about no single thing. ``copies`` names those that differ in nothing
    but their names: they share one layout.
    """

    letterhead: Letterhead | None
    code: str
    qr_text: str
    lookup_url: str | None
    copies: tuple[str, ...]
    mark: str
    portal_code: str | None = None


def head(form: Form, ink: Ink, of: Head) -> list[Flowable]:
    """The flowables above the first block."""
    made: list[Flowable] = []
    if of.letterhead is not None and form.head == "letterhead":
        made += [_letterhead(form, ink, of, of.letterhead), Spacer(0, 1 * mm)]
    elif of.letterhead is not None and form.head == "register":
        made.append(Table([[_names(ink, of.letterhead), ""]], colWidths=_two(ink), style=BARE))
    return [*made, _title(form, ink, of), Spacer(0, 1 * mm)]


def _two(ink: Ink) -> list[float]:
    return [ink.sheet.head_left, ink.sheet.width - ink.sheet.head_left]


def _names(ink: Ink, of: Letterhead) -> list[Flowable]:
    return [
        ink.para(markup(of.governing_body), "head"),
        ink.para(markup(of.desk_name), "head-bold"),
        Rule(ink.sheet.head_left * _RULE_SHARE),
    ]


def _letterhead(form: Form, ink: Ink, of: Head, names: Letterhead) -> Table:
    sheet = ink.sheet
    left = [*_names(ink, names), ink.para(_number(form, names), "head")]
    right: list[Flowable] = [
        ink.para(_NATION, "head-bold"),
        ink.para(_MOTTO, "head-bold"),
        Rule(stringWidth(_MOTTO, BOLD, sheet.head)),
        ink.para(f"{markup(names.place or SHORT_DOTS)}, {day_long(names.issued_on)}", "head-italic"),
    ]
    if not of.qr_text:
        return Table([[left, right]], colWidths=_two(ink), style=BARE)
    address = markup(of.lookup_url or "")
    return Table(
        [
            [QrCode(of.qr_text, sheet.qr), left, right],
            # Across the sheet: in the QR's narrow column a long address would break inside its words.
            [ink.para(f"Tra cứu: {address}" if address else "", "under-qr"), "", ""],
        ],
        colWidths=[sheet.qr, sheet.head_left, sheet.width - sheet.qr - sheet.head_left],
        style=[*BARE, ("SPAN", (0, 1), (-1, 1))],
    )


def _number(form: Form, names: Letterhead) -> str:
    suffix = form.number_suffix if names.number_suffix is None else names.number_suffix
    number = markup(names.number or SHORT_DOTS)
    return f"Số: {number}/{markup(suffix)}" if suffix else f"Số: {number}"


def _title(form: Form, ink: Ink, of: Head) -> Table:
    sheet = ink.sheet
    title: list[Flowable] = [ink.para(form.title.replace("\n", "<br/>"), "title")]
    if any(of.copies):
        title.append(CopyName([ink.para(f"({markup(name)})", "copy") for name in of.copies]))
    if of.mark:
        title.append(ink.para(markup(of.mark), "mark"))
    middle = [*BARE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    if not of.code:
        return Table([[title]], colWidths=[sheet.width], style=middle)
    bars = min(sheet.width * 0.42, _WIDEST_BARS)
    code: list[Flowable] = [code128(of.code, bars, 9 * mm), ink.para(markup(of.code), "code")]
    if of.portal_code:
        code.append(ink.para(markup(portal_code_words(of.portal_code)), "code"))
    return Table([[title, code]], colWidths=[sheet.width - bars, bars], style=middle)
