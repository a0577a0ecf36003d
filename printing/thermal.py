"""Slips for 80 mm and 58 mm receipt printers, as ESC/POS.

Text goes as a picture: code pages of receipt printers lack Vietnamese letters or have them only in part
(code page 1258 as printers know it has no "ế"). The picture goes in strips, so that a small buffer keeps
up; the QR goes natively and is sharp whatever the head. Only for a printer that passed its test page may a
code page be named: lines that it can show whole then go as text, all others still as picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, cast

from counter_app.errors import UserError
from printing.codes import QrFields, qr_rows, qr_text
from printing.content import ThermalContent, TransferLine, mark, nfc
from printing.content.separators import SeparatorContent
from printing.raster import AnyLine, Line, RuleLine, ScaleLine, picture
from printing.sample_text import sample_lines
from printing.sticker_picture import pictures_pdf, sticker_picture
from printing.wording import moment_weekday, money, portal_code_words, without_word

if TYPE_CHECKING:
    from escpos.printer import Dummy
    from PIL import Image

MIME = "application/vnd.escpos"

_DOTS: dict[int, int] = {80: 576, 58: 384}
_COLUMNS: dict[int, int] = {80: 48, 58: 32}
"""Letters a line in the printer's own font A (12 dots wide)."""

_STRIP_ROWS = 100
_LINES_TO_KNIFE = 4
_BODY, _SMALL, _CODE = 26, 22, 56
_PROCEDURE_LETTERS = 120
_QR_SHARE = 0.72
_QR_LARGEST_MODULE = 8
_PAPER_NAME = "Phiếu tiếp nhận hồ sơ"


def render_thermal(content: ThermalContent, width_mm: int, code_page: str | None = None) -> bytes:
    """The applicant's slip as ESC/POS bytes, for paper 80 or 58 mm wide; the same content gives the same bytes.

    ``code_page`` is a name of python-escpos; ``TCVN-3-1`` is the only one with every small letter. Raises ``UserError``
    (``thermal_width_unknown``, ``code_page_unknown``).
    """
    content = nfc(content)
    printer = _Slip(width_mm, code_page)
    printer.lines(_head(content))
    printer.qr(
        qr_text(
            QrFields(
                dossier_code=content.dossier_code,
                procedure_code=content.procedure_code,
                identifier=content.identifier,
                paper_name=_PAPER_NAME,
                system_name=content.system_name,
                issued_at=content.issued_at,
                lookup_url=content.lookup_url,
                identifier_in_full=content.identifier_in_qr,
            )
        )
    )
    printer.lines([Line(content.thanks, _SMALL, align="center")])
    if content.transfer is not None:
        _add_transfer(printer, content.transfer)
    return printer.finish()


def _add_transfer(printer: _Slip, transfer: TransferLine) -> None:
    """Below the thanks, far from the slip's own QR: a phone that sees both would read either."""
    printer.lines(
        [
            RuleLine(),
            Line(f"Quét để nộp phí, lệ phí: {money(transfer.amount)}", _BODY, bold=True, align="center", fit=True),
        ]
    )
    printer.qr(transfer.payload)
    words = [f"Số tài khoản: {transfer.account_number}"]
    if transfer.account_name:
        words.append(f"Chủ tài khoản: {transfer.account_name}")
    printer.lines([Line(text, _SMALL, align="center") for text in words])


def render_thermal_test_page(width_mm: int, printer: str = "", code_page: str | None = None) -> bytes:
    """Every Vietnamese and Ê Đê letter, the printer's address, the edges of the paper, and a QR ``TRANG IN THỬ``."""
    slip = _Slip(width_mm, code_page)
    slip.lines(
        [
            ScaleLine(),
            Line(f"TRANG IN THỬ {width_mm} MM", 40, bold=True, align="center", fit=True),
            *([Line(printer, _SMALL, align="center")] if printer else []),
            RuleLine(),
            *(Line(text, _BODY) for text in sample_lines()),
            RuleLine(),
            Line(
                "Nếu mọi chữ và dấu ở trên đều rõ, vạch đậm ở hai đầu thước có đủ và mỗi ô dài 1 cm, máy in dùng được.",
                _BODY,
            ),
        ]
    )
    slip.qr("TRANG IN THỬ")
    return slip.finish()


def render_thermal_stickers(stickers: Sequence[SeparatorContent], width_mm: int) -> bytes:
    """Stickers for the first pages of papers, each cut off, as ESC/POS. Raises ``UserError`` as ``render_thermal``."""
    return b"".join(_thermal_sticker(nfc(sticker), width_mm) for sticker in stickers)


def show_thermal_stickers(stickers: Sequence[SeparatorContent], width_mm: int) -> bytes:
    """The same stickers to look at: PDF, one a page."""
    return pictures_pdf([sticker_picture(nfc(sticker), _DOTS[width_mm]) for sticker in stickers])


def _thermal_sticker(content: SeparatorContent, width_mm: int) -> bytes:
    printer = _Slip(width_mm, None)
    printer.picture(sticker_picture(content, _DOTS[width_mm]))
    return printer.finish()


def _head(content: ThermalContent) -> list[Line | RuleLine]:
    unknown = content.due_words or "................................"
    due = unknown if content.due is None else moment_weekday(content.due)
    lines: list[Line | RuleLine] = [
        Line(content.desk_name, _BODY, bold=True, align="center"),
        Line(_PAPER_NAME.upper(), 30, bold=True, align="center", fit=True),
    ]
    marked = mark(content.reprint, content.replaces)
    if marked:
        lines.append(Line(marked, _BODY, bold=True, align="center"))
    lines += [
        Line(content.dossier_code, _CODE, bold=True, align="center", fit=True),
        *(
            [Line(portal_code_words(content.portal_code), _BODY, align="center", fit=True)]
            if content.portal_code
            else []
        ),
        RuleLine(),
        Line(f"Người nộp: {content.applicant_name}", _BODY),
        Line(f"Thủ tục: {_short(without_word(content.procedure_name))}", _BODY),
        Line(f"Nhận lúc: {moment_weekday(content.received_at)}", _BODY),
        Line(f"Hẹn trả: {due}", _BODY, bold=True),
        Line(f"Đã nộp: {money(content.amount_paid)}", _BODY),
    ]
    if content.desk_phone:
        lines.append(Line(f"Điện thoại: {content.desk_phone}", _BODY))
    return [*lines, RuleLine()]


def _short(name: str) -> str:
    """A procedure's name cut at a word, with an ellipsis: some run over many lines."""
    if len(name) <= _PROCEDURE_LETTERS:
        return name
    return name[:_PROCEDURE_LETTERS].rpartition(" ")[0] + "…"


class _Slip:
    """Collects the bytes of one slip."""

    def __init__(self, width_mm: int, code_page: str | None) -> None:
        if width_mm not in _DOTS:
            raise UserError(
                "thermal_width_unknown",
                f"Không có khổ giấy nhiệt {width_mm} mm. Chọn 80 hoặc 58.",
                width_mm=width_mm,
            )
        self._width = _DOTS[width_mm]
        self._columns = _COLUMNS[width_mm]
        self._printer = _dummy(self._width)
        self._code_page = code_page
        self._printer.hw("INIT")
        if code_page:
            self._select(code_page)

    def _select(self, code_page: str) -> None:
        if code_page not in self._printer.profile.get_code_pages():
            raise UserError(
                "code_page_unknown",
                f"Không có bảng mã «{code_page}». Chọn lại bảng mã trong phần Máy in, "
                "hoặc để trống để in chữ bằng hình.",
                code_page=code_page,
            )
        self._printer.magic.force_encoding(code_page)

    def lines(self, lines: Sequence[AnyLine]) -> None:
        """Add lines: runs that the code page can show as text, the others as one picture a run."""
        for as_text, run in groupby(lines, key=self._is_text):
            if as_text:
                for line in run:
                    self._text(cast(Line, line))
            else:
                self.picture(picture(list(run), self._width))

    def picture(self, image: Image.Image) -> None:
        """A picture as wide as the paper, in strips."""
        self._printer.image(image, fragment_height=_STRIP_ROWS)

    def _is_text(self, line: AnyLine) -> bool:
        if not self._code_page or not isinstance(line, Line) or line.fit:
            return False
        if not line.text.isprintable():  # a control letter would be a command to the printer
            return False
        try:
            encoded = self._printer.magic.encoder.encode(line.text, self._code_page, defaultchar="\0")
        except LookupError:
            return False
        return len(line.text) <= self._columns and b"\0" not in encoded

    def _text(self, line: Line) -> None:
        self._printer.set(align=line.align, bold=line.bold)
        self._printer.text(line.text + "\n")
        self._printer.set(align="left", bold=False)

    def qr(self, text: str) -> None:
        """The printer's own QR, in the middle, with modules as large as the paper lets them be."""
        module = min(_QR_LARGEST_MODULE, int(self._width * _QR_SHARE) // len(qr_rows(text)))
        self._printer.set(align="center")
        self._printer.qr(text, ec=1, size=max(2, module), native=True)
        self._printer.set(align="left")

    def finish(self) -> bytes:
        """Feed past the knife, cut, and hand the bytes over."""
        self._printer.print_and_feed(_LINES_TO_KNIFE)
        # GS V 66: the library's cut() asks a printer database that does not know the printer at hand, and
        # leaves the cut out; printers without a knife ignore it.
        self._printer.cut(feed=False)
        output: bytes = self._printer.output
        return output


def _dummy(width: int) -> Dummy:
    # Imported here: loading the library's printer database takes a good part of the program's start.
    from escpos.capabilities import Profile
    from escpos.printer import Dummy

    class Paper(Profile):  # type: ignore[misc]
        """Width known in dots; without it the library prints a warning on standard output."""

        profile_data = {  # noqa: RUF012 (the library's own way to give it)
            **Profile.profile_data,
            "media": {"width": {"pixels": width, "mm": width // 8}},
        }

    return Dummy(profile=Paper())
