"""Pages from the PDF of a scanner or a copier.

A PDF that somebody hands in is taken apart only where each of its pages is one picture, as scanners write them; any
other (text, form, signature, attached files) would lose something and is attached whole.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pikepdf

from counter_app.errors import UserError
from counter_app.pdfium import PDFIUM
from counter_app.scanning.model import ReadPage, ScanTrouble
from counter_app.scanning.picture_files import page_of_raw, png_bytes
from counter_app.scanning.pictures import MAX_PIXELS, SENSIBLE_DPI, too_large

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from pypdfium2 import PdfPage

POINTS_PER_INCH: Final = 72
_PLAIN: Final = frozenset({"q", "Q", "cm", "Do", "gs"})
"""What a page that is one picture draws with."""
_COVERS: Final = 0.9
"""Share of the page's width and height that its picture fills at the least."""


def pages_of_pdf(source: Path | bytes) -> Iterator[ReadPage]:
    """The pages of a PDF that is nothing but pictures, each as it is (a JPEG byte for byte).

    Raises before the first page: UserError ``pdf_whole`` for any other PDF (attach it whole), ScanTrouble
    ``bad_page`` for one that cannot be read.
    """
    try:
        with _opened(source) as document:
            pictures = [_only_picture(page) for page in document.pages]
            whole = [picture for picture in pictures if picture is not None]
            is_more = "/AcroForm" in document.Root or bool(document.attachments)
            if is_more or not whole or len(whole) < len(pictures):
                raise UserError(
                    "pdf_whole",
                    "Tệp PDF này không phải chỉ gồm ảnh quét (có chữ, biểu mẫu, chữ ký số hoặc tệp kèm bên trong) nên "
                    "không tách trang được. Hãy đính kèm nguyên tệp vào thành phần hồ sơ.",
                )
            for stream, dpi in whole:
                yield _page_of_stream(stream, dpi)
    except pikepdf.PdfError as error:
        raise _unreadable() from error


def drawn_pages(data: bytes, dpi: int) -> Iterator[ReadPage]:
    """The pages of a scanner's own PDF, drawn at the resolution that it scanned with where they are not one picture.

    For devices that send nothing but PDF, cut into strips or layers. Raises ScanTrouble ``bad_page``.
    """
    try:
        yield from pages_of_pdf(data)
        return
    except UserError:
        pass  # nothing has been given yet: it is drawn
    import pypdfium2

    try:
        with PDFIUM:
            document = pypdfium2.PdfDocument(data)
        try:
            for number in range(len(document)):
                with PDFIUM:
                    image = _drawn(document[number], dpi)
                yield ReadPage(png_bytes(image, dpi), dpi)
        finally:
            with PDFIUM:
                document.close()
    except pypdfium2.PdfiumError as error:
        raise _unreadable() from error


def _drawn(page: PdfPage, dpi: int) -> Picture:
    width, height = (side / POINTS_PER_INCH * dpi for side in page.get_size())
    if width * height > MAX_PIXELS:
        raise too_large()
    image: Picture = page.render(scale=dpi / POINTS_PER_INCH).to_pil()
    page.close()
    return image


def _opened(source: Path | bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(source) if isinstance(source, bytes) else source)


def _only_picture(page: pikepdf.Page) -> tuple[pikepdf.Stream, int] | None:
    """The picture that fills the page and its resolution; None when there is anything else on the page."""
    if page.obj.get("/Annots") or int(page.obj.get("/Rotate", 0)) % 360:
        return None
    matrix = pikepdf.Matrix()
    drawn: list[tuple[str, pikepdf.Matrix]] = []
    kept: list[pikepdf.Matrix] = []
    for instruction in pikepdf.parse_content_stream(page):
        name = str(instruction.operator)
        if name not in _PLAIN:
            return None
        if name == "q":
            kept.append(matrix)
        elif name == "Q" and kept:
            matrix = kept.pop()
        elif name == "cm":
            matrix = pikepdf.Matrix(*(float(value) for value in instruction.operands)) @ matrix
        elif name == "Do":
            drawn.append((str(instruction.operands[0]), matrix))
    if len(drawn) != 1:
        return None
    return _filling(page, *drawn[0])


def _filling(page: pikepdf.Page, name: str, matrix: pikepdf.Matrix) -> tuple[pikepdf.Stream, int] | None:
    stream = page.resources.get("/XObject", pikepdf.Dictionary()).get(name)
    left, bottom, right, top = (float(value) for value in page.mediabox)
    is_upright = matrix.b == 0 == matrix.c and matrix.a > 0 < matrix.d
    if not isinstance(stream, pikepdf.Stream) or stream.get("/Subtype") != "/Image" or not is_upright:
        return None
    if matrix.a < _COVERS * (right - left) or matrix.d < _COVERS * (top - bottom):
        return None
    dpi = round(int(stream.Width) * POINTS_PER_INCH / matrix.a)
    return (stream, dpi) if dpi in SENSIBLE_DPI else None


def _page_of_stream(stream: pikepdf.Stream, dpi: int) -> ReadPage:
    if int(stream.Width) * int(stream.Height) > MAX_PIXELS:
        raise too_large()
    target = io.BytesIO()
    try:
        pikepdf.PdfImage(stream).extract_to(stream=target)
    except (pikepdf.UnsupportedImageTypeError, NotImplementedError, ValueError, OSError) as error:
        raise _unreadable() from error
    return page_of_raw(target, dpi)


def _unreadable() -> ScanTrouble:
    return ScanTrouble(
        "bad_page",
        "Tệp PDF bị hỏng hoặc đặt mật khẩu nên không đọc được. Hãy quét lại, hoặc lưu lại tệp không có mật khẩu.",
    )
